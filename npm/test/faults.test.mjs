// Faults of the sandbox: each causes the error that the README promises. Also snapshots, and data that tests add.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import * as sdk from 'crankwheel';
import { Sandbox } from 'crankwheel/sandbox';
import { rejection } from './support/server.mjs';

const CLIENTS = '/ss/rsapi/clients';
let sandbox;
let cw;

before(async () => {
  sandbox = await Sandbox.start({ clients: 5, days: 30, now: '2019-03-01T00:00:00Z' });
});
beforeEach(() => {
  sandbox.reset();
  // Without idle connections: a read is retried in any case if an idle connection breaks.
  cw = sandbox.client({ maxRetries: 0 });
});
after(() => sandbox.stop());

for (const [status, name] of [
  [400, 'BadRequestError'],
  [401, 'AuthenticationError'],
  [403, 'PermissionDeniedError'],
  [404, 'NotFoundError'],
  [409, 'ConflictError'],
  [418, 'APIStatusError'],
  [422, 'UnprocessableEntityError'],
  [429, 'RateLimitError'],
  [500, 'InternalServerError'],
  [503, 'InternalServerError'],
]) {
  test(`status ${status} causes ${name}`, async () => {
    const headers = { 'retry-after': '7' };
    sandbox.fail({ kind: 'status', status, headers, json: { errors: { sname: ['is bad'] } }, times: 1 });
    const error = await rejection(cw.clients.list());
    assert.ok(error instanceof Reflect.get(sdk, name) && error instanceof sdk.APIStatusError);
    assert.equal(error.name, name);
    assert.equal(error.status, status);
    if (status === 429) assert.equal(error.retryAfter, 7);
    if (status === 400) assert.deepEqual(error.errors, { sname: ['is bad'] });
    assert.equal((await cw.clients.list()).length, 5);
  });
}

for (const [fault, name] of [
  [{ kind: 'reset_before' }, 'APIConnectionError'],
  [{ kind: 'reset_after' }, 'APIConnectionError'],
  [{ kind: 'reset_during' }, 'APIConnectionError'],
  [{ kind: 'truncate' }, 'APIConnectionError'],
  [{ kind: 'corrupt' }, 'APIResponseError'],
  [{ kind: 'wrong_length' }, 'APIResponseError'],
  [{ kind: 'wrong_length', by: 5 }, 'APITimeoutError'],
  [{ kind: 'broken_gzip' }, 'APIConnectionError'],
  [{ kind: 'broken_gzip', how: 'corrupt' }, 'APIConnectionError'],
  [{ kind: 'latency', ms: 60_000 }, 'APITimeoutError'],
  [{ kind: 'slow_body', pieces: 2, pauseMs: 60_000 }, 'APITimeoutError'],
]) {
  test(`${JSON.stringify(fault)} causes ${name}`, async () => {
    const hasty = cw.withOptions({ attemptTimeout: 100 });
    const patient = name === 'APITimeoutError' ? hasty : cw;
    sandbox.fail({ ...fault, path: CLIENTS, times: 1 });
    const error = await rejection(patient.clients.list());
    assert.equal(error.name, name, error.stack);
    assert.equal(error.maybeApplied, undefined);
    if (fault.kind !== 'latency') assert.equal(sandbox.requests[0].fault.kind, fault.kind);
    // A read without a complete response is retried, and the caller does not notice it.
    if (name === 'APIResponseError') return;
    sandbox.fail({ ...fault, path: CLIENTS, times: 1 });
    assert.equal((await patient.clients.list({ maxRetries: 2 })).length, 5);
  });
}

test('slow responses and a 204 in pieces are not errors', async () => {
  const [client] = await cw.clients.list();
  sandbox.fail({ kind: 'latency', ms: 5, times: 1 });
  sandbox.fail({ kind: 'slow_body', pieces: 5, pauseMs: 1, times: 1 });
  assert.equal((await cw.clients.list()).length, 5);
  sandbox.fail({ kind: 'split_204', pieces: 4, pauseMs: 1 });
  for (const plan of ['plan_1', 'plan_2', 'plan_3']) {
    await cw.clients.setPlan(client, plan);
    assert.equal((await cw.clients.get(client)).currentPlan, plan);
  }
});

test('maybeApplied of a failed write is never wrong', async () => {
  for (const [fault, name, exists] of [
    [{ kind: 'reset_before' }, 'APIConnectionError', false],
    [{ kind: 'reset_after' }, 'APIConnectionError', true],
    [{ kind: 'status', status: 502, processed: true }, 'InternalServerError', true],
    [{ kind: 'corrupt' }, 'APIResponseError', true],
  ]) {
    sandbox.reset();
    sandbox.fail({ ...fault, method: 'POST', path: CLIENTS, times: 1 });
    const error = await rejection(cw.clients.create({ sname: 'acmecorp' }, { maxRetries: 2 }));
    assert.equal(error.name, name, error.stack);
    assert.equal(error.attempts, 1);
    // `false` would mean that the write was certainly not applied.
    assert.notEqual(error.maybeApplied, false);
    assert.equal((await cw.clients.find('acmecorp')) !== undefined, exists, fault.kind);
  }
});

