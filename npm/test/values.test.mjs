// Values: JSON as other clients read it, read-only fields, and bad input in messages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { CrankWheel, Period } from 'crankwheel';
import { Sandbox } from 'crankwheel/sandbox';
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

test('periods keep their label and their time zone', () => {
  const berlin = Period.months('2018-12', '2019-03', { timeZone: 'Europe/Berlin' });
  assert.deepEqual(
    berlin.map((month) => month.label),
    ['2018-12', '2019-01', '2019-02', '2019-03'],
  );
  const march = berlin[3];
  assert.equal(march.timeZone, 'Europe/Berlin');
  assert.equal(march.start.toISOString(), '2019-02-28T23:00:00.000Z');
  assert.equal(String(march), '2019-03[Europe/Berlin]');
  assert.equal(inspect(march), 'Period { 2019-03[Europe/Berlin] }');
  assert.deepEqual(Period.parse(String(march)), march);
  assert.deepEqual(Period.parse(JSON.parse(JSON.stringify(march))), march);
  assert.notDeepEqual(Period.parse('2019-03'), march);
  const clone = structuredClone(march);
  assert.equal(clone.label, '2019-03');
  assert.equal(clone.timeZone, 'Europe/Berlin');
  assert.deepEqual(Period.parse('2019-03', { timeZone: 'Europe/Berlin' }), march);
  for (const [timeZone, known] of [
    ['utc', 'UTC'],
    ['Etc/UTC', 'UTC'],
    ['+02:00', '+02:00'],
    ['-0330', '-03:30'],
    ['america/new_york', 'America/New_York'],
  ]) {
    assert.equal(Period.month('2019-02', { timeZone }).timeZone, known);
  }
  const cw = new CrankWheel({ apiKey: 'test-key-1234' });
  const query = (period) => [...new URL(cw.dryRun.clients.usage(5, period).url).searchParams.values()];
  assert.deepEqual(query(march), ['2019-02-28T23:00:00Z', '2019-03-31T21:59:59.999999Z']);
  assert.deepEqual(query('2019-03[Europe/Berlin]'), query(march));
  assert.deepEqual(query(Period.month('2019-03', { timeZone: '-11:30' })), [
    '2019-03-01T11:30:00Z',
    '2019-04-01T11:29:59.999999Z',
  ]);
});

test('now can be passed, and is that of the sandbox for its clients', async () => {
  const now = '2019-02-28T23:30:00Z';
  for (const given of [now, new Date(now)]) {
    assert.equal(Period.thisMonth({ now: given }).label, '2019-02');
    assert.equal(Period.thisMonth({ now: given, timeZone: 'Europe/Berlin' }).label, '2019-03');
    assert.equal(Period.lastMonth({ now: given }).label, '2019-01');
    assert.equal(Period.lastMonth({ now: given, timeZone: 'Europe/Berlin' }).label, '2019-02');
    assert.equal(Period.lastDays(28, { now: given }).end.toISOString(), '2019-02-28T23:30:00.000Z');
  }
  const sandbox = await Sandbox.start({ clients: 2, days: 30, now: '2019-03-15T12:00:00Z' });
  try {
    const cw = sandbox.client();
    const sent = () => sandbox.requests.at(-1).query.map(([, value]) => value);
    for (const client of [cw, cw.withOptions({ maxRetries: 0 })]) {
      await client.reseller.usage(Period.lastDays(28));
      assert.deepEqual(sent(), ['2019-02-15T12:00:00Z', '2019-03-15T12:00:00Z']);
    }
    sandbox.clock.advance({ days: 1 });
    await cw.clients.usage((await cw.clients.list())[0], Period.lastDays(1));
    assert.deepEqual(sent(), ['2019-03-15T12:00:00Z', '2019-03-16T12:00:00Z']);
    cw.close();
  } finally {
    await sandbox.stop();
  }
});

test('arguments of periods are named in messages, with the usual form', () => {
  for (const [make, message] of [
    [() => Period.month('2019-2'), 'month: not a valid month, got "2019-2"; write it as 2019-02'],
    [() => Period.months('2019-02', '2019/3'), 'last: not a valid month, got "2019/3"; write it as 2019-03'],
    [
      () => Period.month('2019-02', { timeZone: 'Mars/Olympus' }),
      'timeZone: unknown time zone "Mars/Olympus"',
    ],
    [() => Period.month('2019-02', { tz: 'UTC' }), 'tz: unknown option; did you mean `timeZone`?'],
    [() => new Period('2019-2-1', '2019-02-28'), 'start: must be a date such as 2019-02-28'],
    [() => new Period('2019-02-01', 'soon'), 'end: must be a date such as 2019-02-28'],
    [() => Period.thisMonth({ now: 'soon' }), 'now: must be a date such as'],
    [() => Period.thisMonth({ now: '2019-02-28' }), 'now: must be a moment, got a date'],
    [() => Period.lastDays(0), 'days: must be 1 to 36525, got 0'],
    [() => Period.lastDays(7, { now: 5 }), 'now: must be a Date or a string, got 5'],
  ]) {
    assert.throws(make, (error) => error.message.startsWith(message) || assert.fail(error.message));
  }
});
