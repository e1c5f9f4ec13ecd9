// Extra headers: on a client, on a copy and for one call.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { CrankWheel } from 'crankwheel';
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
    [[['x-one', SECRET]], 'must be an object, got an array'],
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

test('values are shown nowhere', () => {
  const cw = new CrankWheel({ apiKey: 'a-key', headers: { 'x-gateway-key': SECRET } });
  const run = cw.dryRun.clients.list();
  assert.equal(run.headers['x-gateway-key'] ?? run.headers.get?.('x-gateway-key'), '***');
  assert.ok(
    !`${inspect(cw)} ${inspect(run)} ${JSON.stringify(run)} ${run.curl} ${cw.diagnose()}`.includes(SECRET),
  );
});
