// The sandbox, in-process and as a command.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { CrankWheel, InternalServerError, PermissionDeniedError } from 'crankwheel';
import { Sandbox } from 'crankwheel/sandbox';
import { rejection } from './support/server.mjs';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

test('state, clock, canned responses and recorded requests', async () => {
  const sandbox = await Sandbox.start({ clients: 5, days: 30, seed: 3, now: '2019-02-01T00:00:00Z' });
  try {
    const cw = sandbox.client();
    const { client, created } = await cw.clients.getOrCreate({ sname: 'acmecorp', lname: 'Acme' });
    assert.ok(created);
    assert.equal((await cw.clients.getOrCreate({ sname: 'acmecorp' })).client.id, client.id);
    assert.equal((await cw.clients.find('acmecorp')).id, client.id);

    await cw.clients.setPlan(client, (await cw.reseller.plans())[0]);
    sandbox.clock.advance({ days: 14 });
    await cw.clients.setPlan(client, 'plan_2');
    sandbox.addPlan('plan_x', { humanName: 'Plan X', sessionLimit: 5 });
    assert.ok((await cw.reseller.plans()).some((plan) => plan.apiName === 'plan_x'));
    sandbox.addUser(client.id, 'owner@acme.example', 'owner');
    sandbox.addSession(client.id, 'a@acme.example', {
      start: '2019-02-03T10:00:00Z',
      duration: { minutes: 5 },
    });
    sandbox.clock.set(new Date('2019-03-02T00:00:00Z'));
    assert.equal(sandbox.clock.now.toISOString(), '2019-03-02T00:00:00.000Z');
    sandbox.clock.unfreeze();
    sandbox.clock.freeze();
    assert.equal((await cw.clients.usage(client, '2019-02')).numSessions, 1);
    assert.equal((await cw.sso.loginOptions('owner@acme.example'))[0].role, 'owner');
    const bill = await cw.clients.billing(client, '2019-02');
    assert.deepEqual(Object.keys(bill.plansProRata).sort(), ['plan_1', 'plan_2']);

    sandbox.clearRequests();
    sandbox.respond('GET', '/ss/rsapi/clients', { status: 503, headers: { 'retry-after': '0' }, times: 2 });
    const error = await rejection(cw.clients.list({ maxRetries: 1 }));
    assert.ok(error instanceof InternalServerError);
    assert.deepEqual(
      sandbox.requests.map(({ method, path, status }) => [method, path, status]),
      [
        ['GET', '/ss/rsapi/clients', 503],
        ['GET', '/ss/rsapi/clients', 503],
      ],
    );
    const [request] = sandbox.requests;
    assert.deepEqual([request.json(), request.fault], [null, undefined]);
    assert.match(request.headers['user-agent'], /^crankwheel/);
    await cw.clients.update(client, { lname: 'Acme Ltd' });
    assert.deepEqual(sandbox.requests.at(-1).json(), { lname: 'Acme Ltd' });
    sandbox.respond('GET', '/ss/rsapi/clients', { json: [], times: Number.POSITIVE_INFINITY });
    assert.equal((await cw.clients.list()).length, 0);
    sandbox.reset();
    assert.equal((await cw.clients.list()).length, 5);

    const reader = new CrankWheel({ apiKey: sandbox.readOnlyKey, baseUrl: sandbox.url });
    assert.ok((await rejection(reader.clients.delete(client))) instanceof PermissionDeniedError);
    assert.equal(inspect(sandbox), `Sandbox { url: '${sandbox.url}' }`);
    assert.throws(() => sandbox.addUser(1, 'x', 'user'), Error);
  } finally {
    await sandbox.stop();
    await sandbox[Symbol.asyncDispose]();
  }
});

test('options that are not valid are refused', async () => {
  for (const [options, message] of [
    [{ clients: -1 }, /clients: must be an integer of 0 or more, got -1/],
    [{ sessions: 10_000_001 }, /sessions: must be at most 10000000, got 10000001/],
    [{ port: 70_000 }, /port: must be at most 65535, got 70000/],
    [{ host: 'nowhere' }, /host: must be an IP address such as 127.0.0.1, got "nowhere"/],
    [{ now: 'yesterday' }, /now: must be an RFC 3339 time such as 2019-03-01T12:00:00Z, got "yesterday"/],
    [{ bodyOn204: 'yes' }, /bodyOn204: must be a boolean, got a string/],
    [{ apiKey: 5 }, /apiKey: must be a string, got 5/],
  ]) {
    await assert.rejects(Sandbox.start(options), message, inspect(options));
  }
});

