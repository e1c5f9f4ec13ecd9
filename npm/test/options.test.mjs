// Objects with named members are checked everywhere: a name that does not exist, a value of another type, and an object
// of another kind are refused, with the valid names.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CrankWheel, NotFoundError, Period } from 'crankwheel';
import { Sandbox } from 'crankwheel/sandbox';

const cw = new CrankWheel({ apiKey: 'test-key-1234' });
let sandbox;

before(async () => {
  sandbox = await Sandbox.start({ clients: 1, days: 1 });
});

after(() => sandbox?.stop());

/** Every function with options: a call with them, and a valid value. */
const PLACES = {
  'new CrankWheel': [(options) => new CrankWheel(options), { timeout: 5, apiKey: 'k' }],
  withOptions: [(options) => cw.withOptions(options), { timeout: 5 }],
  'clients.list': [(options) => cw.dryRun.clients.list(options), { timeout: 5 }],
  'clients.usage': [(options) => cw.dryRun.clients.usage(5, '2019-02', options), { minSeconds: 5 }],
  'sso.grantToken': [(options) => cw.dryRun.sso.grantToken('a@b.example', options), { multiLogin: true }],
  request: [(options) => cw.dryRun.request('GET', '/x', options), { query: { a: 1 } }],
  'request, query': [(query) => cw.dryRun.request('GET', '/x', { query }), { a: 1 }],
  'clients.create': [(fields) => cw.dryRun.clients.create(fields), { lname: 'Acme', sname: 'acmecorp' }],
  'clients.update': [(fields) => cw.dryRun.clients.update(5, fields), { lname: 'Acme' }],
  'clients.update, settings': [(settings) => cw.dryRun.clients.update(5, { settings }), { auditLog: true }],
  'clients.update, extra': [(extra) => cw.dryRun.clients.update(5, { extra }), { newer: 1 }],
  'new Period': [(options) => new Period('2019-02-01', '2019-02-02', options), { timeZone: 'UTC' }],
  'Period.month': [(options) => Period.month('2019-02', options), { timeZone: 'Europe/Berlin' }],
  'Period.months': [(options) => Period.months('2019-02', '2019-03', options), { timeZone: 'Europe/Berlin' }],
  'new NotFoundError': [(attributes) => new NotFoundError('x', attributes), { status: 410 }],
  'sandbox.client': [(options) => sandbox.client(options), { timeout: 5 }],
  'sandbox.respond': [(response) => sandbox.respond('GET', '/x', response), { status: 503 }],
  'sandbox.addPlan': [(plan) => sandbox.addPlan('plan_9', plan), { humanName: 'Nine' }],
  'sandbox.clock.advance': [(by) => sandbox.clock.advance(by), { seconds: 1 }],
};

/** Places that take any name. */
const OPEN = ['request, query', 'clients.update, extra'];

test('what is not an object with named members is refused', () => {
  const odd = ['Europe/Berlin', 5, true, 5n, Symbol('s'), () => {}, [], [1], new Map([['timeout', 5]])];
  odd.push(
    new Set(),
    new Date(),
    AbortSignal.abort(),
    new AbortController(),
    Promise.resolve(),
    /x/,
    new Error('x'),
  );
  odd.push(Period.month('2019-02'), cw, new (class Odd {})(), new Uint8Array(2), new WeakMap());
  for (const [place, [call, valid]] of Object.entries(PLACES)) {
    call(valid);
    const [first, ...others] = Object.keys(valid);
    if (others.length > 0) call({ ...valid, [first]: undefined });
    call(Object.assign(Object.create(null), valid));
    call(Object.create(valid));
    call(new Proxy(valid, {}));
    for (const value of odd) {
      // A number is a duration.
      if (place === 'sandbox.clock.advance' && value === 5) continue;
      if (OPEN.includes(place) && (value === cw || value instanceof Period)) continue;
      assert.throws(() => call(value), checked, `${place}: ${String(value)}`);
    }
  }
});

/** An error of this package, or a `TypeError`, that begins with a name. */
function checked(error) {
  assert.ok(error.name === 'TypeError' || 'attempts' in error, error.stack);
  assert.match(error.message, /^[\w.[\]]+: /);
  return true;
}

