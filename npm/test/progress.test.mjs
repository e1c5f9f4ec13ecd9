// The progress of a usage history, and sessions in batches that keep the event loop free.

import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { after, before, mock, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { APIConnectionError } from 'crankwheel';
import { Sandbox } from 'crankwheel/sandbox';
import { rejection } from './support/server.mjs';

const USAGE = '/ss/rsapi/clients_usage';
const PIECES = 12;

let sandbox;
before(async () => {
  sandbox = await Sandbox.start({ clients: 20, days: 60, now: '2019-03-15T12:00:00Z' });
});
after(() => sandbox.stop());

function slow() {
  sandbox.clearFaults();
  sandbox.fail({ kind: 'slow_body', pieces: PIECES, pauseMs: 80, path: USAGE });
}

test('a function receives the progress, at most ten times a second and at the end', async () => {
  slow();
  const reports = [];
  const stores = new Set();
  const storage = new AsyncLocalStorage();
  const history = await storage.run('caller', () =>
    sandbox.client().reseller.usage(null, {
      onProgress: (progress) => {
        reports.push(progress);
        stores.add(storage.getStore());
      },
    }),
  );
  assert.ok(reports.length >= 3 && reports.length <= PIECES + 1, JSON.stringify(reports));
  const last = reports.at(-1);
  assert.deepEqual(
    reports.map(({ done }) => done),
    [...Array(reports.length - 1).fill(false), true],
  );
  const bytes = reports.map(({ receivedBytes }) => receivedBytes);
  assert.deepEqual(
    bytes,
    [...bytes].sort((a, b) => a - b),
  );
  assert.ok(bytes[0] > 0 && bytes[0] < last.receivedBytes);
  assert.deepEqual([last.rows, last.totalBytes], [history.sessions.length, last.receivedBytes]);
  assert.deepEqual([...stores], ['caller']);
});

test('an error of the function cancels the call and is its error', async () => {
  slow();
  const error = new Error('enough');
  const fail = () => {
    throw error;
  };
  assert.equal(await rejection(sandbox.client().reseller.usage(null, { onProgress: fail })), error);
  const raw = sandbox.client().withRawResponse.reseller.usage(null, { onProgress: fail });
  assert.equal(await rejection(raw), error);
});

test('a failed call has no last report, and what is not a function is refused', async () => {
  sandbox.clearFaults();
  sandbox.fail({ kind: 'truncate', path: USAGE });
  const reports = [];
  const options = { maxRetries: 0, onProgress: (progress) => reports.push(progress) };
  const error = await rejection(sandbox.client().reseller.usage(null, options));
  assert.ok(error instanceof APIConnectionError);
  assert.ok(reports.every(({ done }) => !done));
  for (const onProgress of [true, 'yes', 5, {}]) {
    const refused = await rejection(sandbox.client().reseller.usage(null, { onProgress }));
    assert.match(refused.message, /onProgress: must be a function, got/);
  }
  await assert.rejects(sandbox.client().clients.list({ onProgress: () => {} }), /onProgress/);
});

test('raw responses report their bytes', async () => {
  slow();
  const reports = [];
  const onProgress = (progress) => reports.push(progress);
  const raw = await sandbox.client().withRawResponse.reseller.usage(null, { onProgress });
  assert.equal(reports.at(-1).receivedBytes, raw.body.length);
  assert.equal(raw.body, raw.body);
  sandbox.clearFaults();
});

test('batches and for await return every session in order', async () => {
  sandbox.clearFaults();
  const { sessions } = await sandbox.client().reseller.usage();
  const all = JSON.stringify([...sessions]);
  for (const size of [1, 7, 1_000, sessions.length, 1_000_000]) {
    const batches = [];
    for await (const batch of sessions.batches(size)) batches.push(batch);
    assert.equal(batches.length, Math.ceil(sessions.length / size));
    assert.equal(JSON.stringify(batches.flat()), all, String(size));
  }
  const rows = [];
  for await (const session of sessions) rows.push(session);
  assert.equal(JSON.stringify(rows), all);
  for (const size of [0, -1, 1.5, '5', Number.NaN, null]) {
    assert.throws(() => sessions.batches(size), /size: must be an integer of 1 or more, got/);
  }
});

test('the event loop goes on between batches', async () => {
  const large = await Sandbox.start({
    clients: 500,
    days: 90,
    sessions: 200_000,
    now: '2019-03-15T12:00:00Z',
  });
  try {
    const { sessions } = await large.client().reseller.usage('2018-01-01/2019-03-15');
    assert.ok(sessions.length > 150_000);
    // The columns are passed once, at the first access.
    assert.ok(sessions[0].email);
    let ticks = 0;
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      ticks += 1;
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    try {
      let seconds = 0;
      for await (const { duration } of sessions) seconds += duration;
      for await (const batch of sessions.batches(500))
        seconds -= batch.reduce((sum, row) => sum + row.duration, 0);
      assert.equal(seconds, 0);
      await wait(5);
    } finally {
      clearInterval(timer);
    }
    assert.ok(ticks > 20, `${ticks} ticks`);
    // Generous: other work on the machine delays timers, too. A plain loop takes several hundred milliseconds.
    assert.ok(longest < 150, `${longest} ms`);
  } finally {
    await large.stop();
  }
});

test('fake timers stop neither the reports nor the loops over sessions', async () => {
  slow();
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate', 'Date'] });
  try {
    let reports = 0;
    const onProgress = () => {
      reports += 1;
    };
    const { sessions } = await sandbox.client().reseller.usage(null, { onProgress });
    assert.ok(reports >= 3, `${reports} reports`);
    let [inBatches, single] = [0, 0];
    const loops = (async () => {
      for await (const batch of sessions.batches(100)) inBatches += batch.length;
      for await (const _ of sessions) single += 1;
      return 'ended';
    })();
    // Its time is real: a loop that waits for a fake timer would wait for ever.
    const late = wait(5_000, 'late', { ref: false });
    assert.equal(await Promise.race([loops, late]), 'ended');
    assert.deepEqual([inBatches, single], [sessions.length, sessions.length]);
  } finally {
    mock.timers.reset();
  }
});
