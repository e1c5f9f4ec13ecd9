// The sandbox's methods with odd values: each error names the argument, the value and what to do. And the program's
// signals.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { InternalServerError } from 'crankwheel';
import { Sandbox } from 'crankwheel/sandbox';
import { rejection } from './support/server.mjs';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const NOON = '2019-03-01T12:00:00Z';

let sandbox;
before(async () => {
  sandbox = await Sandbox.start({ clients: 2, days: 60, now: '2019-03-15T12:00:00Z' });
});
after(() => sandbox.stop());

const loop = {};
loop.loop = loop;

const REFUSED = [
  [(s) => s.addClient({ sname: 'no' }), 'sname: should be at least 7 character(s), got "no"; write 7 to 32'],
  [(s) => s.addClient({}), "sname: can't be blank; write 7 to 32 lowercase letters and digits"],
  [(s) => s.addClient({ sname: 'acmecorp', lnme: 'x' }), 'lnme: unknown field; valid fields are sname'],
  [
    (s) => s.addClient({ sname: 'acmecorp', extra: { new_field: 1 } }),
    'newField: unknown field; valid fields are',
  ],
  [
    (s) => s.addClient({ sname: 'acmecorp', postSessionUrl: 'x' }),
    'postSessionUrl: is invalid, got "x"; write an absolute URL',
  ],
  [
    (s) => s.addClient({ sname: 'acmecorp', settings: { auditLog: 5 } }),
    'settings.auditLog: is invalid, got 5; write a boolean or null',
  ],
  [
    (s) => s.addClient({ sname: 'acmecorp', createdAt: new Date('x') }),
    'createdAt: must be a Date, or an RFC',
  ],
  [(s) => s.addClient({ sname: 'acmecorp', createdAt: 'x' }), 'createdAt: must be an RFC 3339 time'],
  [
    (s) => s.addClient({ sname: 'acmecorp', currentPlan: 'x' }),
    'currentPlan: unknown plan "x"; valid plans are plan_1',
  ],
  [(s) => s.addClient({ sname: 'acmecorp', logo: 5n }), 'logo: must be a value that JSON can hold, got 5'],
  [(s) => s.addUser(1, 'a@b.is'), 'client: unknown client 1; add it first'],
  [
    (s) => s.addUser(undefined, 'a@b.is'),
    'client: must be an id, a string of digits, or a client with such an id',
  ],
  [(s) => s.addUser({}, 'a@b.is'), 'client: must be an id, a string of digits'],
  [(s) => s.addUser(2 ** 60, 'a@b.is'), 'client: must be an id'],
  [(s) => s.addUser(27001, 'anna'), 'email: not a valid e-mail address, got "anna"'],
  [(s) => s.addUser(27001, 5), 'email: must be a string, got 5'],
  [(s) => s.addUser(27001, '\ud800@b.is'), 'email: must be a string without lone surrogates'],
  [(s) => s.addUser(27001, 'a@b.is', 'boss'), 'role: must be user, admin or owner, got "boss"'],
  [(s) => s.addSession(27001, 'a@b.is', { start: 'noon', duration: 1 }), 'start: must be an RFC 3339 time'],
  [
    (s) => s.addSession(27001, 'a@b.is', { start: NOON, duration: -5000 }),
    'duration: must be between 0 and 2^32',
  ],
  [
    (s) => s.addSession(27001, 'a@b.is', { start: NOON, duration: '1' }),
    'duration: must be a number of milliseconds',
  ],
  [
    (s) => s.addSession(27001, 'a@b.is', { start: NOON, duration: { minute: 1 } }),
    'minute: unknown option; did you mean',
  ],
  [
    (s) => s.addSession(27001, 'a@b.is', { start: NOON, duration: { minutes: '1' } }),
    'minutes: must be a number',
  ],
  [
    (s) => s.addSession(27001, 'a@b.is', { start: NOON, duration: 1, viewers: -1 }),
    'viewers: must be an integer',
  ],
  [(s) => s.addPlan(''), 'apiName: must not be empty or "unset_or_custom", got ""'],
  [(s) => s.addPlan(5), 'apiName: must be a string, got 5'],
  [
    (s) => s.addPlan('p', { sessionLimit: 2 ** 40 }),
    'sessionLimit: must be an integer between 0 and 4294967295',
  ],
  [(s) => s.addPlan('p', { licenseCount: 1.5 }), 'licenseCount: must be an integer between 0 and 4294967295'],
  [(s) => s.addPlanChange(27001, 'x'), 'plan: unknown plan "x"; valid plans are plan_1'],
  [(s) => s.addPlanChange(1, 'plan_1'), 'client: unknown client 1; add it first'],
  [(s) => s.addPlanChange(27001, 5), 'plan: must be the API name of a plan, or a plan, got 5'],
  [
    (s) => s.addPlanChange(27001, 'plan_1', { at: '1999-01-01T00:00:00Z' }),
    'at: must not be before the client',
  ],
  [(s) => s.addPlanChange(27001, 'plan_1', { setBy: 5 }), 'setBy: must be a string, got 5'],
  [(s) => s.addKey('a b', { owner: 'a@b.is' }), 'key: must be visible ASCII characters without spaces'],
  [(s) => s.addKey(5, { owner: 'a@b.is' }), 'key: must be a string'],
  [(s) => s.addKey('k', { owner: 'anna' }), 'owner: not a valid e-mail address, got "anna"'],
  [(s) => s.addKey('k', { owner: 'a@b.is', readOnly: 1 }), 'readOnly: must be a boolean, got 1'],
  [(s) => s.respond('GET', 'ss/rsapi/clients'), 'path: must start with "/"'],
  [
    (s) => s.respond('DELETE', '/ss/rsapi/clients'),
    'method: "/ss/rsapi/clients" has no DELETE; valid methods are',
  ],
  [(s) => s.respond('GET', '/ss/rsapi/clients/{nr}'), 'path: unknown parameter {nr}; write {id}'],
  [(s) => s.respond('GE T', '/x'), 'method: must be an HTTP method such as GET, got "GE T"'],
  [(s) => s.respond(5, '/x'), 'method: must be a string, got 5'],
  [
    (s) => s.respond('GET', '/x', { status: 70_000 }),
    'status: must be an integer between 200 and 999, got 70000',
  ],
  [
    (s) => s.respond('GET', '/x', { status: '200' }),
    'status: must be an integer between 200 and 999, got a string',
  ],
  [(s) => s.respond('GET', '/x', { times: 0 }), 'times: must be an integer between 1 and 4294967295, got 0'],
  [(s) => s.respond('GET', '/x', { body: 5 }), 'body: must be a string or a Uint8Array, got 5'],
  [
    (s) => s.respond('GET', '/x', { json: loop }),
    'json.loop: must be a value that JSON can hold, got an object that contains itself',
  ],
  [(s) => s.respond('GET', '/x', { json: 1, body: '1' }), 'json: cannot be combined with body'],
  [(s) => s.respond('GET', '/x', { headers: { a: 5 } }), 'headers.a: must be a string, got 5'],
  [(s) => s.respond('GET', '/x', { headers: 'a' }), 'headers: must be an object whose values are strings'],
  [(s) => s.fail({ kind: 'latency' }), 'ms: missing; the fault "latency" needs it, must be an integer'],
  [(s) => s.fail({ kind: 'slow_body', pauseMs: '5' }), 'pauseMs: must be an integer of 0 or more, got "5"'],
  [(s) => s.fail({ kind: 'latency', ms: 5n }), 'ms: must be a value that JSON can hold, got 5'],
  [(s) => s.fail({ kind: 'constructor' }), 'kind: must be one of latency'],
  [(s) => s.clock.set('noon'), 'time: must be an RFC 3339 time'],
  [(s) => s.clock.set(5), 'time: must be a Date, or an RFC 3339 time such as 2019-03-01T12:00:00Z, got 5'],
  [(s) => s.clock.advance({ day: 1 }), 'day: unknown option; did you mean `days`? Valid options are days'],
  [(s) => s.clock.advance(Number.NaN), 'by: must be a number of at most'],
  [(s) => s.clock.advance(new Date()), 'by: must be an object with named members, got a Date'],
  [(s) => s.restore(5), 'snapshot: must be a string, got 5'],
  [(s) => s.control('POST', 'users', [{ email: 'x' }]), '[0].clientId: missing; must be an integer'],
  [(s) => s.control('POST', 'users'), 'body: must not be empty; send a JSON object'],
];