test('a name that does not exist is refused, with the name that was probably meant', async () => {
  const wrong = [
    [() => Period.month('2019-02', { timezone: 'UTC' }), 'timezone', 'timeZone'],
    [() => Period.month('2019-02', { tz: 'UTC' }), 'tz', 'timeZone'],
    [() => Period.months('2019-02', '2019-03', { time_zone: 'UTC' }), 'time_zone', 'timeZone'],
    [() => new Period('2019-02-01', '2019-02-02', { zone: 'UTC' }), 'zone', 'timeZone'],
    [() => new CrankWheel({ apikey: 'k' }), 'apikey', 'apiKey'],
    [() => new CrankWheel({ api_key: 'k' }), 'api_key', 'apiKey'],
    [() => new CrankWheel({ baseURL: 'x' }), 'baseURL', 'baseUrl'],
    [() => cw.withOptions({ retries: 5 }), 'retries', 'maxRetries'],
    [() => cw.dryRun.clients.list({ timout: 5 }), 'timout', 'timeout'],
    [() => cw.dryRun.clients.usage(5, '2019-02', { min_seconds: 5 }), 'min_seconds', 'minSeconds'],
    [() => cw.dryRun.request('GET', '/x', { params: {} }), 'params', 'query'],
    [() => cw.dryRun.sso.grantToken('a@b.example', { multilogin: true }), 'multilogin', 'multiLogin'],
    [() => sandbox.respond('GET', '/x', { statusCode: 503 }), 'statusCode', 'status'],
    [() => sandbox.client({ time_out: 5 }), 'time_out', 'timeout'],
    [() => sandbox.clock.advance({ day: 1 }), 'day', 'days'],
    [() => sandbox.addPlan('plan_9', { name: 'Nine' }), 'name', undefined],
    [() => sandbox.fail({ kind: 'latency', ms: 5, time: 1 }), 'time', 'times'],
  ];
  for (const [call, name, meant] of wrong) {
    const hint = meant === undefined ? 'v' : `did you mean \`${meant}\`\\? V`;
    const expected = new RegExp(`^${name}: unknown option[^;]*; ${hint}alid options are .*\\b${meant ?? ''}`);
    assert.throws(call, { message: expected }, String(call));
  }
  await assert.rejects(Sandbox.start({ client: 3 }), { message: /^client: .*did you mean `clients`\?/ });
});

test('a value of another type is refused', () => {
  const wrong = [
    () => cw.dryRun.sso.grantToken('a@b.example', { multiLogin: 'yes' }),
    () => cw.dryRun.sso.grantToken('a@b.example', { multiLogin: 1 }),
    () => cw.dryRun.sso.grantToken('a@b.example', { destUrl: new URL('https://a.example') }),
    () => cw.dryRun.clients.usage(5, '2019-02', { minSeconds: '60' }),
    () => cw.dryRun.clients.list({ retryWrites: 'true' }),
    () => cw.dryRun.clients.list({ timeout: null }),
    () => new CrankWheel({ apiKey: 'k', readOnly: 1 }),
    () => Period.month('2019-02', { timeZone: 5 }),
    () => cw.dryRun.request('GET', '/x', { query: { a: {} } }),
    () => cw.dryRun.request('GET', '/x', { query: { a: [Number.NaN] } }),
    () => cw.dryRun.request('POST', '/x', { json: new Map([[1, 2]]) }),
    () => cw.dryRun.request('POST', '/x', { json: [undefined] }),
    () => cw.dryRun.clients.create({ sname: 'acmecorp', extra: { a: new Set([1]) } }),
  ];
  for (const call of wrong) assert.throws(call, checked, String(call));
});

test('a method without its object says so', async () => {
  const { list } = cw.clients;
  const { plans } = cw.reseller;
  const { loginOptions } = cw.sso;
  for (const call of [() => list(), () => plans.call({}), () => loginOptions('a@b.example')]) {
    assert.throws(call, /^TypeError: \w+: called without its object; .*\.bind\(/);
  }
  const bound = cw.dryRun.clients.list.bind(cw.dryRun.clients);
  assert.equal(bound().method, 'GET');
});
