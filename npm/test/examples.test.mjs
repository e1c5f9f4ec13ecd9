// The programs in `examples/` run against the sandbox and print what they promise.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Sandbox } from 'crankwheel/sandbox';
import { environment } from './support/consumer.mjs';
import { output } from './support/program.mjs';

const example = (name) => fileURLToPath(new URL(`../examples/${name}`, import.meta.url));

let sandbox;
let cw;
let env;

before(async () => {
  sandbox = await Sandbox.start({ clients: 5, days: 60, now: '2019-03-15T12:00:00Z' });
  cw = sandbox.client();
  env = environment(sandbox);
});
after(() => sandbox.stop());

test('provision-client: creates a client with its plan, and finds it the second time', async () => {
  const run = () => output([example('provision-client.mjs'), 'acmecorp', 'Acme & Co', 'plan_1'], { env });
  assert.match(await run(), /^Created acmecorp \(id \d+\) and set plan_1\.\n$/);
  assert.match(await run(), /^Found acmecorp/);
  const client = await cw.clients.find('acmecorp');
  assert.equal(client.lname, 'Acme & Co');
  assert.equal(client.currentPlan, 'plan_1');
  assert.equal(client.settings.provisioningProvider, 'reseller');
});

test('provision-client: prints the fields that were refused', async () => {
  const program = spawn(process.execPath, [example('provision-client.mjs'), 'No', 'Acme', 'plan_1'], { env });
  let errors = '';
  program.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const [code] = await once(program, 'close');
  assert.equal(code, 1);
  assert.match(errors, /^sname: /);
});

test('sso-redirect: redirects to a login link and prints no token', async () => {
  await cw.clients.getOrCreate({ sname: 'acmecorp', settings: { provisioningProvider: 'reseller' } });
  const server = spawn(process.execPath, [example('sso-redirect.mjs'), '0'], { env });
  let printed = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.on('data', (chunk) => {
      printed += chunk;
    });
  }
  try {
    const [url] = await once(createInterface({ input: server.stdout }), 'line');
    const response = await fetch(url, { redirect: 'manual' });
    assert.equal(response.status, 302);
    assert.ok(response.headers.get('location').includes('/rlogin/'));
    assert.equal((await fetch(new URL('/other', url))).status, 404);
    sandbox.respond('GET', '/ss/rsapi/clients', { status: 400 });
    assert.equal((await fetch(url)).status, 502);
  } finally {
    server.kill();
    await once(server, 'close');
  }
  assert.match(printed, /BadRequestError/);
  assert.ok(!printed.includes('rlogin') && !printed.includes(sandbox.apiKey));
});

test('month-end-bill: prints the units of every company and their sum', async () => {
  const printed = await output([example('month-end-bill.mjs'), '2019-02'], { env });
  const { perCompany, totalProRata } = await cw.reseller.billing('2019-02');
  const [companies, total] = printed.split('\nTotal of 2019-02\n');
  const plans = perCompany.reduce((sum, { plansProRata }) => sum + Object.keys(plansProRata).length, 0);
  assert.ok(plans > 0);
  assert.equal(companies.trim().split('\n').length, plans);
  for (const [plan, { units }] of Object.entries(totalProRata)) {
    assert.ok(total.includes(`${units.toFixed(3)} × ${plan}`), plan);
  }
});

test('bulk-usage: writes a line for every company that had sessions', async () => {
  const printed = await output([example('bulk-usage.mjs'), '2019'], { env });
  const [head, ...rows] = printed.trim().split('\n');
  assert.equal(head, 'company,sessions,hours');
  const { stats } = await cw.reseller.usage('2019');
  assert.ok(stats.totalCount > 0);
  const sessions = rows.map((row) => Number(row.split(',')[1]));
  assert.equal(
    sessions.reduce((sum, count) => sum + count, 0),
    stats.totalCount,
  );
});

test('testing-with-the-sandbox: its tests pass', async () => {
  const { NODE_TEST_CONTEXT: _, ...own } = env;
  const printed = await output(
    ['--test', '--test-reporter=tap', example('testing-with-the-sandbox.test.mjs')],
    { env: own },
  );
  assert.match(printed, /# pass 2\n# fail 0/);
});