test('each refused argument is named, in words', () => {
  for (const [call, expected] of REFUSED) {
    assert.throws(
      () => call(sandbox),
      (error) => {
        assert.ok(error.message.startsWith(expected), `${call}: ${error.message}`);
        assert.doesNotMatch(error.message, /napi|rust|serde|#native|line \d+ column|\{"/i, error.message);
        // A `code` of the native layer says nothing.
        assert.equal(error.code, undefined);
        return true;
      },
    );
  }
});

test('values that mean the same are taken', async () => {
  const cw = sandbox.client();
  const [client] = await cw.clients.list();
  const [plan] = await cw.reseller.plans();
  for (const [index, given] of [client, client.id, `${client.id}`, { id: client.id }].entries()) {
    sandbox.addUser(given, `user${index}@acme.example`);
  }
  const id = sandbox.addClient({ sname: 'acmecorp', currentPlan: plan, createdAt: '2019-01-01T00:00:00Z' });
  assert.equal((await cw.clients.get(id)).currentPlan, plan.apiName);
  sandbox.respond('patch', '/ss/rsapi/clients/{id}', {
    status: 503,
    headers: new Headers({ 'retry-after': '0' }),
  });
  assert.ok((await rejection(cw.clients.update(client, { lname: 'A' }))) instanceof InternalServerError);
  await cw.clients.update(client, { lname: 'A' });
});

/** Returns the status of a request with this `Host`. */
function status(url, host) {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

test('allowed hosts', async () => {
  const open = await Sandbox.start({ allowedHosts: ['sandbox.example', '10.0.0.1'] });
  try {
    for (const [host, expected] of [
      ['localhost', 200],
      ['sandbox.example:8080', 200],
      ['10.0.0.1', 200],
      ['evil.example', 403],
    ]) {
      assert.equal(await status(`${open.url}/_sandbox/state`, host), expected, host);
    }
  } finally {
    await open.stop();
  }
  for (const [allowedHosts, message] of [
    ['sandbox', /^allowedHosts: must be an array of strings, got a string$/],
    [[5], /^allowedHosts: must be an array of strings, got an array$/],
    [['http://sandbox'], /allowedHosts: must be host names without scheme and port/],
  ]) {
    await assert.rejects(Sandbox.start({ allowedHosts }), { message });
  }
});

/** Starts the program, and returns it when it serves. */
async function greeted(command, ...args) {
  const program = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => program.once('exit', (...end) => resolve(end)));
  for await (const line of createInterface({ input: program.stdout })) {
    if (line.includes('Ctrl-C')) break;
  }
  return { program, ended };
}

const ARGUMENTS = [CLI, 'sandbox', '--port', '0', '--clients', '2'];
const UNSHARE = ['--user', '--map-root-user', '--pid', '--fork', '--kill-child'];

test('each signal ends the program at once', { skip: process.platform === 'win32' }, async () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    const { program, ended } = await greeted(process.execPath, ...ARGUMENTS);
    const sent = performance.now();
    program.kill(signal);
    assert.deepEqual(await ended, [0, null], signal);
    assert.ok(performance.now() - sent < 3_000, signal);
  }
});

