// Models, lists, the usage history and periods.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { Client, ClientList, CrankWheel, List, Period, PlanProRata, Session, Settings } from 'crankwheel';
import { json, rejection, withServer } from './support/server.mjs';

const RAW =
  '{"id": "5", "sname": "137742285", "lname": null, "host": 7, "license_count": 99999999, "newer": {"a": 1.50},' +
  ' "first_exceeded_soft_limit": "2019-03-03 15:08:10.0Z", "hard_limit_starts": "2019-03-04 15:08:10.0Z",' +
  ' "settings": {"id": "s-5", "audit_log": false, "black_list_pattern": "*://a.example/*", "colour": "red"}}';

/** Starts a server with the one client of `RAW`; it records the request bodies. */
async function withClient(use) {
  const sent = [];
  await withServer(
    async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      if (body !== '') sent.push(JSON.parse(body));
      if (request.method === 'GET')
        json(response, request.url.endsWith('/clients') ? `[${RAW},${RAW}]` : RAW);
      else response.writeHead(204).end();
    },
    (cw) => use(cw, sent),
  );
}

test('properties are own, enumerable and typed; missing fields and those of an unexpected type are left out', async () => {
  await withClient(async (cw) => {
    const client = await cw.clients.get(5);
    assert.ok(client instanceof Client && client.settings instanceof Settings);
    assert.deepEqual(Object.keys(client), [
      'id',
      'sname',
      'lname',
      'licenseCount',
      'firstExceededSoftLimit',
      'hardLimitStarts',
      'settings',
      'extra',
    ]);
    assert.strictEqual(client.id, 5);
    assert.strictEqual(client.sname, '137742285');
    assert.strictEqual(client.lname, null);
    assert.strictEqual(client.host, undefined);
    assert.equal(client.firstExceededSoftLimit.toISOString(), '2019-03-03T15:08:10.000Z');
    assert.deepEqual(client.extra, { newer: { a: 1.5 } });
    assert.equal(client.settings.contentFilterPattern, '*://a.example/*');
    assert.deepEqual(client.settings.extra, { colour: 'red' });
    assert.throws(() => {
      client.sname = 'other';
    }, TypeError);
  });
});

test('toJSON and wireText return the raw JSON', async () => {
  await withClient(async (cw) => {
    const client = await cw.clients.get(5);
    assert.equal(client.wireText, RAW);
    assert.deepEqual(client.toJSON(), JSON.parse(RAW));
    assert.deepEqual(JSON.parse(JSON.stringify(client.settings)), JSON.parse(RAW).settings);
    const list = await cw.clients.list();
    assert.deepEqual(list.toJSON(), [JSON.parse(RAW), JSON.parse(RAW)]);
  });
});

test('clones and spreads keep the values', async () => {
  await withClient(async (cw) => {
    const client = await cw.clients.get(5);
    const clone = structuredClone(client);
    assert.deepEqual(clone, { ...client, settings: { ...client.settings } });
    assert.ok(clone.hardLimitStarts instanceof Date);
  });
});

test('update takes settings and clients that were read, newer members included', async () => {
  await withClient(async (cw, sent) => {
    const client = await cw.clients.get(5);
    await cw.clients.update(client, { settings: { ...client.settings, auditLog: true } });
    assert.deepEqual(sent.pop(), {
      settings: { id: 's-5', audit_log: true, content_filter_pattern: '*://a.example/*', colour: 'red' },
    });
    await cw.clients.update(5, { settings: { auditLog: null } });
    assert.deepEqual(sent.pop(), { settings: { id: 's-5', audit_log: null } });
    await cw.clients.update(5, {
      smsname: undefined,
      lname: null,
      firstExceededSoftLimit: new Date('2019-03-03T15:08:10Z'),
      hardLimitStarts: '2019-03-31T00:00:00Z',
      extra: { camelCase: [1] },
    });
    assert.deepEqual(sent.pop(), {
      lname: null,
      first_exceeded_soft_limit: '2019-03-03 15:08:10.0Z',
      hard_limit_starts: '2019-03-31 00:00:00.0Z',
      camelCase: [1],
    });
    assert.equal(await cw.clients.update(5, { lname: 'x' }), undefined);
  });
});

