// Nothing is lost and nothing is applied twice behind a proxy that breaks three in ten connections.
//
// CHAOS_SEEDS and CHAOS_CLIENTS set the size; the full run has 20 seeds of 1,000 clients.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CrankWheelError } from 'crankwheel';
import { Sandbox } from 'crankwheel/sandbox';
import { startChaos } from './support/chaos-proxy.mjs';

const SEEDS = Number(process.env.CHAOS_SEEDS ?? 1);
const CLIENTS = Number(process.env.CHAOS_CLIENTS ?? 100);
const AT_ONCE = 16;
const PLANS = ['plan_1', 'plan_2', 'plan_3'];

const sname = (number) => `client${String(number).padStart(5, '0')}`;
const plan = (number) => PLANS[number % PLANS.length];

/** Does the work for 0 to `count` - 1, `AT_ONCE` at a time, and returns the results. */
async function spread(count, work) {
  const results = [];
  let next = 0;
  const worker = async () => {
    while (next < count) results.push(await work(next++));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

/** Calls until it succeeds, and checks that every `maybeApplied: false` is true. */
async function insist(call, applied, denied) {
  let unknown = false;
  for (let calls = 1; ; calls += 1) {
    try {
      return [await call(), calls];
    } catch (error) {
      if (!(error instanceof CrankWheelError)) throw error;
      if (error.maybeApplied === false && !unknown) {
        denied();
        assert.ok(!(await applied()), `it was applied: ${error}`);
      }
      unknown ||= error.maybeApplied !== false;
    }
  }
}

for (let seed = 1; seed <= SEEDS; seed += 1) {
  test(`every client is created once and has its plan, seed ${seed}`, async (t) => {
    const sandbox = await Sandbox.start();
    const proxy = await startChaos(sandbox.url, seed);
    try {
      let failed = 0;
      let attempts = 0;
      // Stalled connections must not make the test slow; all other options have their defaults.
      const cw = sandbox.client({
        baseUrl: proxy.url,
        attemptTimeout: 250,
        onRequest: () => {
          attempts += 1;
        },
        onResponse: ({ problem }) => {
          if (problem !== undefined) failed += 1;
        },
      });
      const direct = sandbox.client();

      // A server that is too busy for four in ten writes: of some, all attempts are refused.
      sandbox.fail({
        kind: 'status',
        method: 'POST',
        status: 429,
        headers: { 'retry-after': '0' },
        probability: 0.4,
        seed,
      });
      let denied = 0;
      const deny = () => {
        denied += 1;
      };
      const outcomes = await spread(CLIENTS, async (number) => {
        const name = sname(number);
        const [{ client }] = await insist(
          () => cw.clients.getOrCreate({ sname: name, lname: 'Chaos & Co' }),
          () => direct.clients.find(name),
          deny,
        );
        const [, calls] = await insist(
          () => cw.clients.setPlan(client, plan(number)),
          async () => (await direct.clients.get(client)).currentPlan !== 'unset_or_custom',
          deny,
        );
        return { id: client.id, number, calls };
      });

      const listed = await direct.clients.list();
      assert.equal(listed.length, CLIENTS);
      const plans = new Map(listed.map((client) => [client.sname, client.currentPlan]));
      assert.equal(plans.size, CLIENTS, 'a name twice');
      for (let number = 0; number < CLIENTS; number += 1) {
        assert.equal(plans.get(sname(number)), plan(number));
      }
      // Each call sets a plan at most once: a write whose result is unknown is not retried.
      const set = new Map();
      for (const { path, status } of sandbox.requests) {
        if (path.includes('/plan/') && status === 204) set.set(path, (set.get(path) ?? 0) + 1);
      }
      for (const { id, number, calls } of outcomes) {
        const times = set.get(`/ss/rsapi/clients/${id}/plan/${plan(number)}`) ?? 0;
        // Of a long run the sandbox's log keeps the newest requests only.
        assert.ok(times <= calls, `${times} times set in ${calls} calls`);
      }
      t.diagnostic(`${failed} of ${attempts} attempts failed, ${denied} times certainly not applied`);
      assert.ok(denied > 0, 'nothing was ever certain');
      assert.ok(failed * 20 > attempts, `too little chaos: ${failed} of ${attempts} attempts failed`);
    } finally {
      await proxy.stop();
      await sandbox.stop();
    }
  });
}