test('as the first process of a container, too', { skip: process.platform !== 'linux' }, async () => {
  const possible = spawnSync('unshare', [...UNSHARE, 'true']).status === 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    if (possible) {
      const { program, ended } = await greeted('unshare', ...UNSHARE, process.execPath, ...ARGUMENTS);
      const { pid } = program;
      process.kill(Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')), signal);
      assert.deepEqual(await ended, [0, null], signal);
    } else {
      // Without the right to create a container, the handlers themselves show it.
      const { program, ended } = await greeted(process.execPath, ...ARGUMENTS);
      const caught = /SigCgt:\s*(\w+)/.exec(readFileSync(`/proc/${program.pid}/status`, 'utf8'))[1];
      const number = { SIGHUP: 1n, SIGINT: 2n, SIGTERM: 15n }[signal];
      assert.equal((BigInt(`0x${caught}`) >> (number - 1n)) & 1n, 1n, signal);
      program.kill(signal);
      assert.deepEqual(await ended, [0, null], signal);
    }
  }
});

test('the program has exit codes for wrong arguments', () => {
  for (const [args, code] of [
    [['--nothing'], 2],
    [['--allow-host', 'http://x'], 1],
    [['--help'], 0],
  ]) {
    assert.equal(spawnSync(process.execPath, [...ARGUMENTS, ...args]).status, code, args.join(' '));
  }
});
