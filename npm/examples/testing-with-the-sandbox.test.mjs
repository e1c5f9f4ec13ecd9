// Tests code that uses this package, without network access or an account.
//
//     node --test examples/testing-with-the-sandbox.test.mjs

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { InternalServerError } from 'crankwheel';
import { Sandbox } from 'crankwheel/sandbox';

/** The code under test: moves every client from one plan to another, and returns their number. */
async function migrate(cw, from, to) {
  const clients = (await cw.clients.list()).filter((client) => client.currentPlan === from);
  for (const client of clients) await cw.clients.setPlan(client, to);
  return clients.length;
}

let sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.start({ now: '2019-02-01T00:00:00Z' });
  for (const name of ['acmecorp', 'globex1']) sandbox.addClient({ sname: name, currentPlan: 'plan_1' });
});
afterEach(() => sandbox.stop());

test('every client on the old plan is moved, and billed for both plans', async () => {
  const cw = sandbox.client();
  sandbox.clock.advance({ days: 14 });
  assert.equal(await migrate(cw, 'plan_1', 'plan_2'), 2);
  sandbox.clock.set('2019-03-01T00:00:00Z');
  const { totalProRata } = await cw.reseller.billing('2019-02');
  assert.deepEqual(Object.keys(totalProRata).sort(), ['plan_1', 'plan_2']);
});

test('a failure is passed on', async () => {
  sandbox.fail({ kind: 'status', status: 503, method: 'POST' });
  await assert.rejects(migrate(sandbox.client(), 'plan_1', 'plan_2'), InternalServerError);
});
