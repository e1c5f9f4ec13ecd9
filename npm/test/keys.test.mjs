// API keys from functions: deadlines, the async context of the call, and keys that the API refuses.

import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import * as sdk from 'crankwheel';
import { json, rejection, withServer } from './support/server.mjs';

const { APITimeoutError, AuthenticationError, ConfigurationError } = sdk;

/** A server that accepts only the key that `accepted` returns, and a client of it with these options. */
async function withKeys(accepted, options, use) {
  const seen = [];
  const handler = (request, response) => {
    seen.push(request.headers.authorization);
    const valid = request.headers.authorization === `Basic ${accepted()}`;
    json(response, valid ? [] : {}, valid ? 200 : 401);
  };
  await withServer(handler, (cw) => use(cw.withOptions(options), seen));
}

test('a function that hangs ends with the deadline, for every kind of call', async () => {
  await withKeys(
    () => 'k',
    { apiKey: () => new Promise(() => {}), timeout: 300 },
    async (cw, seen) => {
      const calls = [
        cw.clients.list(),
        cw.withRawResponse.clients.list(),
        cw.clients.list({ timeout: 200 }),
        cw.impersonate(5).request('GET', '/x'),
        cw.withOptions({ keyTtl: 9_000 }).clients.list(),
        cw.clients.delete(5),
      ];
      const began = performance.now();
      const errors = await Promise.all(calls.map(rejection));
      assert.ok(performance.now() - began < 600, `${performance.now() - began} ms`);
      for (const [index, error] of errors.entries()) {
        assert.ok(error instanceof APITimeoutError, inspect(error));
        const limit = index === 2 ? '200ms' : '300ms';
        assert.ok(
          error.message.startsWith(
            `apiKey: the function that returns the key did not return within ${limit}, the call's \`timeout\``,
          ),
          error.message,
        );
        assert.equal(error.attempts, 0);
        assert.equal(error.maybeApplied, error.method === 'DELETE' ? false : undefined);
      }
      assert.deepEqual(seen, []);
    },
  );
});

test('the deadline includes a slow function', async () => {
  const apiKey = () => sleep(3_000, 'k');
  await withKeys(
    () => 'k',
    { apiKey },
    async (cw) => {
      const began = performance.now();
      assert.ok((await rejection(cw.clients.list({ timeout: 300 }))) instanceof APITimeoutError);
      assert.ok(performance.now() - began < 500);
      await cw.withOptions({ apiKey: () => sleep(100, 'k') }).clients.list({ timeout: 2_000 });
    },
  );
});

test('the function runs in the async context of its call', async () => {
  const storage = new AsyncLocalStorage();
  const seen = [];
  const apiKey = async () => {
    const before = storage.getStore();
    await sleep(1);
    seen.push([before, storage.getStore()]);
    return 'k';
  };
  await withKeys(
    () => 'k',
    { apiKey },
    async (cw) => {
      const call = (caller) => storage.run(caller, () => cw.clients.list());
      await Promise.all(Array.from({ length: 64 }, (_, caller) => call(caller)));
      const plain = () => {
        seen.push(storage.getStore());
        return 'k';
      };
      await storage.run('plain', () => cw.withOptions({ apiKey: plain }).clients.list());
    },
  );
  assert.equal(seen.pop(), 'plain');
  assert.deepEqual(
    seen.toSorted(([one], [other]) => one - other),
    Array.from({ length: 64 }, (_, caller) => [caller, caller]),
  );
});

test('keyTtl: calls share a key while it is younger', async () => {
  let asked = 0;
  const apiKey = async () => {
    asked += 1;
    await sleep(10);
    return 'k';
  };
  await withKeys(
    () => 'k',
    { apiKey, keyTtl: 300 },
    async (cw) => {
      const hooked = cw.withOptions({ onRequest() {} });
      await Promise.all(
        Array.from({ length: 50 }, (_, turn) => (turn % 2 ? cw : hooked).clients.list({ maxRetries: 1 })),
      );
      assert.equal(asked, 1);
      await sleep(350);
      await cw.clients.list();
      assert.equal(asked, 2);
      await cw.withOptions({ apiKey }).clients.list();
      assert.equal(asked, 3);
    },
  );
  await withKeys(
    () => 'k',
    { apiKey },
    async (cw) => {
      asked = 0;
      await Promise.all(Array.from({ length: 50 }, () => cw.clients.list()));
      assert.equal(asked, 50);
    },
  );
});

