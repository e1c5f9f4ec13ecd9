// A long run in one process has no more memory, files or threads at its end than at its beginning.
//
// Allocators take a while to reach their size, so a run that needed more memory than all before is repeated: a leak grows
// each time. LEAK_CALLS is the number of calls in a run; the full test has 100,000.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { Sandbox } from 'crankwheel/sandbox';
import { environment, withProject } from './support/consumer.mjs';

const CALLS = Number(process.env.LEAK_CALLS ?? 2000);
const ALLOWED = 2 * 1024 * 1024;

/** Runs in a separate process: it can call the garbage collector, and no test runner allocates memory. */
const PROGRAM = `
  import { readdirSync } from 'node:fs';
  import { setFlagsFromString } from 'node:v8';
  import { runInNewContext } from 'node:vm';
  import { CrankWheel } from 'crankwheel';

  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const calls = Number(process.argv[2]);
  let events = 0;
  const cw = new CrankWheel({ maxRetries: 0, onResponse: () => { events += 1; } });
  const { id } = (await cw.clients.list())[0];
  const controller = new AbortController();

  const kinds = [
    () => cw.clients.list(),
    () => cw.clients.get(id, { signal: controller.signal }),
    () => cw.reseller.billing(),
    () => cw.reseller.usage().then((history) => history.sessions.toArray().length + history.stats.totalCount),
    () => cw.clients.get(1).catch((error) => error.message),
    () => cw.clients.update(id, { lname: 'Acme' }),
    () => cw.withRawResponse.reseller.plans().then((raw) => raw.parse().length),
    () => cw.withOptions({ timeout: 30_000, onRequest() {} }).reseller.plans(),
    () => cw.clients.list({ signal: AbortSignal.timeout(0) }).catch(() => undefined),
    async () => cw.dryRun.clients.list(),
  ];
  async function work(count) {
    for (let done = 0; done < count; done += kinds.length) await Promise.all(kinds.map((call) => call()));
  }
  async function state() {
    // Native memory is freed in later turns of the event loop.
    for (let round = 0; round < 3; round += 1) {
      collect();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const count = (folder) => (process.platform === 'linux' ? readdirSync(folder).length : 0);
    return {
      rss: process.memoryUsage().rss,
      files: count('/proc/self/fd'),
      threads: count('/proc/self/task'),
    };
  }

  await work(2000);
  const states = [await state()];
  for (let round = 0; round < 6; round += 1) {
    const most = Math.max(...states.map(({ rss }) => rss));
    await work(calls);
    states.push(await state());
    if (states.at(-1).rss < most + Number(process.argv[3])) break;
  }
  console.log(JSON.stringify({ states, events }));
`;

test(`${CALLS} calls leak no memory, files or threads`, async (t) => {
  const sandbox = await Sandbox.start({ clients: 5, days: 20 });
  try {
    await withProject({ 'package.json': '{}', 'leaks.mjs': PROGRAM }, async (folder) => {
      // The sandbox has its own thread: waiting here does not block it.
      const printed = execFileSync(
        process.execPath,
        [join(folder, 'leaks.mjs'), CALLS, ALLOWED].map(String),
        {
          encoding: 'utf8',
          cwd: folder,
          // Without logging, which would dominate the measurement.
          env: environment(sandbox),
        },
      );
      const { states, events } = JSON.parse(printed);
      t.diagnostic(states.map(({ rss }) => `${(rss / 1024 / 1024).toFixed(1)} MiB`).join(', '));
      const [before, after] = [states[0], states.at(-1)];
      assert.ok(events >= CALLS / 2);
      const most = Math.max(...states.slice(0, -1).map(({ rss }) => rss));
      assert.ok(after.rss - most < ALLOWED, 'the memory grows with every run');
      assert.ok(after.threads <= before.threads);
      // The idle connections of the pool come and go.
      assert.ok(after.files <= before.files + 8, `${before.files} files, then ${after.files}`);
    });
  } finally {
    await sandbox.stop();
  }
});
