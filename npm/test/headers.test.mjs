// Extra headers: on a client, on a copy and for one call.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { CrankWheel } from 'crankwheel';
import { withProject } from './support/consumer.mjs';
import { json, rejection, withServer } from './support/server.mjs';

const SECRET = 's3cret-gateway-key';

test('headers of a client, of a copy and of one call are sent', async () => {
  const seen = [];
  const respond = (request, response) => {
    seen.push([request.headers['x-gateway-key'], request.headers.traceparent]);
    json(response, []);
  };
  await withServer(respond, async (cw) => {
    const own = cw.withOptions({ headers: { 'X-Gateway-Key': SECRET, traceparent: '00-1' } });
    await own.clients.list();
    await own.clients.list({ headers: new Headers({ Traceparent: '00-2' }) });
    await own.withOptions({ headers: new Map([['x-gateway-key', null]]) }).clients.list();
    await own.clients.list({ headers: { traceparent: undefined } });
  });
  assert.deepEqual(seen, [
    [SECRET, '00-1'],
    [SECRET, '00-2'],
    [undefined, '00-1'],
    [SECRET, undefined],
  ]);
});

test('other headers are refused without their values', async () => {
  const cw = new CrankWheel({ apiKey: 'a-key' });
  for (const [headers, words] of [
    [{ Authorization: SECRET }, '`apiKey`'],
    [{ 'user-agent': SECRET }, '`userAgentSuffix`'],
    [{ 'Content-Length': '5' }, 'the SDK sets'],
    [{ Connection: 'close' }, 'belongs to the connection'],
    [{ 'x one': SECRET }, 'not a valid name of a header, got "x one"'],
    [{ 'x-one': `${SECRET}\r\n` }, '"x-one" must be printable ASCII'],
    [{ 'x-one': [SECRET] }, 'the value of "x-one" must be a string'],
    [5, 'headers'],
    ['x-one', 'headers'],
    [new Map([[5, SECRET]]), 'a name must be a string, got 5'],
    [[['x-one', SECRET]], 'must be an object with named members, got an array'],
  ]) {
    const shown = inspect(headers);
    for (const act of [() => cw.withOptions({ headers }), () => cw.clients.list({ headers })]) {
      const error = await rejection((async () => act())());
      assert.equal(error.name, 'ConfigurationError', shown);
      assert.ok(error.message.includes(words), `${shown}: ${error.message}`);
      assert.ok(!inspect(error).includes(SECRET), `${shown}: ${inspect(error)}`);
    }
  }
});

for (const value of ['open-sesame', 'q7', '9f2c81ab55', 'Bearer abc77']) {
  test(`the value ${value} is neither logged nor in events and errors`, async () => {
    const token = value.replace('Bearer ', '');
    const program = `
      import { createServer } from 'node:http';
      import { inspect } from 'node:util';
      import { CrankWheel } from 'crankwheel';

      const [value, token] = ${JSON.stringify([value, token])};
      const server = createServer((_, response) => {
        const headers = { 'retry-after': '0', 'x-request-id': value, via: '1.1 ' + value };
        response.writeHead(503, headers).end(JSON.stringify({ message: 'no ' + token }));
      });
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      const seen = [];
      const cw = new CrankWheel({
        apiKey: 'a-key',
        baseUrl: 'http://127.0.0.1:' + server.address().port,
        headers: { 'X-Gateway-Key': value },
        maxRetries: 1,
        onRequest: (info) => seen.push(info),
        onResponse: (info) => seen.push(info),
      });
      const error = await cw.clients.list().catch((thrown) => thrown);
      console.log(JSON.stringify(seen), inspect(seen, { depth: 9 }), error.message, String(error), error.stack);
      console.log(inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error), JSON.stringify({ ...error }));
      console.log(inspect(structuredClone(error)), inspect(cw, { depth: 9, showHidden: true }), cw.diagnose());
      cw.close();
      server.close();`;
    await withProject({ 'package.json': '{}', 'echo.mjs': program }, (folder) => {
      for (const env of [{ NODE_DEBUG: 'crankwheel' }, { CRANKWHEEL_LOG: 'debug' }]) {
        const options = { cwd: folder, env: { ...process.env, ...env }, encoding: 'utf8', timeout: 30_000 };
        const { status, stdout, stderr } = spawnSync(process.execPath, ['echo.mjs'], options);
        assert.equal(status, 0, stderr);
        assert.match(stdout, /"requestId":"\*\*\*"/);
        assert.match(stdout, /no \*\*\*/);
        assert.match(stderr, /\(attempt 2\): 503 in .*request \*\*\*/);
        for (const text of [stdout, stderr]) {
          assert.ok(!text.includes(value), text);
          assert.doesNotMatch(text, new RegExp(`\\b${token}\\b`));
        }
      }
    });
  });
}

test('ordinary values do not change messages', async () => {
  for (const value of ['production', 'eu-central-1', '1']) {
    const message = `the ${value} of Acme has 1 client in production`;
    await withServer(
      (_, response) => json(response, { message }, 400),
      async (cw) => assert.ok((await rejection(cw.clients.list())).message.includes(message)),
      { headers: { 'X-Environment': value } },
    );
  }
});

test('values are shown nowhere', () => {
  const cw = new CrankWheel({ apiKey: 'a-key', headers: { 'x-gateway-key': SECRET } });
  const run = cw.dryRun.clients.list();
  assert.equal(run.headers['x-gateway-key'] ?? run.headers.get?.('x-gateway-key'), '***');
  assert.ok(
    !`${inspect(cw)} ${inspect(run)} ${JSON.stringify(run)} ${run.curl} ${cw.diagnose()}`.includes(SECRET),
  );
});
