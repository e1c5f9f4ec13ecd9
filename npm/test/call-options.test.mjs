// Each call has its own options, whatever the options of the calls before it and at the same time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { json, rejection, withServer } from './support/server.mjs';

test('calls with different options, alternating and at once, keep their own', async () => {
  await withServer(
    (_, response) => json(response, {}, 500, { 'retry-after': '0' }),
    async (cw) => {
      const copies = [cw, cw.withOptions({ timeout: 50_000 })];
      const attempts = async (client, options) => (await rejection(client.clients.get(1, options))).attempts;
      const options = [0, 2, 0, 1, undefined, 2, 0].map((maxRetries) => ({ maxRetries }));
      const expected = [1, 3, 1, 2, 3, 3, 1];
      for (const client of copies) {
        for (const [index, each] of options.entries()) {
          assert.equal(await attempts(client, each), expected[index]);
        }
        assert.deepEqual(await Promise.all(options.map((each) => attempts(client, each))), expected);
      }
      assert.equal(await attempts(cw), 3);
      assert.equal(await attempts(cw, { timeout: 30_000 }), 3);
      assert.equal(await attempts(cw, { timeout: 30_000, maxRetries: 0 }), 1);
      assert.equal(await attempts(cw, { timeout: 30_000 }), 3);
    },
    { maxRetries: 2 },
  );
});

test('headers of a call are sent with that call only, next to its other options', async () => {
  const seen = [];
  await withServer(
    (request, response) => {
      seen.push(request.headers['x-tenant']);
      json(response, []);
    },
    async (cw) => {
      for (const headers of [{ 'x-tenant': 'a' }, undefined, { 'x-tenant': 'b' }, undefined, new Map()]) {
        await cw.clients.list({ timeout: 20_000, headers });
      }
    },
  );
  assert.deepEqual(seen, ['a', undefined, 'b', undefined, undefined]);
});

test('an option that is not valid is refused each time, also after a valid one', async () => {
  await withServer(
    (_, response) => json(response, []),
    async (cw) => {
      await cw.clients.list({ timeout: 5_000 });
      for (const options of [
        { timeout: '5000' },
        { timeout: Number.NaN },
        { timeout: 0 },
        { maxRetries: -1 },
      ]) {
        for (let turn = 0; turn < 2; turn += 1) {
          const { name } = await rejection(cw.clients.list(options));
          assert.equal(name, 'ConfigurationError', JSON.stringify(options));
        }
      }
      assert.equal((await cw.clients.list({ timeout: 5_000 })).length, 0);
    },
  );
});
