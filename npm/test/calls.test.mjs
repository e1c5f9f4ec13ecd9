// Calls: cancellation, deadlines, keys from functions, raw responses, dry runs, stacks.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import * as sdk from 'crankwheel';
import { deferred, json, rejection, withServer } from './support/server.mjs';

const CLIENT = { id: 5, sname: 'acmecorp', settings: { id: 's-5' } };

test('aborting the signal drops the request', async () => {
  const arrived = deferred();
  const dropped = deferred();
  const never = (request) => {
    arrived.resolve();
    request.socket.once('close', dropped.resolve);
  };
  await withServer(never, async (cw) => {
    const controller = new AbortController();
    const call = rejection(cw.clients.list({ signal: controller.signal }));
    await arrived.promise;
    controller.abort();
    const error = await call;
    assert.equal(error.name, 'AbortError');
    assert.equal(error, controller.signal.reason);
    await dropped.promise;
  });
});

test('an aborted signal sends nothing, and the promise is rejected with its reason', async () => {
  let requests = 0;
  await withServer(
    (_, response) => {
      requests += 1;
      json(response, []);
    },
    async (cw) => {
      const reason = new Error('closed the page');
      assert.equal(await rejection(cw.clients.list({ signal: AbortSignal.abort(reason) })), reason);
      assert.equal(requests, 0);
      const controller = new AbortController();
      await cw.clients.list({ signal: controller.signal });
      controller.abort();
      assert.equal(requests, 1);
    },
  );
});

test('a signal can abort while the key is fetched', async () => {
  await withServer(
    () => assert.fail('sent'),
    async (cw) => {
      const controller = new AbortController();
      const asked = deferred();
      const waiting = cw.withOptions({
        apiKey: () => {
          asked.resolve();
          return new Promise(() => {});
        },
      });
      const call = rejection(waiting.clients.list({ signal: controller.signal }));
      await asked.promise;
      controller.abort();
      assert.equal((await call).name, 'AbortError');
    },
  );
});

test('deadlines of the client and of one call end a call', async () => {
  await withServer(
    () => {},
    async (cw) => {
      const error = await rejection(cw.clients.list({ timeout: 30 }));
      assert.ok(error instanceof sdk.APITimeoutError && error instanceof sdk.APIConnectionError);
      assert.match(error.message, /30ms/);
      const hasty = cw.withOptions({ timeout: 20 });
      assert.match((await rejection(hasty.clients.list())).message, /20ms/);
      const attempt = cw.withOptions({ attemptTimeout: 25 });
      assert.match((await rejection(attempt.clients.list())).message, /25ms, the `attemptTimeout`/);
    },
  );
});

test('maxRetries can be set for one call', async () => {
  let requests = 0;
  await withServer(
    (_, response) => {
      requests += 1;
      json(response, {}, 503, { 'retry-after': '0' });
    },
    async (cw) => {
      const error = await rejection(cw.clients.list({ maxRetries: 2 }));
      assert.equal(error.attempts, 3);
      assert.equal(requests, 3);
      assert.ok(error instanceof sdk.InternalServerError);
    },
  );
});

test('the key can come from a function, asynchronous or not, which is called before each call', async () => {
  const seen = [];
  await withServer(
    (request, response) => {
      seen.push(request.headers.authorization);
      json(response, []);
    },
    async (cw) => {
      const keys = ['rotating-1', 'rotating-2', 'rotating-3'];
      const rotating = cw.withOptions({ apiKey: async () => keys.shift() });
      await rotating.clients.list();
      await rotating.withOptions({ maxRetries: 1 }).clients.list();
      await rotating.impersonate(5).request('GET', '/x');
      await cw.withOptions({ apiKey: () => 'plain-key' }).clients.list();
      assert.deepEqual(seen, [
        'Basic rotating-1',
        'Basic rotating-2',
        'Basic resellerimpersonate-5-rotating-3',
        'Basic plain-key',
      ]);
      assert.throws(() => rotating.impersonationKey(5), { name: 'ConfigurationError' });
      assert.equal(
        cw
          .withOptions({ apiKey: () => 'plain-key' })
          .impersonationKey('5')
          .reveal(),
        'resellerimpersonate-5-plain-key',
      );
    },
  );
});

