// Errors as JavaScript programs use them: codes, causes, logs, and errors that a test creates.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { createContext, runInContext, Script } from 'node:vm';
import * as sdk from 'crankwheel';
import { json, rejection, withServer } from './support/server.mjs';

const { APIConnectionError, APIStatusError, APITimeoutError, ConflictError, CrankWheel, NotFoundError } = sdk;

function client(baseUrl, options = {}) {
  return new CrankWheel({ apiKey: 'test-key-1234', baseUrl, maxRetries: 0, ...options });
}

/** Returns the error of a call to a server of sockets. */
async function failure(handler, options = {}, scheme = 'http') {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    return await rejection(client(`${scheme}://127.0.0.1:${server.address().port}`, options).clients.list());
  } finally {
    server.close();
  }
}

test('connection errors have a code, and one cause in plain words with the same code', async () => {
  const errors = {
    ECONNREFUSED: await rejection(client('http://127.0.0.1:1').clients.list()),
    ECONNRESET: await failure((socket) => socket.once('data', () => socket.destroy())),
    EPROTO: await failure((socket) => socket.once('data', () => socket.end('SSH-2.0-x\r\n'))),
    ETIMEDOUT: await failure((socket) => setTimeout(() => socket.destroy(), 500), { timeout: 50 }),
  };
  for (const [code, error] of Object.entries(errors)) {
    assert.equal(error.code, code, inspect(error));
    assert.ok(error instanceof APIConnectionError);
    assert.equal(error instanceof APITimeoutError, code === 'ETIMEDOUT');
    assert.equal(JSON.parse(JSON.stringify(error)).code, code);
    if (code === 'ETIMEDOUT') continue;
    const { cause } = error;
    assert.ok(cause instanceof Error, code);
    assert.equal(cause.code, code);
    assert.equal(cause.cause, undefined, 'no chain');
    assert.equal(cause.stack.match(/\n {4}at /g).length, 1, cause.stack);
    assert.match(cause.stack, /GET \/ss\/rsapi\/clients/);
    assert.doesNotMatch(cause.message, /client error|hyper|reqwest|rustls|tcp connect/i);
    assert.deepEqual(JSON.parse(JSON.stringify(error)).cause, {
      name: 'Error',
      message: cause.message,
      code,
    });
  }
  assert.match(errors.ECONNREFUSED.cause.message, /^the connection was refused: /);
});

test('errors without a failed connection have no code and no cause', async () => {
  await withServer(
    (_, response) => json(response, { errors: { sname: ['bad'] } }, 400),
    async (cw) => {
      for (const error of [
        await rejection(cw.clients.list()),
        await rejection(cw.clients.get('x')),
        await rejection(cw.clients.list({ timeout: -1 })),
      ]) {
        assert.equal(error.code, undefined);
        assert.ok(!('cause' in error) && !('cause' in error.toJSON()) && !('code' in error.toJSON()));
      }
    },
  );
});

test('every class can be created with a message and attributes', () => {
  const statuses = { BadRequestError: 400, AuthenticationError: 401, PermissionDeniedError: 403 };
  Object.assign(statuses, { NotFoundError: 404, ConflictError: 409, UnprocessableEntityError: 422 });
  Object.assign(statuses, { RateLimitError: 429, InternalServerError: 500, APIStatusError: 418 });
  const classes = Object.entries(sdk).filter(([name]) => name.endsWith('Error'));
  assert.equal(classes.length, 15);
  for (const [name, Class] of classes) {
    const error = new Class('x', name === 'APIStatusError' ? { status: 418 } : undefined);
    assert.ok(error instanceof Class && error instanceof sdk.CrankWheelError && error instanceof Error);
    assert.deepEqual([error.name, error.message, error.status], [name, 'x', statuses[name]]);
    assert.deepEqual([error.errors, error.headers, error.attempts], [{}, {}, 0]);
    assert.match(error.stack, /^\w*: x\n.*errors.test.mjs/);
    assert.deepEqual(error.toJSON(), {
      name,
      message: 'x',
      attempts: 0,
      ...(statuses[name] && { status: statuses[name] }),
    });
  }
  const cause = new Error('why');
  const given = { existingId: 5, errors: { sname: ['taken'] }, body: '{}', headers: { a: 'b' }, cause };
  const conflict = new ConflictError('taken', { ...given, maybeApplied: false, requestId: undefined });
  assert.deepEqual([conflict.status, conflict.existingId, conflict.maybeApplied], [409, 5, false]);
  assert.deepEqual([conflict.errors, conflict.body, conflict.headers], [given.errors, '{}', { a: 'b' }]);
  assert.equal(conflict.cause, cause);
  assert.ok(!('requestId' in conflict));
  assert.equal(new NotFoundError('x', { status: 410 }).status, 410);
  assert.equal(new NotFoundError().message, '');
});

test('attributes that do not exist or have another type are refused', () => {
  const wrong = [
    [{ statusCode: 404 }, 'statusCode: unknown option; did you mean `status`? Valid options are status, '],
    [{ request_id: 'x' }, 'request_id: unknown option; did you mean `requestId`?'],
    [{ colour: 1 }, 'colour: unknown option; valid options are '],
    [{ status: '404' }, 'status: must be an integer of 0 or more, got a string'],
    [{ errors: ['x'] }, 'errors: must be an object, got an array'],
    [new Map([['status', 404]]), 'attributes: must be an object with named members, got a Map'],
    ['x', 'attributes: must be an object with named members, got a string'],
    [new Error('x'), 'attributes: must be an object with named members, got an Error'],
  ];
  for (const [attributes, message] of wrong) {
    assert.throws(
      () => new NotFoundError('x', attributes),
      (error) => error instanceof TypeError && error.message.startsWith(message),
      message,
    );
  }
  assert.throws(() => new NotFoundError(5), /^TypeError: message: must be a string, got 5$/);
  assert.throws(() => new APIStatusError('x', {}), /^TypeError: status: required/);
});

test('the arrays and objects of an error are of the realm that the package was loaded in', () => {
  // As Jest does: the modules of the package run in another realm, the addon is loaded outside of it.
  const context = createContext({ process, Buffer, AbortSignal, URLSearchParams, TextEncoder, console });
  const dist = new URL('../dist/', import.meta.url);
  const outer = createRequire(new URL('index.js', dist));
  const modules = new Map();
  const load = (file) => {
    if (modules.has(file.href)) return modules.get(file.href).exports;
    const module = { exports: {} };
    modules.set(file.href, module);
    const wrapped = `(function (exports, require, module, __dirname, __filename) {${readFileSync(file)}\n})`;
    const require = (name) => (name.startsWith('./') ? load(new URL(`${name}.js`, file)) : outer(name));
    const folder = new URL('.', file).pathname;
    new Script(wrapped).runInContext(context)(module.exports, require, module, folder, file.pathname);
    return module.exports;
  };
  context.inner = load(new URL('index.js', dist));
  const [own, classes] = runInContext(
    `(() => {
      const cw = new inner.CrankWheel({ apiKey: 'k' });
      let error;
      try { cw.dryRun.clients.create({ sname: 5 }); } catch (thrown) { error = thrown; }
      return [
        error.errors instanceof Object && error.errors.sname instanceof Array &&
          error.headers instanceof Object && inner.Period.months('2019-01', '2019-02') instanceof Array,
        error instanceof Error && error.constructor.name,
      ];
    })()`,
    context,
  );
  assert.deepEqual([own, classes], [true, 'InvalidRequestError']);
});
