// Results as tables: typed columns, plain rows, and bytes for Arrow.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import * as sdk from 'crankwheel';
import {
  BillingOverview,
  ClientBilling,
  ClientBillingList,
  ClientList,
  PlanList,
  SessionList,
  UsageHistory,
} from 'crankwheel';
import { Sandbox } from 'crankwheel/sandbox';

const MISSING = 4_294_967_295;

let sandbox;
let results;

before(async () => {
  sandbox = await Sandbox.start({ clients: 5, days: 60, now: '2019-03-15T12:00:00Z' });
  const cw = sandbox.client();
  const [clients, plans, overview, history] = await Promise.all([
    cw.clients.list(),
    cw.reseller.plans(),
    cw.reseller.billing('2019-02'),
    cw.reseller.usage('2019-02'),
  ]);
  const joined = history.withClients(clients);
  results = {
    clients,
    plans,
    overview,
    history,
    joined,
    sessions: joined.sessions,
    users: joined.stats.userStats,
    companies: overview.perCompany,
    bill: overview.perCompany[0],
    options: await cw.sso.loginOptions(history.sessions[0].email),
  };
});

after(() => sandbox.stop());

/** The fields of a model that are cells, with null for those that are missing. */
function cells(row, prefix = '') {
  const fields = {};
  for (const [name, value] of Object.entries(row)) {
    if (name === 'settings') Object.assign(fields, cells(value, 'settings.'));
    else if (value === null || value instanceof Date || typeof value !== 'object')
      fields[prefix + name] = value;
  }
  return fields;
}

/** The rows of a result, from its models. */
function expected(result) {
  if (result instanceof UsageHistory) return expected(result.sessions);
  if (result instanceof BillingOverview) return expected(result.perCompany);
  if (result instanceof ClientBilling)
    return result.periods.map((period) => ({ ...cells(result), ...cells(period) }));
  if (result instanceof ClientBillingList) return [...result].flatMap(expected);
  return [...result].map((row) => cells(row));
}

/** The value of a cell of a column; a time as its milliseconds. */
function cell(column, row) {
  if ('codes' in column) return column.values[column.codes[row]] ?? null;
  const value = column[row];
  if (column instanceof Uint8Array) return value === 255 ? null : value === 1;
  return Number.isNaN(value) ? null : value;
}

const milliseconds = (value) => (value instanceof Date ? value.getTime() : value);

test('rows and columns have the values of the models', () => {
  for (const [name, result] of Object.entries(results)) {
    const rows = expected(result);
    const found = result.toRows();
    const { columns } = result;
    assert.equal(found.length, rows.length, name);
    assert.ok(rows.length > 0, name);
    for (const [at, row] of rows.entries()) {
      assert.deepEqual(Object.keys(found[at]), Object.keys(columns), name);
      for (const [key, value] of Object.entries(found[at])) {
        assert.deepEqual(value, row[key] ?? null, `${name}[${at}].${key}`);
        const own = cell(columns[key], at);
        assert.equal(
          value instanceof Date ? Math.floor(own / 1000) : own,
          milliseconds(value),
          `${name}.${key}`,
        );
      }
      assert.deepEqual(
        Object.keys(row).filter((key) => !(key in found[at])),
        [],
        name,
      );
    }
    assert.equal(result.columns, columns, 'they are created once');
  }
});

test('apache-arrow reads the bytes', () => {
  for (const [name, result] of Object.entries(results)) {
    const bytes = result.toArrowIPC();
    assert.ok(bytes instanceof Uint8Array);
    const table = tableFromIPC(bytes);
    const rows = result.toRows();
    assert.equal(table.numRows, rows.length);
    assert.deepEqual(
      table.schema.fields.map((field) => field.name),
      Object.keys(result.columns),
    );
    for (const field of table.schema.fields) {
      const found = [...table.getChild(field.name)].map((value) => {
        if (typeof value === 'bigint') return Number(value);
        return field.type.toString().startsWith('Timestamp') && value !== null ? Math.floor(value) : value;
      });
      assert.deepEqual(
        found,
        rows.map((row) => milliseconds(row[field.name])),
        `${name}.${field.name}`,
      );
    }
  }
});

const TYPES = {
  email: 'Dictionary<Int32, Utf8>',
  sname: 'Dictionary<Int32, Utf8>',
  lname: 'Dictionary<Int32, Utf8>',
  startDate: 'Timestamp<MICROSECOND, UTC>',
  endDate: 'Timestamp<MICROSECOND, UTC>',
  duration: 'Int64',
  maxViewerCount: 'Int64',
  clientId: 'Int64',
};

