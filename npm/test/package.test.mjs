// The installed package: both module systems, both ways to resolve types, and no thread before the first call.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import * as esm from 'crankwheel';
import * as esmSandbox from 'crankwheel/sandbox';
import { run, typeCheck, withProject } from './support/consumer.mjs';

const require = createRequire(import.meta.url);

test('ESM and CommonJS share one set of classes', () => {
  for (const [mine, name] of [
    [esm, 'crankwheel'],
    [esmSandbox, 'crankwheel/sandbox'],
  ]) {
    const theirs = require(name);
    const names = Object.keys(theirs).sort();
    assert.ok(names.length > 0);
    assert.deepEqual(
      Object.keys(mine)
        .filter((key) => !['default', 'module.exports', '__esModule'].includes(key))
        .sort(),
      names,
    );
    for (const key of names) assert.equal(Reflect.get(mine, key), theirs[key], key);
  }
});

test('VERSION is the version of the package', () => {
  assert.equal(esm.VERSION, require('crankwheel/package.json').version);
});

const WORK = `
const sandbox = await Sandbox.start({ clients: 2 });
const cw = sandbox.client();
const list = await cw.clients.list();
console.log(list.length, list instanceof ClientList, list[0] instanceof Client);
// Neither is stopped or closed: the process must still end.
`;

test('the installed package works in both module systems and in workers, and the process ends by itself', async () => {
  const files = {
    'package.json': '{}',
    'esm.mjs': `import { Client, ClientList } from 'crankwheel';\nimport { Sandbox } from 'crankwheel/sandbox';\n${WORK}`,
    'cjs.cjs': `const { Client, ClientList } = require('crankwheel');\nconst { Sandbox } = require('crankwheel/sandbox');\n(async () => {${WORK}})();`,
    'worker.mjs': `import { Worker } from 'node:worker_threads';\nnew Worker(new URL('./esm.mjs', import.meta.url));\nawait import('./esm.mjs');`,
    'threads.mjs': `
      import { readdirSync } from 'node:fs';
      const count = () => readdirSync('/proc/self/task').length;
      const before = count();
      const { CrankWheel } = await import('crankwheel');
      const cw = new CrankWheel({ apiKey: 'test-key-1234' });
      cw.dryRun.clients.list();
      console.log(count() - before);`,
  };
  await withProject(files, (folder) => {
    assert.equal(run(folder, 'esm.mjs'), '2 true true\n');
    assert.equal(run(folder, 'cjs.cjs'), '2 true true\n');
    assert.equal(run(folder, 'worker.mjs').match(/2 true true/g).length, 2);
    if (process.platform === 'linux') assert.equal(run(folder, 'threads.mjs'), '0\n');
  });
});

const GOOD = `
import { CrankWheel, ConflictError, Period, type Client, type ClientFields, type DryRun } from 'crankwheel';
import { Sandbox } from 'crankwheel/sandbox';
export async function work(): Promise<number> {
  const cw = new CrankWheel({ apiKey: async () => 'k', timeout: 5 });
  const client: Client = await cw.clients.get('5');
  const host: string | null | undefined = client.host;
  const since: Date | null | undefined = client.hardLimitStarts;
  const fields: ClientFields = { sname: 'acmecorp', smsname: null, settings: { ...client.settings, auditLog: true } };
  await cw.clients.update(client, { ...client, lname: 'x' });
  const nothing: void = await cw.clients.setPlan(client, 'plan_1', { signal: AbortSignal.timeout(5) });
  const raw = await cw.withRawResponse.clients.list();
  const first: Client | undefined = raw.parse().at(0);
  const dry: DryRun = cw.dryRun.sso.grantToken('a@b.example', { createIn: client });
  const units: number | undefined = (await cw.reseller.billing(Period.month('2019-02'))).totalProRata['plan_1']?.units;
  const { client: existing, created } = await cw.clients.getOrCreate(fields);
  const ids: number[] = (await cw.clients.list()).filter((row) => row.id > 1).map((row) => row.id);
  for (const session of (await cw.reseller.usage()).sessions) session.startDate?.getTime();
  try { await cw.close(); } catch (error) { if (error instanceof ConflictError) return error.status; }
  const sandbox = await Sandbox.start({ clients: 1 });
  await sandbox.stop();
  console.log(host, since, nothing, first, dry, units, existing, created, ids);
  return client.id;
}
`;

test('types resolve for ESM, CommonJS and bundlers', async () => {
  await withProject({ 'package.json': '{}', 'a.mts': GOOD, 'b.cts': GOOD }, (folder) => {
    assert.deepEqual(typeCheck(folder), []);
    assert.deepEqual(typeCheck(folder, { module: 'esnext', moduleResolution: 'bundler' }), []);
  });
});

const WRONG = {
  'id of the wrong type': 'cw.clients.get(true)',
  'misspelt field': "cw.clients.create({ sname: 'acmecorp', lNmae: 'x' })",
  'misspelt setting': 'cw.clients.update(5, { settings: { auditlog: true } })',
  'field of the wrong type': "cw.clients.update(5, { settings: { auditLog: 'yes' } })",
  'no period': 'cw.clients.billing(5)',
  'Date as a period': 'cw.reseller.usage(new Date())',
  'possibly missing': 'cw.clients.get(5).then((client) => client.lname.length)',
  'read-only': 'cw.clients.get(5).then((client) => { client.sname = "x"; })',
  'misspelt option': "cw.clients.usage(5, '2019-02', { min_seconds: 5 })",
  'unknown constructor option': "new CrankWheel({ api_key: 'x' })",
  'dry run as a promise': 'cw.dryRun.clients.get(5).then(() => 1)',
  'raw response used as the result': 'cw.withRawResponse.clients.get(5).then((raw) => raw.sname)',
};

test('wrong code does not type-check', async () => {
  const head = "import { CrankWheel } from 'crankwheel';\nconst cw = new CrankWheel();\n";
  const entries = Object.entries(WRONG);
  const files = entries.map(([, code], index) => [`wrong${index}.mts`, `${head}export const x = ${code};\n`]);
  await withProject({ 'package.json': '{}', ...Object.fromEntries(files) }, (folder) => {
    const messages = typeCheck(folder);
    for (const [index, [what]] of entries.entries()) {
      assert.ok(
        messages.some((message) => message.includes(`wrong${index}.mts(3,`)),
        what,
      );
    }
  });
});
