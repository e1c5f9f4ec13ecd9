// Signals: once a signal is aborted, no call that has it is fulfilled; one listener for each signal.

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CrankWheel, InvalidRequestError } from 'crankwheel';
import { Sandbox } from 'crankwheel/sandbox';
import { deferred, json, rejection, withServer } from './support/server.mjs';

function busy(milliseconds) {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

test('of 1,000 calls that are aborted at random moments under a busy loop, none is fulfilled', async () => {
  const sandbox = await Sandbox.start({ clients: 2 });
  try {
    const cw = sandbox.client();
    await cw.clients.list();
    const forms = [
      (options) => cw.clients.list(options),
      (options) => cw.withRawResponse.clients.list(options),
      (options) => cw.request('GET', '/ss/rsapi/clients', options),
      (options) => cw.clients.getOrCreate({ sname: 'alwaysthere', lname: 'x' }, options),
    ];
    let [fulfilled, aborted] = [0, 0];
    // Calls that end before their abort don't count.
    for (let turn = 0; aborted < 1_000 && fulfilled === 0; turn += 1) {
      const controller = new AbortController();
      const call = forms[turn % forms.length]({ signal: controller.signal, timeout: 20_000 });
      let ended = false;
      const settled = call.then(
        () => {
          ended = true;
          return 'fulfilled';
        },
        (error) => {
          assert.equal(error, controller.signal.reason);
          return 'aborted';
        },
      );
      if (turn % 3 === 0) await sleep(Math.random() * 2);
      if (turn % 2 > 0) await new Promise(setImmediate);
      // The response arrives meanwhile, but the program cannot see it before it aborts.
      busy(Math.random() * 3);
      if (ended) continue;
      controller.abort();
      if ((await settled) === 'fulfilled') fulfilled += 1;
      else aborted += 1;
    }
    assert.equal(fulfilled, 0);
    cw.close();
  } finally {
    await sandbox.stop();
  }
});

test('an abort in the same step as the response wins, for values and for errors', async () => {
  for (const status of [200, 503]) {
    await withServer(
      (_, response) => json(response, [], status),
      async (cw) => {
        for (const abortLater of [setImmediate, queueMicrotask, process.nextTick]) {
          const controller = new AbortController();
          const call = rejection(cw.clients.list({ signal: controller.signal }));
          busy(30);
          abortLater(() => controller.abort(new Error('mine')));
          assert.equal((await call).message, 'mine');
        }
      },
    );
  }
});

test('many calls can share a signal, which has one listener while they run and none after', async () => {
  const warnings = [];
  const warn = (warning) => warnings.push(warning.name);
  process.on('warning', warn);
  const [arrived, released] = [deferred(), deferred()];
  let requests = 0;
  await withServer(
    async (_, response) => {
      requests += 1;
      if (requests === 30) arrived.resolve();
      await released.promise;
      json(response, []);
    },
    async (cw) => {
      const { signal } = new AbortController();
      const calls = Array.from({ length: 30 }, () => cw.clients.list({ signal }));
      await arrived.promise;
      assert.equal(getEventListeners(signal, 'abort').length, 1);
      released.resolve();
      await Promise.all(calls);
      assert.equal(getEventListeners(signal, 'abort').length, 0);
      await cw.clients.list({ signal });
    },
  );
  await new Promise(setImmediate);
  process.off('warning', warn);
  assert.deepEqual(warnings, []);
});

test('one abort ends all calls of its signal, and no other call', async () => {
  const arrived = deferred();
  let requests = 0;
  await withServer(
    () => {
      requests += 1;
      if (requests === 6) arrived.resolve();
    },
    async (cw) => {
      const [one, other] = [new AbortController(), new AbortController()];
      const ended = [];
      const calls = [one, one, one, other, other].map(({ signal }, index) =>
        rejection(cw.clients.list({ signal })).then(() => ended.push(index)),
      );
      calls.push(rejection(cw.clients.list({ timeout: 2_000 })).then(() => ended.push('none')));
      await arrived.promise;
      one.abort();
      await Promise.all(calls.slice(0, 3));
      assert.deepEqual(ended.toSorted(), [0, 1, 2]);
      other.abort();
      await Promise.all(calls);
      assert.equal(ended.at(-1), 'none');
    },
  );
});

test('signals of other kinds work, and what is not a signal is named', async () => {
  await withServer(
    (_, response) => json(response, []),
    async (cw) => {
      const target = new EventTarget();
      const old = Object.assign(target, { aborted: false });
      await cw.clients.list({ signal: old });
      const waiting = rejection(cw.clients.list({ signal: old }));
      old.aborted = true;
      old.dispatchEvent(new Event('abort'));
      assert.equal((await waiting).name, 'AbortError');
      await cw.clients.list({ signal: AbortSignal.any([new AbortController().signal]) });
      for (const none of [undefined, null]) await cw.clients.list({ signal: none });

      const wrong = [
        [new AbortController(), /^signal: must be an AbortSignal, got an AbortController; pass its `signal`/],
        [{}, /^signal: must be an AbortSignal, got an object/],
        [{ aborted: true }, /^signal: must be an AbortSignal, got an object/],
        ['abort', /^signal: must be an AbortSignal, got a string/],
        [true, /^signal: must be an AbortSignal, got true/],
        [() => {}, /^signal: must be an AbortSignal, got a function/],
        [[], /^signal: must be an AbortSignal, got an array/],
      ];
      for (const [signal, message] of wrong) {
        for (const call of [cw.clients.list, cw.withRawResponse.clients.list]) {
          const resource = call === cw.clients.list ? cw.clients : cw.withRawResponse.clients;
          const error = await rejection(call.call(resource, { signal }));
          assert.ok(error instanceof InvalidRequestError, `${error}`);
          assert.match(error.message, message);
        }
        assert.throws(() => cw.dryRun.clients.list({ signal }), { name: 'InvalidRequestError', message });
      }
    },
  );
});

test('a deadline signal that passes before the call sends nothing', async () => {
  const cw = new CrankWheel({ apiKey: 'test-key-1234', baseUrl: 'http://127.0.0.1:1', maxRetries: 0 });
  const signal = AbortSignal.timeout(1);
  await sleep(20);
  assert.equal((await rejection(cw.clients.list({ signal }))).name, 'TimeoutError');
});