test('the schema is exact also without rows', () => {
  const empty = UsageHistory.fromJSON({ stats: {}, sessions: [] });
  for (const history of [empty, empty.sessions, results.history, results.joined]) {
    const { fields } = tableFromIPC(history.toArrowIPC()).schema;
    assert.deepEqual(Object.fromEntries(fields.map((field) => [field.name, String(field.type)])), TYPES);
    assert.deepEqual(Object.keys(history.columns), Object.keys(TYPES));
  }
  assert.deepEqual(empty.toRows(), []);
  assert.deepEqual([...empty.columns.duration, ...empty.columns.email.codes], []);
  const lists = [
    [ClientList, results.clients],
    [PlanList, results.plans],
    [ClientBillingList, results.companies],
  ];
  for (const [kind, full] of lists) {
    const table = tableFromIPC(kind.fromJSON([]).toArrowIPC());
    assert.deepEqual(
      table.schema.fields.map(String),
      tableFromIPC(full.toArrowIPC()).schema.fields.map(String),
    );
    assert.equal(table.numRows, 0);
  }
});

test('missing values, escapes and unknown members', () => {
  const sessions = [
    { email: 'a@b.example', lname: 'Acme "Inc" 💧', duration: 60, viewer_info: { max_viewer_count: 0 } },
    { email: null, start_date: '1969-12-31T23:59:59.999999' },
    {},
    { email: 'a@b.example', newer: [1, { a: null }] },
  ];
  const { columns } = UsageHistory.fromJSON({ stats: {}, sessions });
  assert.deepEqual(columns.email.values, ['a@b.example']);
  assert.deepEqual([...columns.email.codes], [0, MISSING, MISSING, 0]);
  assert.deepEqual([...columns.duration], [60, Number.NaN, Number.NaN, Number.NaN]);
  assert.deepEqual([...columns.startDate], [Number.NaN, -1, Number.NaN, Number.NaN]);
  assert.deepEqual(columns.extra.values, ['{"newer":[1,{"a":null}]}']);
  assert.deepEqual([...columns.extra.codes], [MISSING, MISSING, MISSING, 0]);
  const rows = UsageHistory.fromJSON({ stats: {}, sessions }).toRows();
  assert.deepEqual(
    rows.map((row) => row.extra),
    [null, null, null, '{"newer":[1,{"a":null}]}'],
  );
  assert.equal(rows[0].lname, 'Acme "Inc" 💧');
  assert.equal(rows[1].startDate.getTime(), -1);
  const clients = ClientList.fromJSON([
    {
      id: 27084,
      sname: 'acmecorp',
      settings: { id: '7', audit_log: null, window: true, newer: 1 },
    },
  ]);
  const [client] = clients.toRows();
  assert.equal(client['settings.auditLog'], null);
  assert.equal(client['settings.window'], true);
  assert.equal(client['settings.extra'], '{"newer":1}');
  assert.ok(!('extra' in client));
});

test('integers are exact in the bytes', () => {
  const plans = PlanList.fromJSON([{ api_name: 'plan_1', session_limit: 2 ** 53 }]);
  assert.equal(tableFromIPC(plans.toArrowIPC()).getChild('sessionLimit').get(0), 2n ** 53n);
  const history = UsageHistory.fromJSON({
    stats: {},
    sessions: [{ start_date: '2019-02-28T10:09:30.701107Z' }],
  });
  assert.equal(history.columns.startDate[0], 1_551_348_570_701_107);
});

test('the columns of a bill that a test creates', () => {
  const period = { api_name: 'plan_1', effective_seconds: 5, pro_rata: 1 };
  const bill = {
    company_id: 7,
    total_period_seconds: 5,
    plans_pro_rata: {},
    periods: [period, period],
    newer: true,
  };
  const { companyId, proRata, 'company.extra': extra } = ClientBilling.fromJSON(bill).columns;
  assert.deepEqual([[...companyId], [...proRata], extra.values], [[7, 7], [1, 1], ['{"newer":true}']]);
  const overview = BillingOverview.fromJSON({ per_company: [bill, bill], total_pro_rata: {} });
  assert.equal(overview.toRows().length, 4);
});

test('a huge list has several record batches', () => {
  const rows = 1_048_577;
  const sessions = SessionList.fromJSON(Array.from({ length: rows }, (_, at) => ({ duration: at })));
  const table = tableFromIPC(sessions.toArrowIPC());
  assert.deepEqual(
    table.batches.map((batch) => batch.numRows),
    [1_048_576, 1],
  );
  assert.equal(table.getChild('duration').get(rows - 1), BigInt(rows - 1));
  assert.equal(sessions.columns.duration[rows - 1], rows - 1);
});

test('credentials are not tables', () => {
  for (const kind of [sdk.LoginLink, sdk.ImpersonationKey]) {
    for (const name of ['columns', 'toRows', 'toArrowIPC']) assert.ok(!(name in kind.prototype));
  }
});