test('a key that the API refuses is asked for once more, also for a write', async () => {
  for (const keyTtl of [undefined, 60_000]) {
    let keys = ['old', 'new'];
    await withKeys(
      () => 'new',
      { apiKey: () => keys.shift() ?? 'new', keyTtl },
      async (cw, seen) => {
        assert.equal((await cw.withRawResponse.clients.list()).attempts, 2);
        assert.deepEqual(seen.splice(0), ['Basic old', 'Basic new']);
        keys = ['old', 'new'];
        await cw.withOptions({ apiKey: async () => keys.shift() }).clients.delete(5);
        assert.deepEqual(seen.splice(0), ['Basic old', 'Basic new']);
        const error = await rejection(cw.withOptions({ apiKey: () => 'old' }).clients.delete(5));
        assert.ok(error instanceof AuthenticationError);
        assert.match(error.message, /called again, and returned the same key$/);
        assert.equal(error.maybeApplied, false);
        assert.deepEqual(seen, ['Basic old']);
      },
    );
  }
});

test('the error of the function is the cause, and its text is not in the message', async () => {
  class VaultError extends Error {}
  const reasons = [new VaultError('no access with key-4711'), new TypeError('x'), 'text', undefined, 7];
  for (const reason of reasons) {
    const functions = [
      async () => {
        throw reason;
      },
      () => Promise.reject(reason),
      () => {
        throw reason;
      },
    ];
    for (const apiKey of functions) {
      await withKeys(
        () => 'k',
        { apiKey, keyTtl: 60_000 },
        async (cw) => {
          for (const error of await Promise.all([1, 2, 3].map(() => rejection(cw.clients.list())))) {
            assert.ok(error instanceof ConfigurationError);
            const kind = reason instanceof Error ? reason.constructor.name : typeof reason;
            assert.equal(error.message, `apiKey: the function that returns the key failed (${kind})`);
            assert.equal(error.cause, reason);
            assert.ok('cause' in error && !Object.keys(error).includes('cause'));
            assert.ok(!JSON.stringify(error).includes('4711'));
            assert.match(error.stack, /keys\.test\.mjs/);
          }
        },
      );
    }
  }
  // After a 401, the error of the API stays.
  const keys = ['old'];
  const apiKey = () => keys.shift() ?? Promise.reject(new VaultError('closed'));
  await withKeys(
    () => 'new',
    { apiKey },
    async (cw) => {
      const error = await rejection(cw.clients.list());
      assert.ok(error instanceof AuthenticationError && error.cause instanceof VaultError);
      assert.match(error.message, /called again, and failed$/);
    },
  );
});

test('what is not a key is named', async () => {
  const wrong = [
    [undefined, 'undefined'],
    [null, 'null'],
    [5, '5'],
    [Buffer.from('k'), 'a Uint8Array'],
    [['k'], 'an array'],
    [() => 'k', 'a function'],
  ];
  for (const [value, got] of wrong) {
    await withKeys(
      () => 'k',
      { apiKey: async () => value },
      async (cw) => {
        const error = await rejection(cw.clients.list());
        assert.ok(error instanceof ConfigurationError);
        assert.ok(error.message.startsWith('apiKey: the function must return a string, got '), error.message);
        assert.ok(error.message.includes(got), error.message);
      },
    );
  }
  await withKeys(
    () => 'k',
    { apiKey: () => '' },
    async (cw) => assert.match((await rejection(cw.clients.list())).message, /^apiKey: must not be empty/),
  );
});

test('an aborted call does not take the key from the others that wait for it', async () => {
  let asked = 0;
  const apiKey = async () => {
    asked += 1;
    await sleep(100);
    return 'k';
  };
  await withKeys(
    () => 'k',
    { apiKey, keyTtl: 60_000 },
    async (cw) => {
      const controller = new AbortController();
      const first = rejection(cw.clients.list({ signal: controller.signal }));
      await sleep(30);
      const others = Array.from({ length: 5 }, () => cw.clients.list());
      await sleep(20);
      controller.abort();
      assert.equal((await first).name, 'AbortError');
      await Promise.all(others);
      assert.equal(asked, 2);
    },
  );
});

test('a program ends while a function hangs only if no call waits for it', () => {
  const program = `
    const { CrankWheel } = require('crankwheel');
    const cw = new CrankWheel({ apiKey: () => new Promise(() => {}), baseUrl: 'http://127.0.0.1:1', timeout: 300 });
    cw.clients.list().catch((error) => console.log(error.name));
  `;
  const child = spawnSync(process.execPath, ['-e', program], { cwd: import.meta.dirname, timeout: 20_000 });
  assert.equal(`${child.stdout}${child.stderr}`, 'APITimeoutError\n');
});
