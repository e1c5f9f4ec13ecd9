// Every parameter of every public function is tried with more than 120 odd values.
//
// The rule: a value is used, or refused. It is refused by an error of this package, a `TypeError` or a `RangeError`
// whose message begins with the name of the parameter (or of a member of the value), is short, and has no words of the
// layers below. A value that is used must be one that the documentation allows: nothing is silently ignored.
//
// The exceptions are in `EXCEPTIONS` and `OWN_MESSAGES`, each with its reason.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, afterEach, before, test } from 'node:test';
import * as sdk from 'crankwheel';
import * as sandboxModule from 'crankwheel/sandbox';
import { ODD_VALUES, OWN_ERROR } from './support/odd-values.mjs';

const require = createRequire(import.meta.url);
const { native } = require('../dist/native.js');
const { OPTION_TYPES, CALL_OPTIONS } = require('../dist/options.js');
const { SANDBOX_OPTIONS } = require('../dist/sandbox-options.js');
const { MEMBERS, SCOPE } = require('../dist/fault-kinds.js');

/** Public functions that are not tried, with the reason. */
const EXCEPTIONS = {
  'methods of arrays, which take what those of arrays take': [/^\w*List\.(?!fromJSON)/],
  'no parameters': [
    /^CrankWheel\.(diagnose|toString)$/,
    /^(Raw\w+|DryRun|RecordedRequest)\.(json|text|parse)$/,
    /^\w+\.(toJSON|toString|reveal|toRows|toArrowIPC)$/,
    /^Clock\.(freeze|unfreeze)$/,
    /^Sandbox\.(clearRequests|clearFaults|snapshot|reset|stop)$/,
  ],
};

/** Words of the layers below the package, or of the engine. */
const JARGON =
  /rust type|napi|serde|JavaScript value|#\w|Cannot (read|convert|destructure|mix|set)|is not (iterable|a function|defined|extensible)|undefined \(|Invalid time value|circular structure|call stack|could not be cloned|Reflect|has been revoked|panicked/i;

