// Warnings about deviating responses: in the async context of the code that read them, never in another.

import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import { Client, ClientList } from 'crankwheel';
import { json, withServer } from './support/server.mjs';

const READER = new AsyncLocalStorage();

/** Returns the process warnings during `work`, each with the store of the context that emitted it. */
async function warnings(work) {
  const seen = [];
  const emit = process.emitWarning;
  process.emitWarning = (text) => seen.push([text.replace(/:.*/, ''), READER.getStore()]);
  try {
    await work();
  } finally {
    process.emitWarning = emit;
  }
  return seen;
}

// A process reports each field once, so each test has its own fields.
const DEVIATING = [
  ['Client.sname', () => Client.fromJSON({ id: 7, sname: 5, settings: { id: 's' } })],
  ['Settings.id', () => ClientList.fromJSON([{ id: 7, sname: 'a', settings: { id: 5 } }])],
];

for (const [field, create] of DEVIATING) {
  test(`an object created outside a call is reported at once: ${field}`, async () => {
    const seen = await warnings(async () => {
      READER.run('creator', create);
      await withServer(
        (_, response) => json(response, []),
        (cw) => READER.run('caller', () => cw.clients.list()),
      );
    });
    assert.deepEqual(seen, [[field, 'creator']]);
  });
}

test('a refused object is not reported, and a call reports its field', async () => {
  const client = { id: 7, sname: 'a', settings: { id: 's', audit_log: 'sometimes' } };
  const seen = await warnings(async () => {
    READER.run('creator', () => {
      assert.throws(() => Client.fromJSON(client), /auditLog/);
      assert.throws(() => ClientList.fromJSON([client, client]), /auditLog/);
    });
    await withServer(
      (_, response) => json(response, client),
      (cw) => READER.run('caller', () => cw.clients.get(7)),
    );
  });
  assert.deepEqual(seen, [['Settings.auditLog', 'caller']]);
});

test('concurrent calls have their own warnings', async () => {
  const fields = ['enable_remote_control', 'stay_in_lobby', 'auto_accept_in_lobby'];
  const names = ['enableRemoteControl', 'stayInLobby', 'autoAcceptInLobby'];
  const seen = await warnings(() =>
    withServer(
      (request, response) => {
        const id = Number(request.url.split('/').at(-1));
        json(response, { id, settings: { id: 's', [fields[id - 1]]: [] } });
      },
      (cw) => Promise.all(names.map((name, index) => READER.run(name, () => cw.clients.get(index + 1)))),
    ),
  );
  assert.deepEqual(seen.sort(), names.map((name) => [`Settings.${name}`, name]).sort());
});
