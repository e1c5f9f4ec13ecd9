// The public names of the package are those of `tests/parity/names.json`, which the Python package has too.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import * as sdk from 'crankwheel';
import * as sandboxModule from 'crankwheel/sandbox';
import { typeCheck, withProject } from './support/consumer.mjs';
import { camel, properties, schemas } from './support/contract.mjs';
import { rejection } from './support/server.mjs';

const table = JSON.parse(readFileSync(new URL('../../tests/parity/names.json', import.meta.url), 'utf8'));
const MODULES = { crankwheel: sdk, 'crankwheel.sandbox': sandboxModule };

const CASES = new URL('../../tests/conformance/cases/', import.meta.url);
const cases = readdirSync(CASES).flatMap((name) => JSON.parse(readFileSync(new URL(name, CASES), 'utf8')));
const called = new Set(cases.flatMap(({ steps }) => steps.map((step) => step.operation)));

/** The entry of a class: its own, that of its group, or the operations of a resource. */
function entryOf(name, entry) {
  if (entry !== 'operations') return typeof entry === 'string' ? table.groups[entry] : entry;
  const operations = [...called].map((operation) => operation.split('.'));
  const own = operations.filter(([resource]) => resource === name.toLowerCase());
  return { names: own.map(([, operation]) => `${operation}()`) };
}

const classes = Object.fromEntries(
  Object.entries(table.classes).map(([name, entry]) => [name, entryOf(name, entry)]),
);

/** The names that the table lists for a module, a class or the options of a method, as JavaScript spells them. */
function expected(entry, ...scopes) {
  const spelled = Object.assign({}, ...scopes.map((scope) => table.spelled[scope]));
  const shared = entry.names.map((name) => spelled[name]?.node ?? camel(name));
  return [...shared, ...onlyHere(entry)].sort();
}

/** The names that Node alone has. */
function onlyHere(entry) {
  return Object.values(entry.only_node ?? {}).flat();
}

/**
 * The public names of an object and of its class, methods with `()` behind; what JavaScript's own classes bring is left
 * out.
 */
function members(value) {
  const own = ['constructor', 'stack', 'cause', 'name', ...Object.getOwnPropertyNames(Object.prototype)];
  const names = new Set();
  const builtIn = [null, Object.prototype, Error.prototype, Array.prototype];
  for (let at = value; !builtIn.includes(at); ) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
    at = Object.getPrototypeOf(at);
  }
  const isPublic = (name) => !own.includes(name) && !/^\d+$/.test(name);
  const methods = [...names].filter(isPublic).map((name) => label(value, name));
  return [...methods, ...statics(value.constructor)];
}

/** The static methods of a class; other static members are not declared, for the package's own use. */
function statics(Class) {
  const own = ['prototype', ...Object.getOwnPropertyNames(Error)];
  const names = new Set();
  for (let at = Class; ![Function.prototype, Array, Error].includes(at); at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  }
  return [...names]
    .filter((name) => !own.includes(name) && typeof Class[name] === 'function')
    .map((name) => label(Class, name));
}

function label(value, name) {
  return typeof value[name] === 'function' ? `${name}()` : name;
}

let sandbox;
/** For every class of the table its objects: members that can be missing are on one of them. */
let objects;