test('errors carry the stack of the caller', async () => {
  await withServer(
    (_, response) => json(response, { errors: { sname: ['has already been taken'] }, id: 77 }, 409),
    async (cw) => {
      async function provisionAcme() {
        await cw.clients.create({ sname: 'acmecorp' });
      }
      const error = await rejection(provisionAcme());
      assert.ok(error instanceof sdk.ConflictError);
      assert.equal(error.existingId, 77);
      assert.deepEqual(error.errors, { sname: ['has already been taken'] });
      assert.match(
        error.stack.split('\n')[0],
        /^ConflictError: 409 Conflict on POST \/ss\/rsapi\/clients: sname has/,
      );
      assert.match(error.stack.split('\n')[1], /provisionAcme .*calls\.test\.mjs/);
      assert.match(inspect(error), /existingId: 77/);
      assert.ok(!inspect(error).includes('content-type'));
      assert.equal(error.headers['content-type'], 'application/json');
      assert.equal(JSON.parse(JSON.stringify(error)).name, 'ConflictError');

      const raw = await rejection(cw.withRawResponse.clients.create({ sname: 'acmecorp' }));
      assert.match(raw.stack.split('\n')[1], /calls\.test\.mjs/);
    },
  );
});

test('withRawResponse returns the response and decodes it on parse()', async () => {
  await withServer(
    (request, response) =>
      request.url.endsWith('/6')
        ? json(response, '{"id":', 200)
        : json(response, CLIENT, 200, { 'x-request-id': 'r-1', 'X-Two': ['a', 'b'] }),
    async (cw) => {
      const raw = await cw.withRawResponse.clients.get(5);
      assert.ok(raw instanceof sdk.RawResponse && raw instanceof sdk.RawBody);
      assert.deepEqual(
        [raw.status, raw.requestId, raw.headers['x-two'], raw.attempts],
        [200, 'r-1', 'a, b', 1],
      );
      assert.deepEqual(raw.json(), CLIENT);
      assert.ok(Buffer.isBuffer(raw.body));
      assert.ok(raw.parse() instanceof sdk.Client);
      const broken = await cw.withRawResponse.clients.get(6);
      assert.equal(broken.text(), '{"id":');
      assert.throws(() => broken.parse(), sdk.APIResponseError);
      assert.throws(() => broken.json(), sdk.APIResponseError);
    },
  );
});

test('request sends any method, path, query and body', async () => {
  const seen = [];
  await withServer(
    async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      seen.push([request.method, request.url, body]);
      response.writeHead(200).end();
    },
    async (cw) => {
      const query = { a: 'b c', n: [1, true, null], gone: undefined };
      assert.equal((await cw.request('post', '/x/y', { query, json: { z: null } })).json(), null);
      await cw.request('GET', 'x', {
        query: new URLSearchParams([
          ['k', '1'],
          ['k', '2'],
        ]),
      });
      assert.deepEqual(seen, [
        ['POST', '/x/y?a=b%20c&n=1&n=true&n=null', '{"z":null}'],
        ['GET', '/x?k=1&k=2', ''],
      ]);
      for (const path of ['https://evil.example/x', '//evil.example/x', '/a/../b']) {
        assert.ok((await rejection(cw.request('GET', path))) instanceof sdk.InvalidRequestError, path);
      }
      assert.ok((await rejection(cw.request('POST', '/x', { json: { n: Number.NaN } }))).errors['json.n']);
      const deep = { a: [{ b: 5n }] };
      const { errors } = await rejection(
        cw.clients.create({ sname: 'acmecorp', settings: { smsTemplate: deep } }),
      );
      assert.deepEqual(Object.keys(errors), ['settings.smsTemplate.a[0].b']);
    },
  );
});

test('a dry run sends nothing', async () => {
  await withServer(
    () => assert.fail('sent'),
    async (cw, baseUrl) => {
      const run = cw.dryRun.clients.setPlan(5, 'plan_2');
      assert.equal(run.method, 'POST');
      assert.equal(run.url, `${baseUrl}/ss/rsapi/clients/5/plan/plan_2`);
      assert.equal(run.headers.authorization, 'Basic ***');
      assert.match(run.curl, /\$CRANKWHEEL_API_KEY/);
      const update = cw.dryRun.clients.update(5, { settings: { auditLog: true } });
      assert.equal(JSON.parse(update.body).settings.audit_log, true);
      assert.equal(update.json().settings.audit_log, true);
      assert.equal(run.json(), null);
      assert.ok(run instanceof sdk.DryRun);
      assert.throws(() => cw.dryRun.clients.get('x'), sdk.InvalidRequestError);
      assert.equal(cw.dryRun.request('GET', '/x').method, 'GET');
    },
  );
});

