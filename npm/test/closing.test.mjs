// Closing a client: the calls in flight end, nothing is retried, further calls are refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import * as sdk from 'crankwheel';
import { Sandbox } from 'crankwheel/sandbox';
import { output } from './support/program.mjs';
import { deferred, json, rejection, withServer } from './support/server.mjs';

const { APITimeoutError, ConfigurationError, InternalServerError, InvalidRequestError, RateLimitError } = sdk;

/** A server that holds its responses back: `came(n)` waits for the n-th request, `respond` sends all responses. */
async function withHeld(use, options = {}) {
  const [held, waiting] = [[], []];
  const handler = (_, response) => {
    held.push(response);
    for (const resume of waiting.filter(({ count }) => held.length >= count)) resume.resolve();
  };
  const came = (count) => {
    if (held.length >= count) return undefined;
    const { promise, resolve } = deferred();
    waiting.push({ count, resolve });
    return promise;
  };
  const respond = () => {
    for (const response of held) json(response, []);
  };
  await withServer(handler, (cw) => use(cw, { came, respond }), options);
}

/** Reports whether promises are settled. */
function watched(promises) {
  const state = { settled: 0 };
  for (const promise of promises) {
    const settle = () => {
      state.settled += 1;
    };
    promise.then(settle, settle);
  }
  return state;
}

test('calls in flight end before the promise of close is resolved, those of copies and views too', async () => {
  await withHeld(async (cw, { came, respond }) => {
    const copy = cw.withOptions({ timeout: 20_000 });
    const calls = [
      cw.clients.list(),
      copy.reseller.plans(),
      cw.withRawResponse.clients.list(),
      cw.impersonate(5).request('GET', '/x'),
    ];
    const state = watched(calls);
    await came(4);
    const closing = copy.close();
    assert.equal(cw.closed && copy.closed, true);
    for (const refused of [cw.clients.list(), copy.clients.list()]) {
      const error = await rejection(refused);
      assert.ok(error instanceof ConfigurationError, inspect(error));
      assert.match(error.message, /the client is closed/);
    }
    assert.equal(state.settled, 0);
    respond();
    await closing;
    assert.equal(state.settled, 4);
    await Promise.all(calls);
  });
});

test('a call that has begun in the same turn as close is not refused', async () => {
  const sandbox = await Sandbox.start({ clients: 3 });
  try {
    for (let turn = 0; turn < 50; turn += 1) {
      const cw = sandbox.client();
      const calls = [cw.clients.list(), cw.clients.list(), cw.reseller.plans()];
      const state = watched(calls);
      await cw.close();
      assert.equal(state.settled, 3);
      assert.deepEqual(
        (await Promise.all(calls)).map((list) => list.length > 0),
        [true, true, true],
      );
    }
  } finally {
    await sandbox.stop();
  }
});

test('calls that take longer than the timeout of close are dropped', async () => {
  for (const timeout of [0, 1, 200]) {
    await withHeld(async (cw, { came }) => {
      const calls = [cw.clients.list(), cw.withRawResponse.clients.list(), cw.clients.delete(5)];
      const errors = Promise.all(calls.map(rejection));
      await came(3);
      const began = performance.now();
      await cw.close({ timeout });
      const took = performance.now() - began;
      assert.ok(took >= timeout - 1 && took < timeout + 500, `${took} ms`);
      for (const error of await errors) {
        assert.ok(error instanceof APITimeoutError, inspect(error));
        const words = `the client was closed, and the call did not end within ${timeout === 0 ? '0ns' : `${timeout}ms`}`;
        assert.ok(error.message.startsWith(words), error.message);
        assert.equal(error.maybeApplied, error.method === 'DELETE' ? true : undefined);
      }
    });
  }
});

test('a call whose key function hangs is dropped, too', async () => {
  const asked = deferred();
  const apiKey = () => {
    asked.resolve();
    return new Promise(() => {});
  };
  await withHeld(async (cw) => {
    const error = rejection(cw.withOptions({ apiKey }).clients.list());
    await asked.promise;
    await cw.close({ timeout: 50 });
    assert.ok((await error) instanceof APITimeoutError);
  });
});

