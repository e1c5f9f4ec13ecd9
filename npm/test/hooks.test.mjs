// Hooks and NODE_DEBUG: called for every attempt, in order, before the call ends, without harm to the call.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { CrankWheel } from 'crankwheel';
import { Sandbox } from 'crankwheel/sandbox';
import { environment, withProject } from './support/consumer.mjs';
import { json, rejection, withServer } from './support/server.mjs';

const TEMPLATE = '/ss/rsapi/clients';

test('hooks are called for every attempt in order, before the promise is settled', async () => {
  const seen = [];
  const hooks = {
    onRequest: (info) => seen.push(['request', info]),
    onResponse: (info) => seen.push(['response', info]),
  };
  let requests = 0;
  const handler = (_, response) => {
    requests += 1;
    if (requests === 1) response.destroy();
    else if (requests === 2) json(response, {}, 503, { 'retry-after': '0', 'x-request-id': 'mine' });
    else json(response, []);
  };
  await withServer(
    handler,
    async (cw) => {
      await cw.clients.list({ maxRetries: 2 });
      assert.deepEqual(
        seen.map(([kind, { callId, durationMs, attributes, ...info }]) => [kind, info, typeof durationMs]),
        [
          ['request', { method: 'GET', template: TEMPLATE, attempt: 1 }, 'undefined'],
          ['response', { method: 'GET', template: TEMPLATE, attempt: 1, problem: 'lost' }, 'number'],
          ['request', { method: 'GET', template: TEMPLATE, attempt: 2 }, 'undefined'],
          [
            'response',
            { method: 'GET', template: TEMPLATE, attempt: 2, status: 503, requestId: 'mine' },
            'number',
          ],
          ['request', { method: 'GET', template: TEMPLATE, attempt: 3 }, 'undefined'],
          ['response', { method: 'GET', template: TEMPLATE, attempt: 3, status: 200 }, 'number'],
        ],
      );
      const attributes = seen.map(([, info]) => info.attributes);
      const port = attributes[0]['server.port'];
      assert.ok(Number.isInteger(port) && port > 0);
      const always = {
        'http.request.method': 'GET',
        'url.template': TEMPLATE,
        'server.address': '127.0.0.1',
        'server.port': port,
      };
      assert.deepEqual(attributes[0], always);
      assert.deepEqual(attributes[1], { ...always, 'error.type': 'lost' });
      const { 'http.response.header.date': date, ...refused } = attributes[3];
      assert.ok(Date.parse(date[0]) > 0);
      assert.equal(refused['http.request.resend_count'], 1);
      assert.equal(refused['http.response.status_code'], 503);
      assert.equal(refused['error.type'], '503');
      assert.deepEqual(refused['http.response.header.retry-after'], ['0']);
      assert.deepEqual(refused['http.response.header.x-request-id'], ['mine']);
      assert.equal(attributes[5]['error.type'], undefined);
      seen.length = 0;
      // Hooks receive no e-mail address, key or path; a dry run is not a request.
      await cw.sso.loginOptions('anna@acme.example');
      cw.dryRun.clients.list();
      await cw.withRawResponse.clients.list();
      await cw.impersonate(5).request('GET', '/account');
      assert.deepEqual(
        seen.filter(([kind]) => kind === 'response').map(([, info]) => info.status),
        [200, 200, 200],
      );
      assert.doesNotMatch(JSON.stringify(seen), /anna|test-key/);
    },
    hooks,
  );
});

test('copies inherit the hooks and can replace them', async () => {
  const seen = [];
  await withServer(
    (_, response) => json(response, []),
    async (cw) => {
      await cw.withOptions({ onResponse: () => seen.push('B') }).clients.list();
      assert.deepEqual(seen.splice(0), ['a', 'B']);
      await cw.withOptions({ timeout: 5_000 }).clients.list({ maxRetries: 1 });
      assert.deepEqual(seen.splice(0), ['a', 'b']);
    },
    { onRequest: () => seen.push('a'), onResponse: () => seen.push('b') },
  );
  assert.throws(
    () => new CrankWheel({ apiKey: 'k', onRequest: 'no' }),
    /onRequest: must be a function, got a string/,
  );
});

test('onRequest is called while the call still waits', async () => {
  let called;
  const began = new Promise((resolve) => {
    called = resolve;
  });
  await withServer(
    () => {},
    async (cw) => {
      const controller = new AbortController();
      const call = rejection(cw.clients.list({ signal: controller.signal }));
      assert.equal((await began).attempt, 1);
      controller.abort();
      assert.equal((await call).name, 'AbortError');
    },
    { onRequest: called },
  );
});

test('a hook that throws does not fail the call', async () => {
  const failing = [
    () => {
      throw new Error('broken hook');
    },
    async () => {
      throw new Error('broken hook');
    },
  ];
  for (const hook of failing) {
    await withServer(
      (_, response) => json(response, []),
      async (cw) => {
        const warned = once(process, 'warning');
        assert.equal((await cw.clients.list()).length, 0);
        assert.match((await warned)[0].message, /failed: broken hook$/);
      },
      { onResponse: hook },
    );
  }
});

test('a value of an unexpected type is reported once and does not fail the call', async () => {
  const seen = [];
  const listener = (warning) => seen.push(warning.message);
  process.on('warning', listener);
  const client = { id: 7, settings: { id: 's', enable_remote_control: 'sometimes' } };
  await withServer(
    (_, response) => json(response, client),
    async (cw) => {
      for (let call = 0; call < 3; call += 1) assert.equal((await cw.clients.get(7)).id, 7);
    },
  );
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', listener);
  const reported = seen.filter((message) => message.includes('Settings.'));
  assert.equal(reported.length, 1, String(seen));
  assert.ok(!reported[0].includes('sometimes'));
});

test('hooks and NODE_DEBUG do not keep the process alive, and NODE_DEBUG logs lines', async () => {
  const sandbox = await Sandbox.start({ clients: 2 });
  try {
    const env = environment(sandbox);
    const files = {
      'package.json': '{}',
      'hooks.mjs': `
        import { CrankWheel } from 'crankwheel';
        const cw = new CrankWheel({ onRequest() {}, onResponse: ({ status }) => console.log(status) });
        console.log((await cw.clients.list()).length);`,
      'plain.mjs': `
        import { CrankWheel } from 'crankwheel';
        console.log((await new CrankWheel().clients.list()).length);`,
    };
    await withProject(files, (folder) => {
      const run = (file, more) => {
        // The sandbox has its own thread: waiting here does not block it.
        const options = { cwd: folder, env: { ...env, ...more }, encoding: 'utf8', timeout: 30_000 };
        const { status, stdout, stderr } = spawnSync(process.execPath, [file], options);
        assert.equal(status, 0, stderr);
        return [stdout, stderr];
      };
      assert.deepEqual(run('hooks.mjs'), ['200\n2\n', '']);
      assert.deepEqual(run('plain.mjs'), ['2\n', '']);
      const [out, log] = run('plain.mjs', { NODE_DEBUG: 'crankwheel' });
      assert.equal(out, '2\n');
      assert.match(log, /^CRANKWHEEL \d+: GET \/ss\/rsapi\/clients \(attempt 1\): begins$/m);
      assert.match(log, /^CRANKWHEEL \d+: GET \/ss\/rsapi\/clients \(attempt 1\): 200 in \S+ ms/m);
      assert.ok(!log.includes(sandbox.apiKey));
    });
  } finally {
    await sandbox.stop();
  }
});