before(async () => {
  sandbox = await sandboxModule.Sandbox.start({ clients: 2, days: 30, now: '2019-03-15T12:00:00Z' });
  const cw = sandbox.client();
  const [first, second] = await cw.clients.list();
  sandbox.addUser(first, 'agent@acme.example');
  await cw.clients.update(first, { settings: { provisioningProvider: 'reseller' } });
  const taken = await rejection(cw.clients.create({ sname: second.sname }));
  sandbox.respond('POST', '/ss/rsapi/clients', { status: 429, headers: { 'retry-after': '900' } });
  const late = await rejection(cw.clients.create({ sname: 'acmecorp' }));
  const refused = await rejection(cw.withOptions({ baseUrl: 'http://127.0.0.1:1' }).clients.delete(5));
  const clients = await withNewMembers(cw, '/ss/rsapi/clients', () => cw.clients.list());
  const plans = await withNewMembers(cw, '/ss/rsapi/reseller/plans', () => cw.reseller.plans());
  const usage = await withNewMembers(cw, `/ss/rsapi/clients/${first.id}/usage`, () =>
    cw.clients.usage(first),
  );
  const overview = await withNewMembers(cw, '/ss/rsapi/reseller/billing', () => cw.reseller.billing());
  const options = await withNewMembers(cw, '/ss/rsapi/grant_token/agent@acme.example/list_clients', () =>
    cw.sso.loginOptions('agent@acme.example'),
  );
  const history = await cw.reseller.usage('2019-03');
  objects = {
    CrankWheel: [cw],
    Clients: [cw.clients],
    Sso: [cw.sso],
    Reseller: [cw.reseller],
    'CrankWheel.with_raw_response': [cw.withRawResponse],
    'CrankWheel.dry_run': [cw.dryRun],
    Impersonation: [cw.impersonate(clients[0])],
    ImpersonationKey: [cw.impersonationKey(clients[0])],
    RawResponse: [await cw.withRawResponse.clients.list()],
    RawBody: [await cw.request('GET', '/ss/rsapi/clients')],
    DryRun: [cw.dryRun.clients.list()],
    Period: [sdk.Period.month('2019-02')],
    LoginLink: [await cw.sso.grantToken('agent@acme.example')],
    Client: [clients[0]],
    Settings: [clients[0].settings],
    Plan: [plans[0]],
    ClientUsage: [usage],
    ClientBilling: [overview.perCompany[0]],
    BillingPeriod: [overview.perCompany[0].periods[0]],
    PlanProRata: [Object.values(overview.totalProRata)[0]],
    BillingOverview: [overview],
    LoginOption: [options[0]],
    ClientList: [clients],
    PlanList: [plans],
    LoginOptionList: [options],
    ClientBillingList: [overview.perCompany],
    UsageHistory: [history],
    UsageStats: [history.stats],
    UserStats: [history.stats.userStats[0]],
    Session: [history.sessions[0]],
    SessionList: [history.sessions],
    UserStatsList: [history.stats.userStats],
    CrankWheelError: [taken, late, refused],
    Sandbox: [sandbox],
    Clock: [sandbox.clock],
    RecordedRequest: [sandbox.requests[0]],
  };
});

after(() => sandbox?.stop());

/** Returns the result of a call whose response has an unknown member in every object. */
async function withNewMembers(cw, path, call) {
  const MAPS = ['plans_pro_rata', 'total_pro_rata'];
  const grown = (value, name) => {
    if (Array.isArray(value)) return value.map((item) => grown(item));
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).map(([key, item]) => [key, grown(item, key)]);
    return { ...Object.fromEntries(members), ...(MAPS.includes(name) ? {} : { new_member: 1 }) };
  };
  const body = (await cw.request('GET', path)).json();
  sandbox.respond('GET', path, { json: grown(body) });
  return call();
}

/** Returns the fields of a model, which `contract.test.mjs` compares with the contract. */
function fieldsOfTheContract(name) {
  return name === 'LoginLink' || !(name in schemas) ? [] : properties(schemas[name]).map(([field]) => field);
}

for (const [name, entry] of Object.entries(classes)) {
  test(`the names of ${name}`, () => {
    const fields = fieldsOfTheContract(name);
    const found = [...new Set(objects[name].flatMap(members))].filter((member) => !fields.includes(member));
    assert.deepEqual(found.sort(), expected(entry, 'everywhere', name));
  });
}

const isError = (value) => value === sdk.CrankWheelError || value.prototype instanceof sdk.CrankWheelError;

