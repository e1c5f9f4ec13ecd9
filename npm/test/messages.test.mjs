// Messages name what a Node user has: `minSeconds`, `settings.auditLog`, `clients.getOrCreate`, null. Odd values for every
// parameter, field and option, and odd responses, show them; nothing in them may be spelled as Python or Rust does.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import * as sdk from 'crankwheel';
import { Sandbox } from 'crankwheel/sandbox';
import { json, withServer } from './support/server.mjs';

const require = createRequire(import.meta.url);
const { native } = require('../dist/native.js');
const { OPTION_TYPES } = require('../dist/options.js');
const CORE = new URL('../../crates/crankwheel/', import.meta.url);

const ODD = [
  undefined,
  null,
  true,
  false,
  0,
  -1,
  0.5,
  1e300,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  5n,
  '',
  'odd',
];
ODD.push(' ', '..', 'a\nb', 'ä', 'x'.repeat(200), Symbol('s'), () => {}, [], [1], {}, { id: 5 }, new Map());
ODD.push(new Date(0), new Date(Number.NaN), 'https://h/?q', 'ftp://h', '2019-02-01/2019-01-01', '2019-13');

/** A value that each parameter accepts, by its name. */
const GOOD = { client: 5, plan: 'plan_1', period: '2019-02', fields: { sname: 'acmecorp' }, options: {} };
Object.assign(GOOD, { method: 'GET', path: '/x', email: 'a@b.example', sname: 'acmecorp' });

/** Every name of the contract and its tables that has an underscore. */
const NAMES = new Set();

function collect(value) {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'properties') for (const name of Object.keys(inner)) NAMES.add(name);
    if (['name', 'x-sdk-name'].includes(key)) for (const name of String(inner).split('.')) NAMES.add(name);
    collect(inner);
  }
}

collect(JSON.parse(readFileSync(new URL('openapi.json', CORE), 'utf8')));
for (const table of readdirSync(new URL('tables/', CORE))) {
  const text = readFileSync(new URL(`tables/${table}`, CORE), 'utf8');
  for (const [, path] of text.matchAll(/^name = "([\w.]+)"/gm))
    for (const name of path.split('.')) NAMES.add(name);
}
for (const name of NAMES) if (!name.includes('_')) NAMES.delete(name);

/** All messages and keys of `errors` that were seen, each once. */
const seen = new Set();

/**
 * Holds one message to Node's spelling. Paths are not names: those of URLs, and those in a response. Neither is what a
 * response holds, of which a message shows the beginning.
 */
