// Comparison tells different things apart, without showing secrets; cloning keeps something useful or throws.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { CrankWheel, Period } from 'crankwheel';
import { Sandbox } from 'crankwheel/sandbox';
import { json, withServer } from './support/server.mjs';

/** Each of `values` equals itself and its twin, and no other of them; so does an object that holds it. */
function assertTellsApart(values, twins) {
  for (const [i, value] of values.entries()) {
    assert.deepStrictEqual(value, value);
    assert.deepStrictEqual([value], [twins[i]], inspect(value));
    for (const [j, other] of values.entries()) {
      if (i === j) continue;
      assert.notDeepStrictEqual(value, other, `${inspect(value)} and ${inspect(other)}`);
      assert.notDeepStrictEqual({ nested: new Map([[1, value]]) }, { nested: new Map([[1, other]]) });
    }
  }
}

test('periods are equal if they are the same to the microsecond', () => {
  const make = () => [
    Period.month('2019-02'),
    Period.month('2019-03'),
    Period.month('2019-02', { timeZone: 'Europe/Berlin' }),
    Period.month('2019-02', { timeZone: '+01:00' }),
    new Period('2019-02-01', '2019-02-27'),
    Period.parse('2019'),
    new Period('2019-02-01T00:00:00.000001Z', '2019-02-28'),
    new Period('2019-02-01T00:00:00.000002Z', '2019-02-28'),
    Period.lastDays(27),
    Period.lastDays(28),
  ];
  assertTellsApart(make(), make());
});

test('a clone of a period has its ends, or its number of days', () => {
  const month = Period.month('2019-02');
  const { start, end } = month;
  assert.deepEqual({ ...structuredClone(month) }, { label: '2019-02', timeZone: 'UTC', start, end });
  assert.deepEqual({ ...structuredClone(Period.lastDays(28)) }, { days: 28 });
  month.start.setFullYear(1999);
  assert.equal(month.start.getFullYear(), 2019);
});

test('a period is taken through a proxy, and from another copy of the package', () => {
  const cw = new CrankWheel({ apiKey: 'test-key-1234' });
  const url = (period) => cw.dryRun.reseller.billing(period).url;
  const month = Period.month('2019-02');
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(month));
  for (const same of [new Proxy(month, {}), copy]) assert.equal(url(same), url(month));
  assert.equal(new Proxy(month, {}).end.getTime(), month.end.getTime());
});

test('login links, impersonation keys and raw responses are equal if what they hide is', async () => {
  const shown = [];
  await withServer(
    (request, response) => {
      const token = /(\d)@/.exec(request.url)[1];
      json(response, { login_url: `https://meeting.is/ss/auth/rlogin/a${token}@b.example:t0ken${token}` });
    },
    async (cw) => {
      const links = () => Promise.all([1, 2, 3, 4].map((n) => cw.sso.grantToken(`a${n}@b.example`)));
      const raw = () =>
        Promise.all([1, 2, 3].map((n) => cw.withRawResponse.sso.grantToken(`a${n}@b.example`)));
      const keys = () => [1, 2, 3].map((n) => cw.impersonationKey(n));
      for (const make of [links, raw, keys]) {
        const values = await make();
        assertTellsApart(values, await make());
        shown.push(...values);
      }
      for (const credential of [...(await links()), ...keys()]) {
        assert.throws(() => structuredClone(credential), { name: 'DataCloneError' });
        assert.throws(() => structuredClone([credential]), { name: 'DataCloneError' });
      }
      for (const [response] of [await raw()]) assert.equal(structuredClone(response).status, 200);
    },
  );
  for (const value of shown) {
    const text = inspect(value, { customInspect: false, showHidden: true, depth: 9 });
    assert.doesNotMatch(text + JSON.stringify({ ...value }), /t0ken|resellerimpersonate|test-key/);
  }
});

test('clients, impersonations and sandboxes are equal to themselves only', async () => {
  const [one, two] = await Promise.all([Sandbox.start(), Sandbox.start()]);
  try {
    const a = one.client();
    const b = a.withOptions({ timeout: 5 });
    const values = [one, two, one.clock, two.clock, a, b, a.impersonate(5), a.impersonate(6)];
    assertTellsApart(values, values);
  } finally {
    await Promise.all([one.stop(), two.stop()]);
  }
});

test('histories are equal if their sessions and totals are', async () => {
  const body = (email, seconds) =>
    `{"stats": {"total_sec": 1, "user_stats": [{"${email}": {"total_sec": ${seconds}, "total_count": 1}}]},
      "sessions": [{"email": "${email}", "duration": ${seconds}}]}`;
  const bodies = [
    body('a@b.example', 5),
    body('a@b.example', 6),
    body('c@b.example', 5),
    '{"stats": {}, "sessions": []}',
  ];
  let next = 0;
  await withServer(
    (_, response) => json(response, bodies[next++ % bodies.length]),
    async (cw) => {
      const make = async () => {
        const all = [];
        for (const _ of bodies) all.push(await cw.reseller.usage());
        return all;
      };
      const [values, twins] = [await make(), await make()];
      assertTellsApart(values, twins);
      const sessions = (histories) => histories.map((history) => history.sessions);
      assertTellsApart(sessions(values), sessions(twins));
      assert.throws(() => structuredClone(values[0]), { name: 'DataCloneError' });
    },
  );
});

test('a clone of an error is an error with its message', () => {
  const cw = new CrankWheel({ apiKey: 'test-key-1234' });
  for (const call of [() => cw.dryRun.clients.get('x'), () => new CrankWheel({ timeout: 'x' })]) {
    assert.throws(call, (error) => {
      const clone = structuredClone(error);
      return clone instanceof Error && clone.message === error.message && clone.stack === error.stack;
    });
  }
});
