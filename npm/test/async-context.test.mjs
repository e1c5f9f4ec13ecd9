// Hooks run in the async context of their call, and each attempt that begins has an end.

import assert from 'node:assert/strict';
import { AsyncLocalStorage, executionAsyncResource } from 'node:async_hooks';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { json, rejection, withServer } from './support/server.mjs';

const storage = new AsyncLocalStorage();

/** Hooks that record the store of their context with what they receive. */
function recording(seen) {
  const record = (kind) => (info) => seen.push({ kind, store: storage.getStore(), ...info });
  return { onRequest: record('request'), onResponse: record('response') };
}

/** Checks that each beginning has one end with the same call, attempt and store. Returns the ends. */
function pairs(seen) {
  const open = new Map();
  const ends = [];
  for (const { kind, callId, attempt, store, ...end } of seen.splice(0)) {
    assert.ok(Number.isSafeInteger(callId) && callId > 0);
    if (kind === 'request') {
      assert.ok(!open.has(callId), `call ${callId} has two attempts at once`);
      open.set(callId, { attempt, store });
    } else {
      assert.deepEqual(open.get(callId), { attempt, store });
      open.delete(callId);
      ends.push({ callId, attempt, store, end: end.status ?? end.problem });
    }
  }
  assert.equal(open.size, 0);
  return ends;
}

test('1,200 calls at once: every hook sees the store of its own caller', async () => {
  const seen = [];
  let turn = 0;
  const handler = async (_, response) => {
    turn += 1;
    const [status, headers] = turn % 5 === 0 ? [429, { 'retry-after': '0' }] : [200, {}];
    await sleep(Math.random() * 5);
    json(response, [], status, headers);
  };
  await withServer(
    handler,
    async (cw) => {
      const call = async (caller) => {
        const copy = caller % 3 === 0 ? cw.withOptions({ timeout: 30_000 }) : cw;
        await copy.clients.list({ maxRetries: 8, ...(caller % 2 && { timeout: 40_000 }) });
        assert.equal(storage.getStore(), caller);
      };
      await Promise.all(Array.from({ length: 1_200 }, (_, caller) => storage.run(caller, call, caller)));
    },
    recording(seen),
  );
  assert.ok(seen.length > 2_400);
  const ends = pairs(seen);
  const successes = ends.filter(({ end }) => end === 200);
  assert.deepEqual(
    successes.map(({ store }) => store).toSorted((one, other) => one - other),
    Array.from({ length: 1_200 }, (_, caller) => caller),
  );
  const callers = new Map();
  for (const { callId, store } of ends) {
    assert.equal(callers.get(callId) ?? store, store);
    callers.set(callId, store);
  }
  assert.equal(callers.size, 1_200);
});

test('aborted calls have an end, in their own context and before the promise is settled', async () => {
  const seen = [];
  await withServer(
    () => {},
    async (cw) => {
      const call = async (caller) => {
        const controller = new AbortController();
        const begun = rejection(cw.clients.list({ signal: controller.signal }));
        await sleep(100);
        controller.abort();
        await begun;
        const mine = seen.filter(({ store }) => store === caller);
        assert.deepEqual(
          mine.map(({ kind }) => kind),
          ['request', 'response'],
        );
        assert.equal(mine[1].problem, 'cancelled');
        assert.equal(mine[1].attributes['error.type'], 'cancelled');
        assert.ok(mine[1].durationMs >= 50);
      };
      await Promise.all(['a', 'b', 'c'].map((caller) => storage.run(caller, call, caller)));
      await storage.run('late', () => rejection(cw.clients.list({ timeout: 50 })));
    },
    recording(seen),
  );
  assert.deepEqual(
    pairs(seen)
      .map(({ store, end }) => `${store} ${end}`)
      .toSorted(),
    ['a cancelled', 'b cancelled', 'c cancelled', 'late timed out'],
  );
});

test('a call of several requests has one id and one context', async () => {
  const seen = [];
  const client = { id: 5, sname: 'acmecorp', settings: { id: 's-5' } };
  await withServer(
    (request, response) => json(response, client, request.method === 'GET' ? 200 : 204),
    async (cw) => {
      await storage.run('update', () => cw.clients.update(5, { settings: { auditLog: true } }));
      await storage.run('raw', () => cw.withRawResponse.clients.update(5, { settings: { auditLog: true } }));
      await storage.run('request', () => cw.request('GET', '/x'));
    },
    recording(seen),
  );
  const ends = pairs(seen);
  assert.deepEqual(
    ends.map(({ store, end }) => [store, end]),
    [
      ['update', 200],
      ['update', 204],
      ['raw', 200],
      ['raw', 204],
      ['request', 200],
    ],
  );
  assert.equal(new Set(ends.map(({ callId }) => callId)).size, 3);
});

test('promises that a hook starts stay in the context of the call', async () => {
  const later = [];
  const onResponse = async () => {
    await sleep(5);
    later.push(storage.getStore());
  };
  await withServer(
    (_, response) => json(response, []),
    async (cw) => {
      await Promise.all([1, 2, 3].map((caller) => storage.run(caller, () => cw.clients.list())));
      await sleep(50);
    },
    { onResponse },
  );
  assert.deepEqual(later.toSorted(), [1, 2, 3]);
});

test('hooks run in a resource of their own, not in that of a timer or socket', async () => {
  const types = [];
  await withServer(
    (_, response) => json(response, []),
    async (cw) => {
      await cw.clients.list();
    },
    { onResponse: () => types.push(executionAsyncResource().constructor.name) },
  );
  assert.deepEqual(types, ['AsyncResource']);
});
