// Models, lists and errors that a test creates are as the API's, and what is not valid is refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as sdk from 'crankwheel';
import { Client, ClientList, CrankWheel, Session, UsageHistory } from 'crankwheel';
import { Sandbox } from 'crankwheel/sandbox';

const ACME = {
  id: 27084,
  sname: 'acmecorp',
  lname: null,
  settings: { id: '7', audit_log: true },
  newer: [1.5],
};

test('every model and list of a sandbox can be created again from its raw JSON', async () => {
  const sandbox = await Sandbox.start({ clients: 5, days: 60, now: '2019-03-15T12:00:00Z' });
  try {
    const cw = sandbox.client();
    const clients = await cw.clients.list();
    const overview = await cw.reseller.billing('2019-02');
    const history = await cw.reseller.usage('2019-02');
    const bill = overview.perCompany.find((company) => company.periods.length > 0);
    const user = history.stats.userStats[0];
    const found = [clients, clients[0], clients[0].settings, await cw.reseller.plans(), overview, history];
    found.push((await cw.reseller.plans())[0], overview.perCompany, bill, bill.periods[0], history.sessions);
    found.push(
      Object.values(bill.plansProRata)[0],
      history.sessions[0],
      history.stats,
      history.stats.userStats,
      user,
    );
    found.push(await cw.clients.usage(clients[0], '2019-02'), await cw.sso.loginOptions(user.email));
    found.push((await cw.sso.loginOptions(user.email))[0]);
    const kinds = new Set();
    for (const value of found) {
      const Class = value.constructor;
      kinds.add(Class.name);
      const created = Class.fromJSON(JSON.parse(JSON.stringify(value)));
      assert.ok(created instanceof Class);
      assert.deepStrictEqual(created, value, Class.name);
      assert.deepEqual(created.toJSON(), value.toJSON(), Class.name);
      if (Array.isArray(value)) assert.deepStrictEqual(Class.fromJSON([...value]), value, Class.name);
    }
    const all = Object.entries(sdk).filter(([, value]) => typeof value.fromJSON === 'function');
    const expected = all.map(([name]) => name).filter((name) => name !== 'Model');
    assert.deepEqual([...kinds].sort(), expected.sort());
  } finally {
    await sandbox.stop();
  }
});

test('times may be dates, parts may be models, and unknown members are kept', () => {
  const time = new Date('2019-03-03T15:08:10Z');
  const acme = Client.fromJSON({ ...ACME, hard_limit_starts: time, first_exceeded_soft_limit: time });
  assert.deepEqual([acme.hardLimitStarts, acme.extra], [time, { newer: [1.5] }]);
  assert.deepEqual(Client.fromJSON({ ...ACME, settings: acme.settings }).settings, acme.settings);
  assert.deepEqual(Client.fromJSON(acme), acme);
  const clients = ClientList.fromJSON([acme, ACME]);
  assert.deepEqual([clients.length, clients[0].sname, clients[1].settings.auditLog], [2, 'acmecorp', true]);
  assert.equal(ClientList.fromJSON([]).length, 0);
  const session = Session.fromJSON({ email: 'a@b.example', start_date: time, duration: 600 });
  assert.deepEqual([session.startDate, session.endDate, session.duration], [time, null, 600]);
  const history = UsageHistory.fromJSON({ sessions: [session], stats: { total_count: 1 } });
  assert.deepEqual(history.sessions[0], session);
  assert.equal(history.stats.totalCount, 1);
  const cw = new CrankWheel({ apiKey: 'k' });
  assert.match(cw.dryRun.clients.update(acme, { settings: { auditLog: false } }).body, /"id":"7"/);
});

test('what is not valid is refused by a TypeError that names it', () => {
  const wrong = [
    [() => Client.fromJSON({ id: 5 }), /^sname: required in the raw JSON of Client, got undefined$/],
    [() => Client.fromJSON({ ...ACME, lname: 5 }), /^Client\.fromJSON: lname: must be of the type string/],
    [
      () => Client.fromJSON({ ...ACME, settings: { id: '7', audit_log: 'x' } }),
      /auditLog: must be of the type boolean/,
    ],
    [
      () => Client.fromJSON({ ...ACME, hardLimitStarts: null }),
      /^hardLimitStarts: .*pass `hard_limit_starts`$/,
    ],
    [
      () => Client.fromJSON({ ...ACME, settings: { id: '7', auditLog: true } }),
      /^auditLog: .*pass `audit_log`$/,
    ],
    [
      () => Client.fromJSON({ ...ACME, lname: Number.NaN }),
      /lname: must be a value that JSON can hold, got NaN/,
    ],
    [() => Client.fromJSON('{}'), /^json: must be an object with named members, got a string$/],
    [() => Client.fromJSON([ACME]), /./],
    [() => Client.fromJSON(new Map()), /^json: must be an object with named members, got a Map$/],
    [() => Client.fromJSON(), /^json: must be an object with named members, got undefined$/],
    [() => ClientList.fromJSON(ACME), /^rows: must be an array, got an object$/],
    [() => ClientList.fromJSON([ACME, { id: 5 }]), /^sname: required in the raw JSON of ClientList/],
    [() => ClientList.fromJSON([ACME, 5]), /^\[1\]: must be an object with named members, got 5$/],
    [() => sdk.PlanList.fromJSON([{ apiName: 'p' }]), /^apiName: .*pass `api_name`$/],
    [() => sdk.BillingOverview.fromJSON({}), /^\w+: required in the raw JSON of BillingOverview/],
    [() => UsageHistory.fromJSON({ sessions: 5 }), /^UsageHistory\.fromJSON: /],
    [() => Session.fromJSON({ duration: 'x' }), /^UsageHistory\.fromJSON: .*duration/],
  ];
  for (const [call, message] of wrong) assert.throws(call, { name: 'TypeError', message }, String(call));
  const classes = Object.entries(sdk).filter(([, value]) => typeof value.fromJSON === 'function');
  assert.ok(classes.length > 15);
  for (const [name, Class] of classes) {
    if (['List', 'Model'].includes(name)) continue;
    assert.throws(
      () => new Class(),
      new RegExp(`^TypeError: ${name}: created by .*${name}\\.fromJSON`),
      name,
    );
  }
});

test('integers that a number would round are exact', () => {
  const id = '9007199254740993';
  const [large] = ClientList.fromJSON([{ ...ACME, id }]);
  const cw = new CrankWheel({ apiKey: 'k' });
  assert.equal(large.id, 9007199254740993n);
  assert.match(Client.fromJSON({ ...ACME, id }).wireText, new RegExp(id));
  for (const client of [large, large.id, id, { ...large }, { id, sname: 'x' }]) {
    assert.match(cw.dryRun.clients.get(client).url, new RegExp(`/${id}$`));
  }
  for (const client of [9007199254740992, 2 ** 60, { id: 2 ** 60, sname: 'x' }]) {
    assert.throws(
      () => cw.dryRun.clients.get(client),
      /client: must be an exact id, .*pass a bigint or a string/,
    );
  }
});
