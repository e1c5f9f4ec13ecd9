// Values: JSON as other clients read it, read-only fields, and bad input in messages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { json, rejection, withServer } from './support/server.mjs';

const CLIENT =
  '{"id": 7, "sname": "acmecorp", "\\ud800": 1, "a \\udfff": {"\\ud801": "\\ud802"}, "current_plan": "plan_1",' +
  ' "settings": {"id": "s", "\\ud803": true}}';
const HISTORY =
  '{"stats": {"total_sec": 5, "\\ud800": 1, "user_stats": [{"\\ud801": {"total_sec": 5, "total_count": 1}}]},' +
  ' "sessions": [{"duration": 5, "\\ud802": 1}, {"duration": 6, "lname": "\\ud803"}], "\\ud804": [1]}';

/** Starts a server whose bodies begin with a byte-order mark; it records the bodies of requests. */
async function withOdd(use) {
  const sent = [];
  await withServer(
    async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      if (body !== '') sent.push(JSON.parse(body));
      if (request.method !== 'GET') response.writeHead(204).end();
      else if (request.url.endsWith('_usage')) json(response, `\ufeff${HISTORY}`);
      else json(response, `\ufeff${request.url.endsWith('/clients') ? `[${CLIENT}]` : CLIENT}`);
    },
    (cw) => use(cw, sent),
  );
}

test('half a surrogate pair is kept in the raw JSON, and a byte-order mark is skipped', async () => {
  await withOdd(async (cw) => {
    const client = await cw.clients.get(7);
    assert.deepEqual(client.toJSON(), JSON.parse(CLIENT));
    assert.deepEqual(client.extra, {
      '\ud800': 1,
      'a \udfff': { '\ud801': '\ud802' },
    });
    assert.deepEqual(client.settings.extra, { '\ud803': true });
    assert.deepEqual((await cw.clients.list()).toJSON(), [JSON.parse(CLIENT)]);
    const history = await cw.reseller.usage();
    assert.deepEqual(history.toJSON(), JSON.parse(HISTORY));
    assert.deepEqual(
      history.sessions.map((session) => session.duration),
      [5, 6],
    );
    const raw = await cw.request('GET', '/ss/rsapi/clients/7');
    assert.deepEqual(raw.json(), JSON.parse(CLIENT));
  });
});

test('read-only fields that contradict the client are refused, and equal ones are not sent', async () => {
  await withOdd(async (cw, sent) => {
    for (const fields of [
      { id: 27002, lname: 'New' },
      { id: '27002', lname: 'New' },
      { id: null, lname: 'New' },
      { extra: { id: 27002 }, lname: 'New' },
    ]) {
      const error = await rejection(cw.clients.update(27001, fields));
      assert.equal(error.name, 'InvalidRequestError');
      assert.match(error.message, /id: must be the id of the client to update, 27001, got /);
    }
    const client = await cw.clients.get(7);
    const { extra, settings, ...fields } = client;
    const plan = await rejection(cw.clients.update(client, { ...fields, currentPlan: 'plan_2' }));
    assert.match(plan.message, /currentPlan: read-only; .*clients\.setPlan/);
    const other = await rejection(cw.clients.update(client, { settings: { id: 't', auditLog: true } }));
    assert.match(other.message, /^settings\.id: must be the id of this client's settings, "s", got "t"/);
    const created = await rejection(cw.clients.create({ ...fields, sname: 'acmecorp' }));
    assert.match(created.message, /id: read-only, assigned by the server/);
    assert.deepEqual(sent, []);

    await cw.clients.update(client, { ...fields, lname: 'New' });
    await cw.clients.update(7, { ...fields, lname: 'New' });
    assert.deepEqual(
      sent.map((body) => body.lname),
      ['New', 'New'],
    );
    assert.ok(sent.every((body) => !('id' in body) && !('current_plan' in body)));
  });
});

test('bad input is quoted short', async () => {
  const long = 'x'.repeat(1_000_000);
  await withOdd(async (cw) => {
    for (const [call, field] of [
      [() => cw.clients.update(1, { sname: long }), 'sname'],
      [() => cw.clients.update(1, { [long]: 1 }), 'x'],
      [() => cw.clients.update(1, { settings: { [long]: 1 } }), 'settings.x'],
      [() => cw.clients.get(10n ** 5000n), 'client'],
      [() => cw.clients.setPlan(1, long), 'plan'],
      [() => cw.clients.usage(1, long), 'period'],
      [() => cw.sso.loginOptions(long), 'email'],
      [() => cw.sso.grantToken('a@b.example', { destUrl: long }), 'destUrl'],
      [() => cw.request(long, '/x'), 'method'],
      [() => cw.request('GET', long), 'path'],
      [() => cw.request('GET', '/x', { query: { [long]: 1 } }), 'query'],
    ]) {
      const error = await rejection(call());
      assert.equal(error.name, 'InvalidRequestError');
      assert.ok(error.message.startsWith(field) && error.message.length < 600, error.message.slice(0, 900));
    }
  });
});
