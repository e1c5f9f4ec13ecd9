// Sessions are created from blocks of columns: whatever the order in which rows are accessed, they are the same.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientList, UsageHistory } from 'crankwheel';

const COUNT = 40_000;

/** Returns the raw JSON of a session: few companies, an e-mail address for each third row, missing values. */
function session(index) {
  const start = Date.UTC(2019, 1, 1) + index * 1_000;
  const time = (milliseconds) => `${new Date(milliseconds).toISOString().slice(0, 19)}.${index % 1_000_000}`;
  return {
    email: index % 11 === 0 ? null : `agent${Math.floor(index / 3)}@acme.example`,
    sname: index % 13 === 0 ? null : `company${index % 100}`,
    lname: index < 20_000 ? 'Früher' : 'Später "AG" 😀',
    ...(index % 17 && { start_date: time(start), end_date: time(start + 60_000) }),
    duration: index % 19 === 0 ? null : index,
    viewer_info: { max_viewer_count: index % 5 },
  };
}

const ROWS = Array.from({ length: COUNT }, (_, index) => session(index));

function expected(index) {
  const { email, sname, lname, start_date, end_date, duration, viewer_info } = ROWS[index];
  const time = (text) => (text === undefined ? null : new Date(`${text.slice(0, 19)}Z`).getTime());
  const fraction = (text) => Math.floor(Number(`0.${text?.split('.')[1] ?? 0}`) * 1000 + 1e-9);
  const at = (text) => (text === undefined ? null : time(text) + fraction(text));
  return [email, sname, lname, at(start_date), at(end_date), duration, viewer_info.max_viewer_count];
}

function seen({ email, sname, lname, startDate, endDate, duration, maxViewerCount }) {
  return [
    email,
    sname,
    lname,
    startDate?.getTime() ?? null,
    endDate?.getTime() ?? null,
    duration,
    maxViewerCount,
  ];
}

/** Creates a history, so that no block of it was accessed. */
const history = () => UsageHistory.fromJSON({ sessions: ROWS });

test('rows are the same from the first to the last, from the last to the first, and at random', () => {
  const forwards = history();
  let index = 0;
  for (const row of forwards.sessions) {
    assert.deepEqual(seen(row), expected(index));
    index += 1;
  }
  assert.equal(index, COUNT);
  const backwards = history();
  for (index = COUNT - 1; index >= 0; index -= 1) {
    assert.deepEqual(seen(backwards.sessions[index]), expected(index));
  }
  const anywhere = history();
  for (let turn = 0; turn < 20_000; turn += 1) {
    index = (turn * 7_919) % COUNT;
    assert.deepEqual(seen(anywhere.sessions.at(index)), expected(index));
  }
});

test('rows at the edges of blocks, and their raw JSON', () => {
  const { sessions } = history();
  for (const index of [COUNT - 1, 16_384, 16_383, 0, 32_768, 32_767, 16_385]) {
    assert.deepEqual(seen(sessions[index]), expected(index));
    assert.equal(sessions[index].toJSON().email, ROWS[index].email);
  }
  assert.equal(sessions[COUNT], undefined);
});

test('rows of a history with clients have their ids, also in blocks that need no further strings', () => {
  const clients = ClientList.fromJSON(
    Array.from({ length: 50 }, (_, index) => ({
      id: index + 1,
      sname: `company${index * 2}`,
      settings: { id: 's' },
    })),
  );
  const { sessions } = history().withClients(clients);
  for (const index of [39_999, 20_001, 5, 0, 2, 16_384, 16_386, 32_768]) {
    const { sname, clientId } = sessions[index];
    const number = sname === null ? 1 : Number(sname.slice('company'.length));
    assert.equal(clientId, number % 2 === 0 ? number / 2 + 1 : null, `row ${index}`);
  }
});

test('iterators of a list are iterators of arrays: closing one leaves it where it is', () => {
  const rows = history().sessions[Symbol.iterator]();
  assert.equal(rows[Symbol.iterator](), rows);
  for (const row of rows) {
    assert.equal(row.duration, null);
    break;
  }
  assert.equal(rows.next().value.duration, 1);
  assert.equal([...rows].length, COUNT - 2);
  assert.deepEqual(rows.next(), { value: undefined, done: true });
  const { map } = Object.getPrototypeOf(Object.getPrototypeOf(rows));
  assert.equal(map, Object.getPrototypeOf(Object.getPrototypeOf([].values())).map);
});