test('util.inspect shows the fields that have a value', async () => {
  await withClient(async (cw) => {
    const client = await cw.clients.get(5);
    assert.match(inspect(client), /^Client \{\n {2}id: 5,\n {2}sname: '137742285',/);
    assert.ok(!inspect(client).includes('lname'));
    assert.equal(inspect({ a: { b: { c: client } } }, { depth: 2 }), '{ a: { b: { c: [Client] } } }');
    assert.match(inspect(await cw.clients.list()), /^ClientList\(2\) \[/);
    assert.equal(inspect([[await cw.clients.list()]], { depth: 1 }), '[ [ [ClientList(2)] ] ]');
  });
});

test('lists read like arrays', async () => {
  const rows = Array.from({ length: 500 }, (_, index) => ({
    id: index + 1,
    sname: `client${index}`,
    settings: {},
  }));
  await withServer(
    (_, response) => json(response, rows),
    async (cw) => {
      const list = await cw.clients.list();
      assert.ok(list instanceof ClientList && list instanceof List);
      assert.equal(list.length, 500);
      assert.equal(list[0].id, 1);
      assert.equal(list['499'].id, 500);
      assert.equal(list[500], undefined);
      assert.equal(list['01'], undefined);
      assert.equal(list.at(-1).id, 500);
      assert.equal(list.at(-501), undefined);
      assert.equal([...list].length, 500);
      assert.equal(Array.from(list, (client) => client.id).at(-1), 500);
      assert.deepEqual(
        list.map((client, index) => client.id - index).filter((n) => n !== 1),
        [],
      );
      assert.equal(list.filter((client) => client.id % 2 === 0).length, 250);
      assert.equal(list.find((client) => client.sname === 'client7').id, 8);
      assert.equal(
        list.find(() => false),
        undefined,
      );
      assert.equal(
        list.findIndex((client) => client.id === 9),
        8,
      );
      assert.ok(list.some((client) => client.id === 500) && !list.every((client) => client.id < 500));
      assert.equal(
        list.reduce((sum, client) => sum + client.id, 0),
        125250,
      );
      assert.equal(list.reduce((a, b) => (a.id > b.id ? a : b)).id, 500);
      assert.deepEqual(
        list.slice(-2).map((client) => client.id),
        [499, 500],
      );
      assert.deepEqual(
        list.slice(1, 3).map((client) => client.id),
        [2, 3],
      );
      assert.equal(list.indexOf(list[3]), 3);
      assert.ok(list.includes(list[499]));
      assert.deepEqual([...list.entries()][2][0], 2);
      assert.deepEqual(list.flatMap((client) => [client.id, client.id]).length, 1000);
      assert.ok(Array.isArray(list.toArray()));
      assert.deepEqual(JSON.parse(JSON.stringify(list)), rows);
      assert.equal(list.noSuchThing, undefined);
      assert.equal(Object.keys(list).length, 500);
    },
  );
});

test('an empty list has no rows', async () => {
  await withServer(
    (_, response) => json(response, []),
    async (cw) => {
      const list = await cw.clients.list();
      assert.equal(list.length, 0);
      assert.deepEqual(list.toArray(), []);
      assert.throws(() => list.reduce((a) => a), TypeError);
      assert.equal(inspect(list), 'ClientList(0) []');
      assert.equal(await cw.clients.find('acmecorp'), undefined);
    },
  );
});

test('maps by plan accept any name', async () => {
  const pro = '{"__proto__": {"units": 1, "human_name": "odd"}, "plan_2": {"units": 0.02059690004832178}}';
  const body = `{"company_id": 5, "total_period_seconds": 10, "periods": [], "plans_pro_rata": ${pro}}`;
  await withServer(
    (_, response) => json(response, body),
    async (cw) => {
      const { plansProRata } = await cw.clients.billing(5, '2019-02');
      assert.deepEqual(Object.keys(plansProRata), ['__proto__', 'plan_2']);
      assert.ok(plansProRata.plan_2 instanceof PlanProRata);
      assert.equal(plansProRata.plan_2.units, 0.02059690004832178);
      assert.equal(plansProRata.constructor, undefined);
    },
  );
});

test('the rows of the usage history are objects', async () => {
  const row = (start, end) =>
    `{"email": "a@b.example", "sname": "acmecorp", "lname": null, "start_date": "${start}", "end_date": "${end}", ` +
    '"duration": 12, "viewer_info": {"max_viewer_count": 2}}';
  const body =
    `{"stats": {"total_sec": 24, "total_count": 2, "user_stats": [{"a@b.example": {"total_sec": 24, "total_count": 2}}]},` +
    ` "sessions": [${row('2020-04-23T09:56:02.000001Z', '2020-04-23T09:56:14.000001Z')}, {"email": null}]}`;
  await withServer(
    (_, response) => json(response, body),
    async (cw) => {
      const history = await cw.reseller.usage();
      const [first, second] = history.sessions;
      assert.ok(first instanceof Session);
      assert.deepEqual(
        { ...first },
        {
          email: 'a@b.example',
          sname: 'acmecorp',
          lname: null,
          startDate: new Date('2020-04-23T09:56:02.000Z'),
          endDate: new Date('2020-04-23T09:56:14.000Z'),
          duration: 12,
          maxViewerCount: 2,
          clientId: null,
        },
      );
      assert.deepEqual([second.email, second.startDate, second.duration], [null, null, null]);
      assert.equal(first.toJSON().start_date, '2020-04-23T09:56:02.000001Z');
      assert.deepEqual(second.toJSON(), { email: null });
      assert.deepEqual(
        { ...history.stats.userStats[0] },
        {
          email: 'a@b.example',
          sname: null,
          lname: null,
          totalSec: 24,
          totalCount: 2,
          clientId: null,
        },
      );
      assert.equal(history.stats.totalSec, 24);
      assert.deepEqual(JSON.parse(JSON.stringify(history)), JSON.parse(body));
      assert.deepEqual(history.stats.toJSON(), JSON.parse(body).stats);
      assert.deepEqual(history.stats.userStats.toJSON(), JSON.parse(body).stats.user_stats);
    },
  );
});

test('periods are created from months, days, moments and strings', () => {
  const month = Period.month('2019-02');
  assert.equal(String(month), '2019-02-01T00:00:00Z/2019-02-28T23:59:59.999999Z');
  assert.equal(month.end.toISOString(), '2019-02-28T23:59:59.999Z');
  assert.equal(String(new Period('2019-02-01', '2019-02-28')), String(month));
  assert.equal(
    String(new Period(new Date('2019-02-01'), new Date('2019-02-02T00:00:00.5Z'))),
    '2019-02-01T00:00:00Z/2019-02-02T00:00:00.5Z',
  );
  const berlin = Period.month('2019-03', { timeZone: 'Europe/Berlin' });
  assert.equal(berlin.start.toISOString(), '2019-02-28T23:00:00.000Z');
  assert.equal(Period.months('2018-12', '2019-02').length, 3);
  assert.equal(String(Period.lastDays(28)), 'last 28 days');
  const days = Period.lastDays(28);
  assert.ok(days.end - days.start <= 28 * 86_400_000 + 1000 && days.end - days.start >= 28 * 86_400_000);
  assert.ok(Math.abs(days.end - Date.now()) < 60_000);
  assert.equal(inspect(month), `Period { ${month} }`);
  assert.equal(JSON.stringify({ month }), `{"month":"${month}"}`);
  assert.equal(String(Period.parse('2019')), '2019-01-01T00:00:00Z/2019-12-31T23:59:59.999999Z');
  for (const wrong of [
    () => Period.month('2019-13'),
    () => new Period('2019-02-02', '2019-02-01'),
    () => new Period('2019-02-01T00:00:00', '2019-02-02'),
    () => new Period(new Date('x'), new Date()),
    () => new Period(5, 6),
    () => Period.lastDays(0),
    () => Period.lastDays(1.5),
    () => Period.month('2019-03', { timeZone: 'Mars/Olympus' }),
  ]) {
    assert.throws(wrong, { name: 'InvalidRequestError' }, String(wrong));
  }
});

test('last days end at the moment of the call', async () => {
  const cw = new CrankWheel({ apiKey: 'test-key-1234', baseUrl: 'http://127.0.0.1:9' });
  const before = Date.now();
  const url = new URL(cw.dryRun.reseller.usage(Period.lastDays(2)).url);
  const [from, to] = ['from', 'to'].map((name) => Date.parse(url.searchParams.get(name)));
  assert.ok(to >= before && to <= Date.now());
  assert.ok(Math.abs(to - from - 2 * 86_400_000) <= 1);
  assert.ok((await rejection(cw.reseller.usage('last month'))).errors.period);
});
