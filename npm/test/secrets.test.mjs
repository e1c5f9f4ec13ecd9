// No key and no login token appears in printing, `util.inspect`, JSON or clones.

import assert from 'node:assert/strict';
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { after, before, test } from 'node:test';
import { inspect } from 'node:util';
import { CrankWheel, CrankWheelError } from 'crankwheel';
import { Sandbox } from 'crankwheel/sandbox';
import { rejection } from './support/server.mjs';

const KEY = 'mArKeD-kEy-5f3a9c';
let sandbox;
let cw;
let client;

before(async () => {
  sandbox = await Sandbox.start({ clients: 3, days: 30, apiKey: KEY });
  cw = sandbox.client();
  client = (await cw.clients.list())[0];
  await cw.clients.update(client, { settings: { provisioningProvider: 'reseller' } });
});

after(() => sandbox?.stop());

/** Returns a value in all its printed forms. */
function shown(value) {
  let out = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      out += chunk;
      done();
    },
  });
  new Console(stream, stream).log(value, { value });
  for (const options of [
    {},
    { depth: 20, showHidden: true },
    { customInspect: false, depth: 20, showHidden: true },
  ]) {
    out += inspect(value, options) + inspect({ nested: [value] }, options);
  }
  out += `${String(value)} ${JSON.stringify(value)} ${JSON.stringify({ value })} ${Object.values(Object(value)).join()}`;
  try {
    out += inspect(structuredClone(value), { depth: 20, showHidden: true });
  } catch {
    // A value that cannot be cloned shows nothing.
  }
  if (value instanceof Error)
    out += `${value.message}${value.stack}${JSON.stringify({ ...value })}${inspect(value.cause)}`;
  return out;
}

function hidden(what, value, ...secrets) {
  const text = shown(value);
  for (const secret of [KEY, ...secrets]) assert.ok(!text.includes(secret), `${what} shows ${secret}`);
}

test('clients, their parts and their copies are hidden', () => {
  hidden('client', cw);
  hidden('diagnosis', cw.diagnose());
  assert.match(cw.diagnose(), /user agent +crankwheel\/.* \(node /);
  hidden('copy', cw.withOptions({ apiKey: `${KEY}-2` }));
  hidden('function', new CrankWheel({ apiKey: () => KEY, baseUrl: sandbox.url }));
  for (const part of [cw.clients, cw.sso, cw.reseller, cw.withRawResponse, cw.dryRun]) hidden('part', part);
  hidden('impersonation', cw.impersonate(client));
});

test('impersonation keys are hidden until reveal()', async () => {
  const key = cw.impersonationKey(client);
  assert.equal(key.reveal(), `resellerimpersonate-${client.id}-${KEY}`);
  hidden('impersonation key', key);
  const error = await rejection(cw.impersonate(client).request('GET', '/ss/rsapi/clients'));
  hidden('error under an impersonation key', error);
});

test('login links are hidden until a getter reveals them', async () => {
  const link = await cw.sso.grantToken('a@b.example', { createIn: client });
  const token = new URL(link.url).pathname.split('/').pop();
  assert.ok(token.length > 5);
  assert.match(link.dashboardOnly, /mode=dashboard_only/);
  assert.match(link.popupOnly, /mode=popup_only/);
  assert.ok(link.expiresAt instanceof Date);
  hidden('link', link, token, link.url);

  const raw = await cw.withRawResponse.sso.grantToken('a@b.example');
  const rawToken = new URL(raw.parse().url).pathname.split('/').pop();
  assert.ok(raw.text().includes(rawToken));
  hidden('raw response', raw, rawToken);
});

test('the error of a grant-token response that cannot be decoded hides the token', async () => {
  sandbox.respond('POST', '/ss/rsapi/grant_token/a@b.example', {
    json: { login_link: 'https://x/rlogin/tOkEn77' },
  });
  const error = await rejection(cw.sso.grantToken('a@b.example'));
  assert.equal(error.name, 'APIResponseError');
  hidden('error', error, 'tOkEn77');
});

test('dry runs and raw responses hide the key', async () => {
  hidden('dry run', cw.dryRun.clients.update(client, { lname: 'x' }));
  hidden('raw', await cw.request('GET', '/ss/rsapi/clients'));
});

test('errors hide a key that the server echoes', async () => {
  for (const status of [400, 401, 403, 404, 409, 422, 500]) {
    sandbox.respond('GET', `/ss/rsapi/clients/${client.id}`, {
      status,
      headers: { 'x-request-id': `id-${KEY}`, 'x-echo': KEY },
      json: { errors: { key: [`bad key ${KEY}`] } },
    });
    const error = await rejection(cw.clients.get(client, { maxRetries: 0 }));
    assert.equal(error.status, status);
    hidden(`error ${status}`, error);
    assert.ok(!inspect([error.body, error.headers, error.errors]).includes(KEY));
  }
});

test('errors of keys that are not valid hide them', async () => {
  for (const apiKey of [`Basic ${KEY}`, `${KEY}\n`, `${KEY} x`]) {
    let error;
    try {
      new CrankWheel({ apiKey });
    } catch (thrown) {
      error = thrown;
    }
    assert.equal(error.name, 'ConfigurationError');
    hidden('error', error);
  }
  const failing = new CrankWheel({
    apiKey: () => {
      throw new Error(`no ${KEY}`);
    },
  });
  const error = await rejection(failing.clients.list());
  assert.equal(error.name, 'ConfigurationError');
  // The cause is the function's own error; printing the error does not print it.
  assert.equal(error.cause.message, `no ${KEY}`);
  const shown = [{}, { showHidden: true, depth: 20 }].map((options) => inspect({ error }, options));
  for (const text of [...shown, JSON.stringify(error), error.message, error.stack, `${error}`])
    assert.ok(!text.includes(KEY), text);
});

test('secrets in the wrong place are not shown', async () => {
  for (const apiKey of [KEY, () => KEY]) {
    const own = new CrankWheel({ apiKey, baseUrl: sandbox.url });
    const careful = own.withOptions({ readOnly: true });
    const calls = [
      () => own.clients.get(KEY),
      async () => own.impersonate(`resellerimpersonate-5-${KEY}`),
      () => own.request('GET', `https://h.example/ss/auth/rlogin/a@b.c:${KEY}`),
      () => own.request(KEY, '/x'),
      () => careful.sso.grantToken(KEY),
      () => careful.request('POST', `/ss/${KEY}`),
    ];
    for (const call of calls) {
      const error = await rejection(call());
      assert.ok(error instanceof CrankWheelError, String(error));
      assert.ok(!shown(error).includes(KEY), call.toString());
    }
  }
});

test('a failed connection has its reason as cause', async () => {
  const own = new CrankWheel({ apiKey: KEY, baseUrl: 'http://127.0.0.1:1', maxRetries: 0 });
  const error = await rejection(own.clients.list());
  const texts = [];
  for (let at = error; at !== undefined; at = at.cause) texts.push(at.message);
  assert.equal(texts.length, 2, texts.join(' < '));
  assert.match(texts.at(-1), /refused/);
});