test('faults have a scope and a probability, and end with clearFaults', async () => {
  const [client] = await cw.clients.list();
  sandbox.fail({ kind: 'status', status: 503, method: 'GET', path: `${CLIENTS}/{id}`, times: 2 });
  assert.equal((await cw.clients.list()).length, 5);
  for (const _ of [1, 2]) assert.equal((await rejection(cw.clients.get(client))).status, 503);
  assert.equal((await cw.clients.get(client)).id, client.id);

  const strikes = async (seed) => {
    sandbox.fail({ kind: 'status', status: 503, probability: 0.5, seed });
    const outcomes = [];
    for (let round = 0; round < 20; round += 1) {
      outcomes.push(
        await cw.clients.get(client).then(
          () => '.',
          () => 'x',
        ),
      );
    }
    sandbox.clearFaults();
    return outcomes.join('');
  };
  const first = await strikes(1);
  assert.equal(await strikes(1), first);
  assert.match(first, /x.*\.|\..*x/);

  sandbox.fail({ kind: 'status', status: 503, times: Number.POSITIVE_INFINITY });
  assert.equal((await rejection(cw.clients.list())).status, 503);
  sandbox.reset();
  assert.equal((await cw.clients.list()).length, 5);
});

test('faults that are not valid are refused', () => {
  for (const [fault, message] of [
    [undefined, /^TypeError: fault: must be an object/],
    [{}, /kind/],
    [{ kind: 'fire' }, /kind/],
    [{ kind: 'latency' }, /ms/],
    [{ kind: 'slow_body', pause_ms: 5 }, /pause_ms/],
    [{ kind: 'truncate', tmes: 1 }, /tmes/],
    [{ kind: 'truncate', times: -1 }, /-1/],
    [{ kind: 'truncate', probability: 2 }, /probability/],
    [{ kind: 'truncate', path: 'ss' }, /ss/],
    [{ kind: 'status', status: 99 }, /99/],
  ]) {
    assert.throws(() => sandbox.fail(fault), message);
  }
});

test('clients, changes of plan and keys can be added', async () => {
  const id = sandbox.addClient({
    sname: 'oldcorp',
    lname: 'Old & Corp',
    settings: { provisioningProvider: 'reseller' },
    createdAt: new Date('2019-01-01T00:00:00Z'),
    currentPlan: 'plan_1',
  });
  const client = await cw.clients.get(id);
  assert.deepEqual([client.lname, client.currentPlan], ['Old & Corp', 'plan_1']);
  sandbox.addPlanChange(client, 'plan_2', { at: '2019-02-15T00:00:00Z', setBy: 'anna@reseller.example' });
  const bill = await cw.clients.billing(id, '2019-02');
  assert.deepEqual(
    bill.periods.map((period) => [period.apiName, period.setBy]),
    [
      ['plan_1', bill.periods[0].setBy],
      ['plan_2', 'anna@reseller.example'],
    ],
  );
  sandbox.addPlanChange(id, 'plan_3');
  assert.equal((await cw.clients.get(id)).currentPlan, 'plan_3');
  sandbox.addUser(client, 'anna@oldcorp.example', 'admin');
  sandbox.addSession(client, 'anna@oldcorp.example', { start: '2019-02-20T10:00:00Z', duration: 60_000 });
  assert.equal((await cw.clients.usage(id, '2019-02')).numSessions, 1);

  sandbox.addKey('annas-key', { owner: 'anna@reseller.example' });
  sandbox.addKey('bens-key', { owner: 'ben@reseller.example', readOnly: true });
  await cw.withOptions({ apiKey: 'annas-key' }).clients.setPlan(id, 'plan_1');
  const refused = await rejection(cw.withOptions({ apiKey: 'bens-key' }).clients.setPlan(id, 'plan_1'));
  assert.ok(refused instanceof sdk.PermissionDeniedError);

  assert.throws(() => sandbox.addClient({ sname: 'no' }), /sname/);
  assert.throws(() => sandbox.addClient({ sname: 'newcorp', currentPlan: 'plan_x' }), /plan_x/);
  assert.throws(() => sandbox.addKey('a key', { owner: 'anna@reseller.example' }), Error);
  assert.throws(() => sandbox.addPlanChange(1, 'plan_1'), Error);
});

test('restore returns to a snapshot, in another sandbox too', async () => {
  const [client] = await cw.clients.list();
  const snapshot = sandbox.snapshot();
  await cw.clients.delete(client);
  sandbox.clock.advance({ days: 3 });
  assert.equal((await cw.clients.list()).length, 4);
  sandbox.restore(snapshot);
  assert.equal((await cw.clients.list()).length, 5);
  assert.equal(sandbox.clock.now.toISOString(), '2019-03-01T00:00:00.000Z');
  assert.throws(() => sandbox.restore('{}'), Error);
  const other = await Sandbox.start();
  try {
    other.restore(snapshot);
    assert.equal((await other.client().clients.get(client)).sname, client.sname);
    assert.deepEqual(JSON.parse(other.snapshot()).sessions, JSON.parse(snapshot).sessions);
  } finally {
    await other[Symbol.asyncDispose]();
  }
});