test('arguments that are not valid are refused before anything is sent', async () => {
  await withServer(
    () => assert.fail('sent'),
    async (cw) => {
      const refused = {
        true: () => cw.clients.get(true),
        null: () => cw.clients.get(null),
        object: () => cw.clients.get({ id: 5 }),
        settings: () => cw.clients.get([5]),
        plan: () => cw.clients.setPlan(5, 7),
        period: () => cw.clients.usage(5, new Date()),
        'period of nothing': () => cw.clients.billing(5),
        'unknown option': () => cw.clients.usage(5, '2019-02', { min_seconds: 5 }),
        'half a second': () => cw.clients.usage(5, '2019-02', { minSeconds: 0.5 }),
        'options as a string': () => cw.clients.list('x'),
        email: () => cw.sso.loginOptions(5),
        'misspelt field': () => cw.clients.create({ sname: 'acmecorp', lName: 'x' }),
        'no date': () =>
          cw.clients.update(5, { hardLimitStarts: new Date('x'), firstExceededSoftLimit: null }),
        fields: () => cw.clients.create(undefined),
      };
      for (const [what, call] of Object.entries(refused)) {
        const error = await rejection(call());
        assert.equal(error.name, 'InvalidRequestError', `${what}: ${inspect(error)}`);
      }
      for (const options of [
        { timeout: Number.NaN },
        { timeout: '5' },
        { maxRetries: 1.5 },
        { maxRetries: -1 },
      ]) {
        assert.equal(
          (await rejection(cw.clients.list(options))).name,
          'ConfigurationError',
          inspect(options),
        );
      }
      for (const options of [
        { api_key: 'x' },
        { timeout: 0 },
        { baseUrl: 5 },
        { maxIdleConnections: -1 },
        'key',
        null,
      ]) {
        assert.throws(() => new sdk.CrankWheel(options), sdk.ConfigurationError, inspect(options));
      }
    },
  );
});

test('without a key, the message says what to do', { skip: 'CRANKWHEEL_API_KEY' in process.env }, () => {
  assert.throws(
    () => new sdk.CrankWheel(),
    (error) => {
      assert.equal(error.constructor, sdk.ConfigurationError);
      assert.match(
        error.message,
        /^apiKey: required; pass it, or set the environment variable CRANKWHEEL_API_KEY$/,
      );
      return true;
    },
  );
});

test('an id can be a number, a bigint, digits, or a client', async () => {
  const seen = [];
  await withServer(
    (request, response) => {
      seen.push(request.url);
      json(response, CLIENT);
    },
    async (cw) => {
      const client = await cw.clients.get(5);
      for (const id of [5n, '5', client]) await cw.clients.get(id);
      assert.deepEqual(new Set(seen), new Set(['/ss/rsapi/clients/5']));
    },
  );
});

test('a closed client refuses calls, and says that it is closed', async () => {
  await withServer(
    (_, response) => json(response, []),
    async (cw) => {
      const copy = cw.withOptions({ maxRetries: 1 });
      cw[Symbol.dispose]();
      assert.ok((await rejection(copy.clients.list())) instanceof sdk.CrankWheelError);
      assert.match(inspect(cw), /closed: true/);
      await cw[Symbol.asyncDispose]();
    },
  );
});

test('200 calls can run at once', async () => {
  await withServer(
    (request, response) => json(response, { ...CLIENT, id: Number(request.url.split('/').pop()) }),
    async (cw) => {
      const ids = Array.from({ length: 200 }, (_, index) => index + 1);
      const clients = await Promise.all(ids.map((id) => cw.clients.get(id)));
      assert.deepEqual(
        clients.map((client) => client.id),
        ids,
      );
    },
  );
});

test('certificates of NODE_EXTRA_CA_CERTS are used, and named if they cannot be read', async () => {
  const before = process.env.NODE_EXTRA_CA_CERTS;
  const options = { apiKey: 'test-key-1234', baseUrl: 'https://127.0.0.1:1', maxRetries: 0 };
  try {
    process.env.NODE_EXTRA_CA_CERTS = '/nowhere/missing.pem';
    const cw = new sdk.CrankWheel(options);
    const error = await rejection(cw.clients.list());
    assert.ok(error instanceof sdk.ConfigurationError);
    assert.match(error.message, /^NODE_EXTRA_CA_CERTS: cannot use \/nowhere\/missing\.pem: /);
    assert.match(cw.diagnose(), /missing\.pem/);
    delete process.env.NODE_EXTRA_CA_CERTS;
    assert.match((await rejection(new sdk.CrankWheel(options).clients.list())).message, /refused/);
  } finally {
    if (before !== undefined) process.env.NODE_EXTRA_CA_CERTS = before;
  }
});