test('every public class is in the table', () => {
  const here = Object.values(table.modules).flatMap(onlyHere);
  const exported = Object.values(MODULES)
    .flatMap((module) => Object.entries(module))
    .filter(([, value]) => typeof value === 'function' && !isError(value))
    .map(([name]) => name)
    .filter((name) => !here.includes(name));
  const listed = Object.keys(classes).filter((name) => name !== 'CrankWheelError');
  assert.deepEqual(exported.sort(), listed.filter((name) => !name.includes('.')).sort());
  assert.deepEqual(Object.keys(objects).sort(), Object.keys(classes).sort());
});

for (const [name, entry] of Object.entries(table.modules)) {
  test(`the exports of ${name}`, () => {
    const exported = Object.entries(MODULES[name])
      .filter(
        ([each, value]) => !['default', 'module.exports', '__esModule'].includes(each) && !isError(value),
      )
      .map(([each]) => each);
    assert.deepEqual(exported.sort(), expected(entry, name));
  });
}

test('raw responses and dry runs have the operations of the client', () => {
  for (const view of [sandbox.client().withRawResponse, sandbox.client().dryRun]) {
    for (const resource of ['clients', 'sso', 'reseller']) {
      assert.deepEqual(members(view[resource]), members(sandbox.client()[resource]), resource);
    }
  }
});

test('subclasses of errors add no names', () => {
  for (const Class of Object.values(sdk)) {
    if (!(Class.prototype instanceof sdk.CrankWheelError)) continue;
    assert.deepEqual(Object.getOwnPropertyNames(Class.prototype).sort(), ['constructor', 'name']);
  }
});

/** The type that holds the options of each method. */
const OPTIONS = {
  'CrankWheel.request': 'Own<sdk.RequestOptions>',
  'Clients.usage': 'Own<sdk.UsageOptions>',
  'Sso.grant_token': 'Own<sdk.GrantTokenOptions>',
  Period: 'sdk.ZoneOptions',
  'Period.month': 'NonNullable<Parameters<typeof sdk.Period.month>[1]>',
  'Period.months': 'NonNullable<Parameters<typeof sdk.Period.months>[2]>',
  'Period.parse': 'NonNullable<Parameters<typeof sdk.Period.parse>[1]>',
  'Period.last_days': 'NonNullable<Parameters<typeof sdk.Period.lastDays>[1]>',
  'Period.this_month': 'NonNullable<Parameters<typeof sdk.Period.thisMonth>[0]>',
  'Period.last_month': 'NonNullable<Parameters<typeof sdk.Period.lastMonth>[0]>',
  'Sandbox.respond': 'sandbox.CannedResponse',
  'Sandbox.add_session': "Parameters<sandbox.Sandbox['addSession']>[2]",
  'Sandbox.add_plan': "NonNullable<Parameters<sandbox.Sandbox['addPlan']>[1]>",
  'Sandbox.add_plan_change': "NonNullable<Parameters<sandbox.Sandbox['addPlanChange']>[2]>",
  'Sandbox.add_key': "Parameters<sandbox.Sandbox['addKey']>[1]",
  'Clock.advance': 'Exclude<sandbox.Duration, number>',
};

test('every method takes the options of the table', async () => {
  assert.deepEqual(Object.keys(OPTIONS).sort(), Object.keys(table.options).sort());
  const lines = [
    "import type * as sdk from 'crankwheel';",
    "import type * as sandbox from 'crankwheel/sandbox';",
    'type Names<T> = T extends T ? keyof T : never;',
    'type Own<T> = Omit<T, keyof sdk.CallOptions>;',
    'type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;',
  ];
  for (const [method, entry] of Object.entries(table.options)) {
    const names = expected(entry, method).map((name) => `'${name}'`);
    lines.push(
      `export const _${lines.length}: Same<Names<${OPTIONS[method]}>, ${names.join(' | ')}> = true; // ${method}`,
    );
  }
  await withProject({ 'package.json': '{}', 'parity.mts': `${lines.join('\n')}\n` }, (folder) => {
    const messages = typeCheck(folder).map((message) => {
      const line = Number(message.match(/\((\d+),/)?.[1]);
      return `${lines[line - 1]}: ${message}`;
    });
    assert.deepEqual(messages, []);
  });
});
