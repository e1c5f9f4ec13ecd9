// Rows of lists are found by their keys, and rows of the usage history get the ids of their clients.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, ClientList, InvalidRequestError, UsageHistory } from 'crankwheel';
import { Sandbox } from 'crankwheel/sandbox';

const row = (id, sname) => ({ id, sname, settings: { id: String(id) } });

function session(sname, duration, viewers) {
  return { sname, email: 'a@b.example', duration, viewer_info: { max_viewer_count: viewers } };
}

const HISTORY = {
  sessions: [
    session('beta', 40, 1),
    session('beta', 41, 2),
    session('acme', 39, 1),
    session('acme', 60, 0),
    session('137742285', 86_400, 1),
    session(null, 60, 1),
    session('beta', null, 1),
  ],
  stats: {
    user_stats: [
      { 'a@b.example': { total_sec: 81, total_count: 2, sname: 'beta', lname: 'Beta' } },
      { 'a@b.example': { total_sec: 1, total_count: 1, sname: '137742285', lname: null } },
      { 'a@b.example': { total_sec: 1, total_count: 1, sname: null, lname: null } },
    ],
  },
};
const history = () => UsageHistory.fromJSON(HISTORY);

async function withSandbox(clients, use) {
  const sandbox = await Sandbox.start({ clients, days: 60, now: '2019-03-15T12:00:00Z' });
  try {
    await use(sandbox.client());
  } finally {
    await sandbox.stop();
  }
}

test('rows are found by their keys', () =>
  withSandbox(5, async (cw) => {
    const clients = await cw.clients.list();
    for (const client of clients) {
      assert.deepEqual(clients.byId(client.id), client);
      assert.deepEqual(clients.byId(BigInt(client.id)), client);
      assert.deepEqual(clients.bySname(client.sname), client);
    }
    const plans = await cw.reseller.plans();
    for (const plan of plans) assert.deepEqual(plans.byApiName(plan.apiName), plan);
    const { perCompany } = await cw.reseller.billing('2019-02');
    for (const company of perCompany) {
      assert.deepEqual(perCompany.byCompanyId(company.companyId), company);
      assert.deepEqual(perCompany.bySname(company.sname), company);
    }
    assert.equal(clients.byId(1), undefined);
    assert.equal(clients.bySname('nobody'), undefined);
    assert.equal(plans.byApiName('plan_99'), undefined);
    assert.equal(perCompany.byCompanyId(2n ** 70n), undefined);
  }));

test('of rows with the same key the first is found, and large ids are exact', () => {
  const rows = [row(7, 'acme'), row(8, '137742285'), row(9, 'acme'), row(7, 'beta')];
  const clients = ClientList.fromJSON([...rows, { ...row(0, 'large'), id: '9007199254740993' }]);
  assert.equal(clients.bySname('acme').id, 7);
  assert.equal(clients.byId(7).sname, 'acme');
  assert.equal(clients.bySname('137742285').id, 8);
  assert.equal(clients.byId(9007199254740993n).sname, 'large');
  assert.equal(clients.byId(9007199254740992n), undefined);
  // Also through a proxy, as Vue's `reactive` makes one.
  assert.equal(new Proxy(clients, {}).byId(8).sname, '137742285');
  const joined = UsageHistory.fromJSON({ sessions: [session('large', 60, 1)] }).withClients(clients);
  assert.equal(joined.sessions[0].clientId, 9007199254740993n);
});

test('keys of another type are refused', () => {
  const clients = ClientList.fromJSON([row(7, 'acme')]);
  for (const id of ['7', null, undefined, 7.5, Number.NaN, 2 ** 53, {}, [7], true]) {
    assert.throws(
      () => clients.byId(id),
      (error) => {
        assert.ok(error instanceof InvalidRequestError, String(id));
        assert.match(error.message, /^id: must be an exact integer or a bigint, got /);
        return true;
      },
    );
  }
  for (const sname of [7, null, undefined, {}, ['acme']]) {
    assert.throws(() => clients.bySname(sname), {
      name: 'InvalidRequestError',
      message: /^sname: must be a string, got /,
    });
  }
});

test('rows of the history get the ids of the clients', () => {
  const before = history();
  const clients = ClientList.fromJSON([row(7, 'beta'), row(8, '137742285'), row(9, 'beta'), row(10, 'idle')]);
  for (const given of [
    clients,
    clients.toArray(),
    new Set(clients),
    clients.map((client) => ({ ...client })),
  ]) {
    const after = before.withClients(given);
    assert.deepEqual(
      after.sessions.map(({ clientId }) => clientId),
      [7, 7, null, null, 8, null, 7],
    );
    assert.deepEqual(
      after.stats.userStats.map(({ clientId }) => clientId),
      [7, 8, null],
    );
    assert.deepEqual(after.toJSON(), before.toJSON());
    assert.ok(!('client_id' in after.sessions[0].toJSON()));
    assert.notDeepEqual(after, before);
  }
  assert.deepEqual(new Set(before.sessions.map(({ clientId }) => clientId)), new Set([null]));
});

test('clients that are not clients are refused', () => {
  for (const clients of [
    undefined,
    null,
    7,
    'acme',
    {},
    [7],
    [null],
    [{ id: 7 }],
    [{ id: '7', sname: 'beta' }],
  ]) {
    assert.throws(() => history().withClients(clients), {
      name: 'TypeError',
      message: /^clients(\[0\])?: must be a /,
    });
  }
  const broken = {
    *[Symbol.iterator]() {
      yield Client.fromJSON(row(7, 'beta'));
      throw new RangeError('mine');
    },
  };
  assert.throws(() => history().withClients(broken), { name: 'RangeError', message: 'mine' });
});

test('meetings are counted with the limits of the API', () => {
  const counts = (options) => Object.fromEntries(history().countMeetings(options));
  assert.deepEqual(counts(), { beta: 2, acme: 0, 137742285: 1 });
  assert.deepEqual(counts({ minSeconds: 41 }), { beta: 1, acme: 0, 137742285: 1 });
  assert.deepEqual(counts({ minSeconds: 0 }), { beta: 2, acme: 1, 137742285: 1 });
  assert.deepEqual(counts({ minSeconds: undefined }), counts());
  const joined = history().withClients([Client.fromJSON(row(10, 'idle')), Client.fromJSON(row(7, 'acme'))]);
  assert.deepEqual(
    [...joined.countMeetings()],
    [
      ['idle', 0],
      ['acme', 0],
      ['beta', 2],
      ['137742285', 1],
    ],
  );
  for (const minSeconds of ['40', -1, 2 ** 32, 1.5, true, Number.NaN]) {
    assert.throws(() => counts({ minSeconds }), {
      name: 'InvalidRequestError',
      message: /^minSeconds: must be an integer/,
    });
  }
  assert.throws(() => counts({ min_seconds: 40 }), /min_seconds: unknown option; did you mean `minSeconds`/);
  assert.throws(() => counts(40), { name: 'InvalidRequestError', message: /^options: / });
});

test('the counts of 200 clients are those of the API', () =>
  withSandbox(200, async (cw) => {
    const clients = await cw.clients.list();
    const counts = (await cw.reseller.usage('2019-02')).withClients(clients).countMeetings();
    let total = 0;
    for (const client of clients) {
      const { numSessions } = await cw.clients.usage(client, '2019-02');
      assert.equal(counts.get(client.sname), numSessions, client.sname);
      total += numSessions;
    }
    assert.ok(total > 0);
  }));