for (const [status, kind] of [
  [500, InternalServerError],
  [503, InternalServerError],
  [429, RateLimitError],
]) {
  test(`a call that waits to retry after ${status} ends at once with its error`, async () => {
    const sandbox = await Sandbox.start({ clients: 3 });
    try {
      const received = deferred();
      const cw = sandbox.client({ maxRetries: 2, onResponse: received.resolve });
      sandbox.fail({ kind: 'status', status, headers: { 'retry-after': '30' } });
      const call = rejection(cw.clients.list());
      // The hook is called before the wait.
      await received.promise;
      const began = performance.now();
      await cw.close({ timeout: 20_000 });
      const error = await call;
      assert.ok(performance.now() - began < 2_000);
      assert.ok(error instanceof kind, inspect(error));
      assert.deepEqual([error.status, error.attempts, error.retryStoppedBy], [status, 1, 'closed']);
    } finally {
      await sandbox.stop();
    }
  });
}

test('closing twice is fine, also while calls are in flight and after them', async () => {
  await withHeld(async (cw, { came, respond }) => {
    const call = cw.clients.list();
    const state = watched([call]);
    await came(1);
    const both = [cw.close(), cw.close({ timeout: 20_000 })];
    respond();
    await both[0];
    assert.equal(state.settled, 1);
    await both[1];
    await cw.close();
    await cw.close({ timeout: 0 });
    await cw[Symbol.asyncDispose]();
    cw[Symbol.dispose]();
    assert.equal((await call).length, 0);
  });
});

test('an aborted call does not keep close waiting', async () => {
  await withHeld(async (cw, { came }) => {
    const controller = new AbortController();
    const call = rejection(cw.clients.list({ signal: controller.signal }));
    await came(1);
    const closing = cw.close();
    controller.abort(new Error('enough'));
    await closing;
    assert.equal((await call).message, 'enough');
  });
});

test('`await using` waits for the calls in flight, `using` does not', async () => {
  await withHeld(async (cw, { came, respond }) => {
    const call = cw.clients.list();
    const state = watched([call]);
    await came(1);
    cw[Symbol.dispose]();
    assert.equal(cw.closed, true);
    const disposed = cw[Symbol.asyncDispose]();
    assert.equal(state.settled, 0);
    respond();
    assert.equal(await disposed, undefined);
    assert.equal(state.settled, 1);
    await call;
  });
});

test('options of close are checked, and a refused one does not close the client', async () => {
  const cw = new sdk.CrankWheel({ apiKey: 'test-key-1234' });
  for (const [options, message] of [
    [{ deadline: 5 }, 'deadline: unknown option; valid options are timeout'],
    [{ timeOut: 5 }, 'timeOut: unknown option; did you mean `timeout`? Valid options are timeout'],
    [5_000, 'options: must be an object with named members, got 5000'],
    [new AbortController().signal, 'options: must be an object with named members, got'],
    [{ timeout: -1 }, 'timeout: must be a number of milliseconds from 0 to 2592000000 (30 days), got -1;'],
    [{ timeout: Number.NaN }, 'timeout: must be a number of milliseconds from 0'],
    [{ timeout: Number.POSITIVE_INFINITY }, 'timeout: must be a number of milliseconds from 0'],
    [{ timeout: '5s' }, 'timeout: must be a number of milliseconds from 0'],
    [{ timeout: 2_592_000_001 }, 'timeout: must be a number of milliseconds from 0'],
  ]) {
    const error = await rejection(cw.close(options));
    assert.ok(error instanceof InvalidRequestError, inspect(error));
    assert.ok(error.message.startsWith(message), error.message);
    assert.equal(cw.closed, false);
  }
  for (const options of [null, undefined, {}, { timeout: undefined }, { timeout: 5 }])
    await cw.close(options);
  assert.equal(cw.closed, true);
});

const NOT_AWAITED = `
import { CrankWheel } from 'crankwheel';
import { Sandbox } from 'crankwheel/sandbox';
const sandbox = await Sandbox.start({ clients: 3 });
new CrankWheel({ apiKey: 'test-key-1234' }).close({ timeout: 2_000_000_000 });
const cw = sandbox.client({ maxRetries: 0 });
sandbox.fail({ kind: 'status', status: 500, times: 1 });
cw.clients.list().catch((error) => console.log(error.status));
cw.close({ timeout: 2_000_000_000 });
cw.close();
cw.clients.list().catch((error) => console.log(error.name));
`;

test('close that is not awaited rejects nothing and does not keep the process alive', async () => {
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const printed = await output(['--input-type=module', '-e', NOT_AWAITED], { cwd, timeout: 20_000 });
  assert.deepEqual(printed.split('\n').filter(Boolean).sort(), ['500', 'ConfigurationError']);
});
