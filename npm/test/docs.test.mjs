// The examples of the README and of the operations run, and so does the demo.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import { Sandbox } from 'crankwheel/sandbox';
import { withProject } from './support/consumer.mjs';
import { output } from './support/program.mjs';

const PAGES = [
  { name: 'README.md', atLeast: 12, created: ['acmecorp'] },
  { name: 'TESTING.md', atLeast: 5, created: [] },
];
const OPENTELEMETRY = fileURLToPath(new URL('../node_modules/@opentelemetry/api', import.meta.url));
const DEMO = fileURLToPath(new URL('./demo/demo.mjs', import.meta.url));

for (const { name, atLeast, created } of PAGES) {
  test(`the examples of ${name} run`, async () => {
    const page = readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
    const examples = [...page.matchAll(/^```js\n(.*?)^```/gms)].map(([, code]) => code);
    assert.ok(examples.length >= atLeast);
    await run(examples, created);
  });
}

/** Runs examples as programs, with the environment of a sandbox, in which they create these companies. */
async function run(examples, created) {
  const files = examples.map((code, index) => [`example${index}.mjs`, code]);
  const sandbox = await Sandbox.start({ clients: 5, days: 60 });
  try {
    const env = { ...process.env, CRANKWHEEL_API_KEY: sandbox.apiKey, CRANKWHEEL_BASE_URL: sandbox.url };
    // Set for this process: an example with tests would report to it instead of failing.
    delete env.NODE_TEST_CONTEXT;
    await withProject({ 'package.json': '{}', ...Object.fromEntries(files) }, async (folder) => {
      mkdirSync(join(folder, 'node_modules', '@opentelemetry'));
      symlinkSync(OPENTELEMETRY, join(folder, 'node_modules', '@opentelemetry', 'api'), 'junction');
      for (const [name] of files) await output([join(folder, name)], { cwd: folder, env });
    });
    for (const sname of created) assert.ok(await sandbox.client().clients.find(sname));
  } finally {
    await sandbox.stop();
  }
}

/** The account that the examples of the operations are for; python/tests/test_examples.py has the same. */
async function exampleAccount() {
  const sandbox = await Sandbox.start({ now: '2019-03-15T12:00:00Z' });
  const acme = sandbox.addClient({
    sname: 'acmecorp',
    createdAt: '2019-01-01T00:00:00Z',
    currentPlan: 'plan_1',
    lname: 'Acme',
    settings: { provisioningProvider: 'reseller' },
  });
  const email = 'agent@acme.example';
  sandbox.addUser(acme, email);
  sandbox.addSession(acme, email, { start: '2019-02-05T10:00:00Z', duration: { seconds: 600 } });
  sandbox.addSession(acme, email, { start: '2019-02-06T10:00:00Z', duration: { seconds: 45 } });
  return sandbox;
}

for (const resource of ['clients', 'sso', 'reseller']) {
  const source = readFileSync(new URL(`../src/${resource}.ts`, import.meta.url), 'utf8');
  const methods = [...source.matchAll(/ @example\n((?: {3}\* .*\n)+) {3}\*\/\n {2}(\w+)\(/g)];

  test(`every operation of cw.${resource} has an example`, async () => {
    const sandbox = await exampleAccount();
    const operations = Object.getOwnPropertyNames(Object.getPrototypeOf(sandbox.client()[resource]));
    await sandbox.stop();
    assert.deepEqual(
      methods.map(([, , name]) => name),
      operations.filter((name) => name !== 'constructor'),
    );
  });

  for (const [, comment, name] of methods) {
    test(`the example of cw.${resource}.${name}`, async () => {
      const code = comment.replaceAll(/^ {3}\* /gm, '');
      const expected = [...code.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, shown]) => shown);
      const printed = [];
      const console = { log: (...values) => printed.push(format(...values)) };
      const sandbox = await exampleAccount();
      try {
        const cw = sandbox.client();
        const acme = await cw.clients.find('acmecorp');
        const AsyncFunction = (async () => {}).constructor;
        await new AsyncFunction('cw', 'acme', 'console', code)(cw, acme, console);
      } finally {
        await sandbox.stop();
      }
      assert.deepEqual(printed, expected);
    });
  }
}

test('the demo prints its tables and no token', async () => {
  const printed = await output([DEMO, '--today', '2026-11-15']);
  assert.match(printed, /Billing overview of 2026-10/);
  assert.match(printed, /plan_2 +Example Plan 2 +\d+\.\d{3}/);
  assert.match(printed, /Usage from 2025-10-01 to 2026-10-31/);
  assert.match(printed, /url: '\*\*\*'/);
  assert.ok(!printed.includes('rlogin'));
});