/** Messages that do not begin with a name. */
const OWN_MESSAGES = {
  'an update without a field': /^no field to change; pass at least one/,
  'a request of an unknown kind': /^not a valid request/,
  'two fields that are set together': /^firstExceededSoftLimit: must be set together/,
  'a control path that does not exist': /^the sandbox has no \/_sandbox\//,
  'the members of what is sent to a control path': /^(apiName: missing|data: unknown field|\[0\]\.)/,
  'a control path that is called with another method': /^\/_sandbox\/\w+: expected /,
  'what an object without members lacks':
    /^(sname: required to create a client|sname: can't be blank|apiKey: required; pass it)/,
};

const cw = new sdk.CrankWheel({ apiKey: 'test-key-1234', baseUrl: 'http://127.0.0.1:1', maxRetries: 0 });
const { dryRun } = cw;
const FIELDS = { sname: 'acmecorp' };

let sandbox;
/** Every function that was tried, as `Class.method`. */
const tried = new Set();
/** The numbers of calls that were refused, and that used their value. */
const counts = { refused: 0, used: 0 };

before(async () => {
  sandbox = await sandboxModule.Sandbox.start({ clients: 2, days: 1 });
});

after(() => sandbox?.stop());

/** The violations of the rule. */
const problems = [];

afterEach(() => {
  const found = problems.splice(0);
  assert.ok(found.length === 0, `${found.length} problems:\n${found.join('\n')}`);
});

/** Which values a parameter of each kind may use. */
const KINDS = {
  any: () => true,
  client: (value) =>
    isId(value) || (typeof value === 'object' && isId(value?.id) && typeof value.sname === 'string'),
  plan: (value) => typeof value === 'string' || typeof (value?.apiName ?? value?.api_name) === 'string',
  period: (value) => typeof value === 'string' || value instanceof sdk.Period,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' && !Number.isNaN(value),
  integer: (value) => Number.isSafeInteger(value),
  id: (value) => Number.isSafeInteger(value) || typeof value === 'bigint',
  iterable: (value) => typeof value === 'object' && typeof value?.[Symbol.iterator] === 'function',
  count: (value) => Number.isSafeInteger(value) || value === Number.POSITIVE_INFINITY,
  boolean: (value) => typeof value === 'boolean',
  function: (value) => typeof value === 'function',
  time: (value) => value instanceof Date || typeof value === 'string',
  text: (value) => typeof value === 'string' || value instanceof Uint8Array,
  duration: (value) => KINDS.number(value) || KINDS.object(value),
  object: (value) => Object.prototype.toString.call(value) === '[object Object]',
  array: (value) => Array.isArray(value),
  signal: (value) => value instanceof AbortSignal,
  headers: (value) => KINDS.object(value) || typeof value?.[Symbol.iterator] === 'function',
  query: (value) => KINDS.object(value) || value instanceof URLSearchParams,
};

function isId(value) {
  return Number.isSafeInteger(value) || typeof value === 'bigint' || /^\d+$/.test(value);
}

/** Checks the error of a parameter. */
function checkError(error, name, value, what) {
  if (error?.message === OWN_ERROR) return;
  const isOwn =
    error instanceof sdk.CrankWheelError || ['TypeError', 'RangeError', 'Error'].includes(error?.name);
  assert.ok(isOwn, `${what}: ${String(error?.stack ?? error)}`);
  const { message } = error;
  assert.doesNotMatch(message, JARGON, `${what}: ${error.stack}`);
  if (Object.values(OWN_MESSAGES).some((pattern) => pattern.test(message))) return;
  // A call that was sent used its value. The message has its path.
  if (error instanceof sdk.APIConnectionError) return;
  assert.ok(message.length < 700, `${what}: a message of ${message.length} characters`);
  const names = [name, ...(typeof value === 'object' ? membersOf(value) : [])];
  const begins = (begin) => message.startsWith(`${begin}: `) || new RegExp(`^${begin}[.[]`).test(message);
  assert.ok(
    names.some(begins) || names.some((one) => one in (error.errors ?? {})),
    `${what} is not named: ${message}`,
  );
}

/** Records a check that fails. */
function note(check) {
  try {
    check();
  } catch (error) {
    if (error.message !== OWN_ERROR) problems.push(String(error.message).split('\n')[0]);
  }
}

function membersOf(value) {
  try {
    return Object.keys(value).slice(0, 50);
  } catch {
    return [];
  }
}

/** Tries a parameter with every odd value. `absent` says that undefined and null leave it out. */
async function attempt(method, name, kind, call, absent = true) {
  tried.add(method);
  for (const [described, value] of Object.entries(ODD_VALUES)) {
    const what = `${method}, ${name}: ${described}`;
    let used;
    try {
      const result = call(value);
      used = result instanceof Promise ? await result : result;
    } catch (error) {
      counts.refused += 1;
      note(() => checkError(error, name, value, what));
      continue;
    }
    counts.used += 1;
    if (absent && (value === undefined || value === null)) continue;
    note(() => assert.ok(KINDS[kind](value), `${what} was used, or ignored`));
    if (used instanceof sandboxModule.Sandbox) await used.stop();
  }
}

/** The kinds of the options of every call. */
const CALL_KINDS = {
  signal: 'signal',
  timeout: 'number',
  maxRetries: 'integer',
  retryWrites: 'boolean',
  headers: 'headers',
};

/** Tries the options of an operation: the object, and each member. */
async function attemptOptions(method, call, own = {}) {
  await attempt(method, 'options', 'object', call);
  for (const [name, kind] of Object.entries({ ...own, ...CALL_KINDS })) {
    await attempt(method, name, kind, (value) => call({ [name]: value }));
  }
}

test('operations', async () => {
  assert.deepEqual([...CALL_OPTIONS].sort(), Object.keys(CALL_KINDS).sort());
  const { clients, sso, reseller } = dryRun;
  const calls = {
    'Clients.list': [[], (options) => clients.list(options)],
    'Clients.get': [['client'], (options, client = 5) => clients.get(client, options)],
    'Clients.find': [['sname'], (options, sname = 'acmecorp') => clients.find(sname, options)],
    'Clients.create': [['fields'], (options, fields = FIELDS) => clients.create(fields, options)],
    'Clients.getOrCreate': [['fields'], (options, fields = FIELDS) => clients.getOrCreate(fields, options)],
    'Clients.update': [
      ['client', 'fields'],
      (options, client = 5, fields = FIELDS) => clients.update(client, fields, options),
    ],
    'Clients.delete': [['client'], (options, client = 5) => clients.delete(client, options)],
    'Clients.setPlan': [
      ['client', 'plan'],
      (options, client = 5, plan = 'plan_1') => clients.setPlan(client, plan, options),
    ],
    'Clients.usage': [
      ['client', 'period'],
      (options, client = 5, period = '2019-02') => clients.usage(client, period, options),
      { minSeconds: 'integer' },
    ],
    'Clients.billing': [
      ['client', 'period'],
      (options, client = 5, period = '2019-02') => clients.billing(client, period, options),
    ],
    'Sso.grantToken': [
      ['email'],
      (options, email = 'a@b.example') => sso.grantToken(email, options),
      { createIn: 'client', destUrl: 'string', multiLogin: 'boolean' },
    ],
    'Sso.loginOptions': [['email'], (options, email = 'a@b.example') => sso.loginOptions(email, options)],
    'Reseller.billing': [['period'], (options, period) => reseller.billing(period, options)],
    'Reseller.usage': [['period'], (options, period) => reseller.usage(period, options)],
    'Reseller.plans': [[], (options) => reseller.plans(options)],
    'CrankWheel.request': [
      ['method', 'path'],
      (options, method = 'POST', path = '/x') => dryRun.request(method, path, options),
      { query: 'query', json: 'any' },
    ],
  };
  const kinds = { client: 'client', plan: 'plan', period: 'period', fields: 'object' };
  for (const [method, [positional, call, own]] of Object.entries(calls)) {
    for (const [index, name] of positional.entries()) {
      const others = Array(index).fill(undefined);
      await attempt(method, name, kinds[name] ?? 'string', (value) => call(undefined, ...others, value));
    }
    await attemptOptions(method, call, own);
  }
  await attempt('CrankWheel.request', 'query', 'any', (a) => dryRun.request('GET', '/x', { query: { a } }));
  await attempt('CrankWheel.request', 'json', 'any', (a) => dryRun.request('POST', '/x', { json: { a } }));
});

test('fields of clients and settings', async () => {
  const [fields, settings] = ['Client', 'Settings'].map(
    (name) => native.schema().find((model) => model.name === name).fields,
  );
  assert.ok(fields.length > 10 && settings.length > 25);
  for (const { name } of [...fields, { name: 'extra' }]) {
    await attempt('Clients.update', name, 'any', (value) => dryRun.clients.update(5, { [name]: value }));
  }
  for (const { name } of [...settings, { name: 'extra' }]) {
    const call = (value) => dryRun.clients.update(5, { settings: { [name]: value } });
    await attempt('Clients.update', `settings.${name}`, 'any', call);
  }
});

test('the client', async () => {
  const base = { apiKey: 'k', baseUrl: 'http://127.0.0.1:1' };
  await attempt('CrankWheel.constructor', 'options', 'object', (options) => new sdk.CrankWheel(options));
  await attempt('CrankWheel.withOptions', 'options', 'object', (options) => cw.withOptions(options), false);
  for (const [name, types] of Object.entries(OPTION_TYPES)) {
    const kind = types.length > 1 || types[0] === 'object' ? 'any' : types[0];
    await attempt(
      'CrankWheel.constructor',
      name,
      kind,
      (value) => new sdk.CrankWheel({ ...base, [name]: value }),
    );
    await attempt('CrankWheel.withOptions', name, kind, (value) => cw.withOptions({ [name]: value }));
  }
  await attempt(
    'CrankWheel.impersonationKey',
    'client',
    'client',
    (client) => cw.impersonationKey(client),
    false,
  );
  await attempt('CrankWheel.impersonate', 'client', 'client', (client) => cw.impersonate(client), false);
  const account = cw.impersonate(5);
  await attempt(
    'Impersonation.request',
    'method',
    'string',
    (method) => account.request(method, '/x'),
    false,
  );
  await attempt('Impersonation.request', 'path', 'string', (path) => account.request('GET', path), false);
  await attempt('Impersonation.request', 'options', 'object', (options) =>
    account.request('GET', '/x', options),
  );
});

test('periods', async () => {
  const { Period } = sdk;
  const [a, b] = ['2019-02-01', '2019-02-28'];
  const zones = {
    'Period.constructor': (options) => new Period(a, b, options),
    'Period.month': (options) => Period.month('2019-02', options),
    'Period.months': (options) => Period.months('2019-02', '2019-03', options),
  };
  for (const [method, call] of Object.entries(zones)) {
    await attempt(method, 'options', 'object', call);
    await attempt(method, 'timeZone', 'string', (timeZone) => call({ timeZone }));
  }
  for (const name of ['thisMonth', 'lastMonth']) {
    await attempt(`Period.${name}`, 'options', 'object', (options) => Period[name](options));
    await attempt(`Period.${name}`, 'timeZone', 'string', (timeZone) => Period[name]({ timeZone }));
    await attempt(`Period.${name}`, 'now', 'time', (now) => Period[name]({ now }));
  }
  await attempt('Period.lastDays', 'now', 'time', (now) => Period.lastDays(7, { now }));
  await attempt('Period.parse', 'timeZone', 'string', (timeZone) => Period.parse('2019-02', { timeZone }));
  await attempt('Period.constructor', 'start', 'time', (start) => new Period(start, '2099-01-01'), false);
  await attempt('Period.constructor', 'end', 'time', (end) => new Period('1900-01-01', end), false);
  await attempt('Period.month', 'month', 'string', (month) => Period.month(month), false);
  await attempt('Period.months', 'first', 'string', (first) => Period.months(first, '2019-03'), false);
  await attempt('Period.months', 'last', 'string', (last) => Period.months('2019-03', last), false);
  await attempt('Period.lastDays', 'days', 'integer', (days) => Period.lastDays(days), false);
  await attempt('Period.parse', 'period', 'string', (period) => Period.parse(period), false);
});

test('lookups and histories', async () => {
  const row = { id: 5, sname: 'acmecorp', settings: { id: '7' } };
  const clients = sdk.ClientList.fromJSON([row]);
  const plans = sdk.PlanList.fromJSON([{ api_name: 'plan_1' }]);
  const history = sdk.UsageHistory.fromJSON({ sessions: [] });
  const id = (value) => Number.isSafeInteger(value) || typeof value === 'bigint';
  for (const [described, value] of Object.entries(ODD_VALUES)) {
    if (id(value)) assert.equal(clients.byId(value)?.id, Number(value) === 5 ? 5 : undefined, described);
  }
  await attempt('ClientList.byId', 'id', 'id', (value) => clients.byId(value), false);
  await attempt('ClientList.bySname', 'sname', 'string', (value) => clients.bySname(value), false);
  await attempt('PlanList.byApiName', 'apiName', 'string', (value) => plans.byApiName(value), false);
  const clientsOf = (value) => history.withClients(value);
  await attempt('UsageHistory.withClients', 'clients', 'iterable', clientsOf, false);
  await attempt('UsageHistory.countMeetings', 'options', 'object', (value) => history.countMeetings(value));
  await attempt('UsageHistory.countMeetings', 'minSeconds', 'integer', (minSeconds) =>
    history.countMeetings({ minSeconds }),
  );
  await attempt('SessionList.batches', 'size', 'integer', (size) => history.sessions.batches(size));
});

test('closing', async () => {
  const close = (options) =>
    new sdk.CrankWheel({ apiKey: 'k', baseUrl: 'http://127.0.0.1:1' }).close(options);
  await attempt('CrankWheel.close', 'options', 'object', close);
  await attempt('CrankWheel.close', 'timeout', 'number', (timeout) => close({ timeout }));
});

test('errors', async () => {
  const attributes = {
    status: 'integer',
    requestId: 'string',
    code: 'string',
    errors: 'object',
    body: 'string',
  };
  Object.assign(attributes, { headers: 'object', method: 'string', path: 'string', attempts: 'integer' });
  Object.assign(attributes, {
    existingId: 'integer',
    retryAfter: 'number',
    maybeApplied: 'boolean',
    cause: 'any',
  });
  for (const [name, Class] of Object.entries(sdk).filter(([name]) => name.endsWith('Error'))) {
    const method = `${name}.constructor`;
    await attempt(method, 'message', 'string', (message) => new Class(message, { status: 418 }));
    if (name !== 'APIStatusError')
      await attempt(method, 'attributes', 'object', (given) => new Class('x', given));
    for (const [attribute, kind] of Object.entries(attributes)) {
      if (attribute === 'status' && name === 'APIStatusError') continue;
      await attempt(method, attribute, kind, (value) => new Class('x', { status: 418, [attribute]: value }));
    }
  }
});

test('models and lists of tests', async () => {
  for (const [name, Class] of Object.entries(sdk)) {
    if (typeof Class.fromJSON !== 'function' || name === 'Model') continue;
    const [parameter, kind] = name.endsWith('List') ? ['rows', 'array'] : ['json', 'any'];
    // What is inside is refused with its path, or by the class that reads it.
    const call = (value) => {
      try {
        return Class.fromJSON(value);
      } catch (error) {
        const own = /^(\w+: required in|not a name|\w+\.fromJSON: |\[\d+\]: |\w+: must be an array|json: )/;
        if (own.test(error.message)) error.message = `${parameter}: ${error.message}`;
        throw error;
      }
    };
    await attempt(`${name}.fromJSON`, parameter, kind, call, false);
  }
});

test('the sandbox', async () => {
  const { Sandbox } = sandboxModule;
  const start = (options) => Sandbox.start({ days: 0, ...options });
  await attempt('Sandbox.start', 'options', 'object', (options) => Sandbox.start(options));
  for (const [name, { type }] of Object.entries(SANDBOX_OPTIONS)) {
    const kind = { strings: 'array' }[type] ?? type;
    const call = async (value) => {
      try {
        return await start({ [name]: value });
      } catch (error) {
        error.message = error.message.replace(/^the sandbox could not start: /, '');
        throw error;
      }
    };
    await attempt('Sandbox.start', name, kind, call);
  }
  await attempt('Sandbox.client', 'options', 'object', (options) => sandbox.client(options));
  const [{ id }] = await sandbox.client().clients.list();
  const mail = 'a@b.example';
  let last = 0;
  const fresh = () => {
    last += 1;
    return { sname: `company${last}` };
  };
  const session = { start: '2019-02-01T00:00:00Z', duration: 60_000 };
  const calls = [
    ['respond', 'method', 'string', (value) => sandbox.respond(value, '/x')],
    ['respond', 'path', 'string', (value) => sandbox.respond('GET', value)],
    ['respond', 'options', 'object', (value) => sandbox.respond('GET', '/x', value)],
    ['respond', 'status', 'integer', (status) => sandbox.respond('GET', '/x', { status })],
    ['respond', 'headers', 'headers', (headers) => sandbox.respond('GET', '/x', { headers })],
    ['respond', 'body', 'text', (body) => sandbox.respond('GET', '/x', { body })],
    ['respond', 'json', 'any', (json) => sandbox.respond('GET', '/x', { json })],
    ['respond', 'times', 'count', (times) => sandbox.respond('GET', '/x', { times })],
    ['addUser', 'client', 'client', (client) => sandbox.addUser(client, mail)],
    ['addUser', 'email', 'string', (email) => sandbox.addUser(id, email)],
    ['addUser', 'role', 'string', (role) => sandbox.addUser(id, mail, role)],
    ['addSession', 'client', 'client', (client) => sandbox.addSession(client, mail, session)],
    ['addSession', 'email', 'string', (email) => sandbox.addSession(id, email, session)],
    ['addSession', 'start', 'time', (start) => sandbox.addSession(id, mail, { ...session, start })],
    [
      'addSession',
      'duration',
      'duration',
      (duration) => sandbox.addSession(id, mail, { ...session, duration }),
    ],
    ['addSession', 'viewers', 'integer', (viewers) => sandbox.addSession(id, mail, { ...session, viewers })],
    ['addPlan', 'apiName', 'string', (apiName) => sandbox.addPlan(apiName)],
    ['addPlan', 'options', 'object', (plan) => sandbox.addPlan('plan_9', plan)],
    ['addPlan', 'humanName', 'string', (humanName) => sandbox.addPlan('plan_9', { humanName })],
    ['addPlan', 'sessionLimit', 'integer', (sessionLimit) => sandbox.addPlan('plan_9', { sessionLimit })],
    ['addPlan', 'licenseCount', 'integer', (licenseCount) => sandbox.addPlan('plan_9', { licenseCount })],
    ['addPlanChange', 'client', 'client', (client) => sandbox.addPlanChange(client, 'plan_1')],
    ['addPlanChange', 'plan', 'plan', (plan) => sandbox.addPlanChange(id, plan)],
    ['addPlanChange', 'options', 'object', (change) => sandbox.addPlanChange(id, 'plan_1', change)],
    ['addPlanChange', 'at', 'time', (at) => sandbox.addPlanChange(id, 'plan_1', { at })],
    ['addPlanChange', 'setBy', 'string', (setBy) => sandbox.addPlanChange(id, 'plan_1', { setBy })],
    ['addKey', 'key', 'string', (key) => sandbox.addKey(key, { owner: mail })],
    ['addKey', 'owner', 'string', (owner) => sandbox.addKey('a-key', { owner })],
    ['addKey', 'readOnly', 'boolean', (readOnly) => sandbox.addKey('a-key', { owner: mail, readOnly })],
    ['addClient', 'fields', 'object', (fields) => sandbox.addClient(fields)],
    ['addClient', 'createdAt', 'time', (createdAt) => sandbox.addClient({ ...fresh(), createdAt })],
    ['addClient', 'currentPlan', 'plan', (currentPlan) => sandbox.addClient({ ...fresh(), currentPlan })],
    ['addClient', 'settings', 'object', (settings) => sandbox.addClient({ ...fresh(), settings })],
    ['restore', 'snapshot', 'string', (snapshot) => sandbox.restore(snapshot)],
    ['control', 'method', 'string', (method) => sandbox.control(method, 'state')],
    ['control', 'path', 'string', (path) => sandbox.control('GET', path)],
    ['control', 'body', 'any', (body) => sandbox.control('POST', 'plans', body)],
    ['clock.set', 'time', 'time', (time) => sandbox.clock.set(time)],
    ['clock.advance', 'by', 'duration', (by) => sandbox.clock.advance(by)],
    ...['days', 'hours', 'minutes', 'seconds', 'milliseconds'].map((unit) => [
      'clock.advance',
      unit,
      'number',
      (value) => sandbox.clock.advance({ [unit]: value }),
    ]),
  ];
  for (const [kind, members] of Object.entries(MEMBERS)) {
    for (const name of [...Object.keys(members), ...SCOPE]) {
      const fault = { kind, ms: 1, status: 503, ...(kind === 'latency' ? {} : { ms: undefined }) };
      const own = Object.fromEntries(
        Object.entries(fault).filter(([key]) => key === 'kind' || key in members),
      );
      calls.push(['fail', name, 'any', (value) => sandbox.fail({ ...own, [name]: value })]);
    }
  }
  calls.push(['fail', 'kind', 'string', (kind) => sandbox.fail({ kind })]);
  for (const [method, name, kind, call] of calls) {
    const whole = method.startsWith('clock.') ? `Clock.${method.slice(6)}` : `Sandbox.${method}`;
    await attempt(whole, name, kind, call);
  }
});

test('methods that are called without their object say so', async () => {
  const objects = {
    cw,
    account: cw.impersonate(5),
    sandbox,
    'sandbox.clock': sandbox.clock,
    'cw.clients': cw.clients,
  };
  let count = 0;
  for (const [name, object] of Object.entries(objects)) {
    const methods = new Set();
    for (let owner = object; owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
      for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
        if (key !== 'constructor' && typeof value === 'function') methods.add(key);
      }
    }
    for (const key of methods) {
      for (const target of [undefined, {}, 5, Object.create(object)]) {
        const call = async () => object[key].call(target);
        // An object that inherits from the client is not the client.
        if (name === 'cw.clients' && target !== undefined && target !== 5) continue;
        const message = new RegExp(`^${key}: called without its object`);
        await assert.rejects(call, { name: 'TypeError', message }, `${name}.${key} of ${typeof target}`);
        count += 1;
      }
    }
  }
  assert.ok(count > 80, String(count));
});

test('every public function was tried', () => {
  const missing = [];
  for (const [name, Class] of Object.entries({ ...sdk, ...sandboxModule })) {
    if (typeof Class !== 'function') continue;
    const own = [
      ...Object.getOwnPropertyNames(Class.prototype).map((key) => [Class.prototype, key]),
      ...Object.getOwnPropertyNames(Class).map((key) => [Class, key]),
    ];
    for (const [owner, key] of own) {
      if (['constructor', 'prototype'].includes(key)) continue;
      if (typeof Object.getOwnPropertyDescriptor(owner, key).value !== 'function') continue;
      const method = `${name}.${key}`;
      const known =
        tried.has(method) || Object.values(EXCEPTIONS).some((all) => all.some((it) => it.test(method)));
      if (!known) missing.push(method);
    }
  }
  const inherited = ['Model.fromJSON', 'Operations.request'];
  assert.deepEqual(
    missing.filter((method) => !inherited.includes(method)),
    [],
  );
  assert.ok(Object.keys(ODD_VALUES).length >= 120);
  assert.ok(counts.refused > 10_000 && counts.used > 1_000, JSON.stringify(counts));
});