function checkText(text) {
  seen.add(text);
  const prose = text.replace(/(found|begins with) [[{].*?(; |$)|\S*\/\S*|\$[\w.[\]"]*/g, ' ');
  for (const [word] of prose.matchAll(/\w+/g)) {
    assert.ok(!NAMES.has(word), `${word} is not a name of Node's: ${text}`);
    assert.ok(!['None', 'True', 'False'].includes(word), `${word} is not a value of Node's: ${text}`);
  }
  assert.doesNotMatch(text, /rust type|JavaScript value|serde/i, 'a message of the machinery');
}

function checkError(error) {
  assert.ok(error instanceof Error, String(error));
  for (let cause = error; cause !== undefined; cause = cause.cause) checkText(cause.message);
  // What the API itself says stays as it is.
  if (error instanceof sdk.APIStatusError) return;
  for (const [field, messages] of Object.entries(error.errors ?? {})) {
    checkText(field);
    messages.forEach(checkText);
  }
}

/** Runs what may throw, at once or later. */
async function attempt(run) {
  try {
    return await run();
  } catch (error) {
    checkError(error);
    return error;
  }
}

/** The names of a function's parameters, as its source has them. */
function parameters(method) {
  const [, list] = /^[^(]*\(([^)]*)\)/.exec(method.toString());
  return list.split(',').flatMap((name) => name.trim().replace(/ *=.*/, '') || []);
}

/** Every operation of a client: its name, and a call with some of its arguments replaced. */
function operations(cw) {
  const found = [];
  for (const owner of ['clients', 'sso', 'reseller']) {
    for (const name of Object.getOwnPropertyNames(
      Object.getPrototypeOf(new sdk.CrankWheel({ apiKey: 'k' })[owner]),
    )) {
      if (name !== 'constructor') found.push([cw[owner], name]);
    }
  }
  found.push([cw, 'request']);
  return found.map(([owner, name]) => {
    // `request` is checked before it is called, so its source has no parameters.
    const names = name === 'request' ? ['method', 'path', 'options'] : parameters(owner[name]);
    const call = (odd = {}) => owner[name](...names.map((at) => (at in odd ? odd[at] : GOOD[at])));
    return { name, names, call };
  });
}

/** The options that a method says that it takes. */
async function optionsOf(operation) {
  const error = await attempt(() => operation.call({ options: { colour: 1 } }));
  return /^colour: unknown option; valid options are (.*)$/.exec(error.message)[1].split(', ');
}

const offline = () =>
  new sdk.CrankWheel({ apiKey: 'test-key-1234', baseUrl: 'http://127.0.0.1:1', maxRetries: 0 });

test('arguments, options and fields of every operation', async () => {
  const cw = offline();
  const all = operations(cw.dryRun);
  assert.ok(all.length >= 16, 'operations were not found');
  for (const operation of all) {
    for (const name of operation.names)
      for (const odd of ODD) await attempt(() => operation.call({ [name]: odd }));
    for (const option of await optionsOf(operation)) {
      for (const odd of ODD) await attempt(() => operation.call({ options: { [option]: odd } }));
    }
    if (!operation.names.includes('fields')) continue;
    const [client, settings] = ['Client', 'Settings'].map(
      (name) => native.schema().find((model) => model.name === name).fields,
    );
    for (const odd of [...ODD, 'odd value']) {
      for (const { name } of [...client, { name: 'extra' }, { name: 'colour' }]) {
        await attempt(() => operation.call({ fields: { sname: 'acmecorp', [name]: odd } }));
      }
      for (const { name } of [...settings, { name: 'extra' }, { name: 'colour' }]) {
        const fields = { sname: 'acmecorp', settings: { phoneConfManual: false, [name]: odd } };
        await attempt(() => operation.call({ fields }));
      }
    }
  }
  const limits = { firstExceededSoftLimit: new Date(1e12), hardLimitStarts: new Date(0) };
  await attempt(() => cw.dryRun.clients.update(5, limits));
  await attempt(() => cw.dryRun.clients.update(5, {}));
  await attempt(() => cw.dryRun.sso.grantToken('a@b.example', { multiLogin: true, createIn: 5 }));
  await attempt(() => cw.withOptions({ readOnly: true }).clients.delete(5));
  for (const odd of ODD) {
    await attempt(() => cw.impersonationKey(odd));
    await attempt(() => cw.impersonate(odd));
  }
});

test('options of a client', async () => {
  for (const [name] of Object.entries(OPTION_TYPES)) {
    for (const odd of ODD) {
      const cw = await attempt(
        () => new sdk.CrankWheel({ apiKey: 'k', baseUrl: 'http://127.0.0.1:1', [name]: odd }),
      );
      // Some options are used, and so refused, by the first call only.
      if (cw instanceof sdk.CrankWheel) await attempt(() => cw.clients.list({ maxRetries: 0, timeout: 300 }));
      await attempt(() => offline().withOptions({ [name]: odd }));
    }
  }
  for (const odd of ODD) {
    await attempt(() => new sdk.CrankWheel(odd));
    await attempt(() => new sdk.CrankWheel({ apiKey: () => odd }).clients.list({ timeout: 300 }));
  }
  const later = new sdk.CrankWheel({ apiKey: async () => 'k' });
  await attempt(() => later.impersonationKey(5));
  later.close();
  await attempt(() => later.clients.list());
  for (const baseUrl of ['http://api.example', 'https://a:b@api.example', 'https://api.example/?x=1']) {
    await attempt(() => new sdk.CrankWheel({ apiKey: 'k', baseUrl }));
  }
});

test('periods', async () => {
  for (const odd of ODD) {
    for (const make of ['month', 'lastDays', 'parse']) await attempt(() => sdk.Period[make](odd));
    await attempt(() => sdk.Period.month('2019-02', { timeZone: odd }));
    await attempt(() => sdk.Period.months('2019-02', odd));
    await attempt(() => sdk.Period.months(odd, '2019-02'));
    await attempt(() => new sdk.Period('2019-02-01', odd));
    await attempt(() => new sdk.Period(odd, '2019-02-01'));
  }
});

test('connections that fail, and writes with an unknown outcome', async () => {
  const fail = async (cw) => {
    for (const { names, call } of operations(cw)) if (names.length > 0) await attempt(() => call());
  };
  await fail(offline());
  const caFile = new URL(import.meta.url).pathname;
  await attempt(() => offline().withOptions({ baseUrl: 'https://127.0.0.1:1', caFile }).clients.list());
  await withServer((request) => request.socket.destroy(), fail);
  await withServer(() => {}, fail, { timeout: 50 });
  await withServer(() => {}, fail, { attemptTimeout: 50 });
  await withServer(
    () => {},
    (cw) => Promise.all([attempt(() => cw.clients.list()), attempt(() => cw.clients.list())]),
    { timeout: 100, maxConnections: 1 },
  );
  const proxy = 'http://127.0.0.1:1';
  await attempt(() => offline().withOptions({ baseUrl: 'https://api.example', proxy }).clients.list());
});

test('odd responses', async () => {
  const bodies = [
    '',
    '{}',
    '[]',
    '[1]',
    'null',
    '<html><title>Log in</title>',
    '{"errors": {"sname": ["bad"]}}',
  ];
  for (const status of [200, 302, 400, 401, 403, 404, 409, 429, 500]) {
    for (const body of bodies) {
      await withServer(
        (_, response) => json(response, body, status),
        async (cw) => {
          for (const { call } of operations(cw)) await attempt(() => call());
        },
      );
    }
  }
});

test('warnings of fields of a wrong type name them as Node spells them', async () => {
  const warnings = [];
  const listener = (warning) => warnings.push(warning.message);
  process.on('warning', listener);
  try {
    for (const { name, fields } of native.schema()) {
      const values = Object.fromEntries(
        fields.map((field) => [field.jsonName, field.kind === 'boolean' ? 'x' : false]),
      );
      const body =
        name === 'Settings'
          ? { id: 5, settings: values }
          : { ...values, id: 5, company_id: 5, api_name: 'p' };
      for (const response of [body, [body], { ...body, settings: [] }]) {
        await withServer(
          (_, reply) => json(reply, response),
          async (cw) => {
            for (const { call } of operations(cw)) await attempt(() => call());
          },
        );
      }
    }
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('warning', listener);
  }
  assert.ok(warnings.length > 20, `${warnings.length} warnings`);
  assert.ok(
    warnings.some((text) => text.startsWith('Settings.auditLog: expected a boolean, found')),
    warnings[0],
  );
  warnings.forEach(checkText);
});

test('the sandbox', async () => {
  for (const name of [
    'clients',
    'days',
    'sessions',
    'seed',
    'host',
    'port',
    'now',
    'bodyOn204',
    'apiKey',
    'colour',
  ]) {
    for (const odd of ODD) {
      const sandbox = await attempt(() => Sandbox.start({ [name]: odd }));
      if (sandbox instanceof Sandbox) await sandbox.stop();
    }
  }
  const sandbox = await Sandbox.start({ clients: 1, days: 1 });
  try {
    for (const odd of ODD) {
      await attempt(() => sandbox.fail(odd));
      await attempt(() => sandbox.respond('GET', '/x', { colour: odd }));
      for (const name of [
        'kind',
        'ms',
        'times',
        'pauseMs',
        'probability',
        'status',
        'pieces',
        'path',
        'method',
      ]) {
        await attempt(() => sandbox.fail({ kind: 'slow_body', [name]: odd }));
      }
    }
  } finally {
    await sandbox.stop();
  }
});

test('enough was seen for the others to mean something', () => {
  assert.ok(NAMES.size > 80 && NAMES.has('audit_log') && NAMES.has('create_in') && NAMES.has('max_retries'));
  assert.ok(seen.size > 300, `${seen.size} messages`);
  for (const part of [
    'settings.auditLog',
    '`clients.setPlan`',
    '`clients.getOrCreate`',
    'currentPlan',
    '`createIn`',
  ]) {
    assert.ok(
      [...seen].some((text) => text.includes(part)),
      part,
    );
  }
});