test('misspelt options are refused', async () => {
  await assert.rejects(Sandbox.start({ seeds: 1 }), { name: 'TypeError', message: /seeds/ });
  const sandbox = await Sandbox.start();
  try {
    for (const call of [
      () => sandbox.respond('GET', '/x', { times_: 2 }),
      () => sandbox.fail({ kind: 'latency', ms: 5, time: 1 }),
      () => sandbox.addPlan('plan_x', { human_name: 'X' }),
      () => sandbox.addSession(1, 'a@b.is', { start: '2019-02-03T10:00:00Z', duration: 1, viewer: 1 }),
      () => sandbox.addPlanChange(1, 'plan_1', { set_by: 'a@b.is' }),
      () => sandbox.addKey('key', { owner: 'a@b.is', read_only: true }),
    ]) {
      assert.throws(call, TypeError, String(call));
    }
  } finally {
    await sandbox.stop();
  }
});

test('faults lists active faults as they were added, and control uses the control path', async () => {
  const sandbox = await Sandbox.start({ clients: 2, days: 30, sessions: 12, host: '127.0.0.1' });
  try {
    assert.equal(sandbox.control('GET', 'state').sessions, 12);
    assert.throws(() => sandbox.control('GET', 'nothing'), /nothing/);
    sandbox.fail({ kind: 'slow_body', pieces: 3, pauseMs: 1, path: '/x/{any}', times: 3 });
    sandbox.fail({ kind: 'status', status: 503, json: { a: 1 }, probability: 0.5, seed: 3 });
    const ordered = sandbox.faults;
    assert.deepEqual(ordered[0], {
      kind: 'slow_body',
      pieces: 3,
      pauseMs: 1,
      method: '*',
      path: '/x/{any}',
      times: 3,
      seed: 0,
    });
    assert.equal(ordered[1].body, '{"a":1}');
    sandbox.clearFaults();
    assert.deepEqual(sandbox.faults, []);
    for (const fault of ordered) sandbox.fail(fault);
    assert.deepEqual(sandbox.faults, ordered);
  } finally {
    await sandbox.stop();
  }
});

test('a client shows its configuration', async () => {
  const cw = new CrankWheel({ apiKey: 'test-key-1234', baseUrl: 'https://gate.example/cw/', readOnly: true });
  assert.deepEqual([cw.baseUrl, cw.readOnly, cw.closed], ['https://gate.example/cw', true, false]);
  cw.close();
  assert.equal(cw.closed, true);
});

test('after a 204 with a body the next call succeeds, 15 times of 15', async () => {
  const sandbox = await Sandbox.start({ clients: 1, days: 1 });
  try {
    const cw = sandbox.client({ maxRetries: 0 });
    const [client] = await cw.clients.list();
    for (let round = 0; round < 15; round += 1) {
      await cw.clients.update(client, { lname: `Round ${round}` });
      assert.equal((await cw.clients.get(client)).lname, `Round ${round}`);
    }
  } finally {
    await sandbox.stop();
  }
});

test('crankwheel sandbox serves until Ctrl-C', { skip: process.platform === 'win32' }, async () => {
  const program = spawn(process.execPath, [CLI, 'sandbox', '--port', '0', '--clients', '2'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => program.once('exit', (code, signal) => resolve([code, signal])));
  let url;
  for await (const line of createInterface({ input: program.stdout })) {
    url ??= line.match(/http:\S+/)?.[0];
    if (line.includes('Ctrl-C')) break;
  }
  const cw = new CrankWheel({ apiKey: 'sandbox-reseller-key', baseUrl: url });
  assert.equal((await cw.clients.list()).length, 2);
  program.kill('SIGINT');
  assert.deepEqual(await ended, [0, null]);
});

test('the command prints usage and version, and fails for unknown commands', async () => {
  const run = async (...args) => {
    const program = spawn(process.execPath, [CLI, ...args]);
    let out = '';
    for (const stream of [program.stdout, program.stderr]) {
      stream.on('data', (chunk) => {
        out += chunk;
      });
    }
    return [await new Promise((resolve) => program.once('close', resolve)), out];
  };
  assert.match((await run())[1], /Usage: crankwheel sandbox/);
  assert.match((await run('--version'))[1], /^\d+\.\d+\.\d+\n$/);
  assert.equal((await run('sandbox', '--help'))[0], 0);
  assert.notEqual((await run('sandbox', '--port', 'x'))[0], 0);
  assert.equal((await run('nonsense'))[0], 2);
});
