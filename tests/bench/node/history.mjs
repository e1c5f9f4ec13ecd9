// A usage history into rows that are all read once, or into an Arrow table: time, CPU, peak memory, and the longest
// time that the event loop is blocked before the response is there. A variant is the tool, `+`, `rows` or `arrow`.

import { clock, finish, HEADERS, HISTORY, loop, memory, parameters } from './measure.mjs';

/** Reads every property of every row, and returns the sum of the durations. */
function readAll(sessions) {
  let total = 0;
  let present = 0;
  for (const session of sessions) {
    total += session.duration;
    if (session.email) present++;
    if (session.sname) present++;
    if (session.lname) present++;
    if (session.startDate) present++;
    if (session.endDate) present++;
    if (session.maxViewerCount !== null) present++;
  }
  return present > 0 ? total : 0;
}

/** The same for rows as JSON has them: their times are strings. */
function readAllRaw(sessions) {
  let total = 0;
  let present = 0;
  for (const session of sessions) {
    total += session.duration;
    if (session.email) present++;
    if (session.sname) present++;
    if (session.lname) present++;
    if (session.start_date) present++;
    if (session.end_date) present++;
    if (session.viewer_info.max_viewer_count !== null) present++;
  }
  return present > 0 ? total : 0;
}

/** The sum of the durations of an Arrow table. */
function durations(table) {
  let total = 0;
  for (const batch of table.getChild('duration').data)
    for (const value of batch.values) total += Number(value);
  return total;
}

async function crankwheel(url, arrow) {
  const { CrankWheel } = await import('crankwheel');
  const cw = new CrankWheel({ apiKey: 'bench-key', baseUrl: url });
  return {
    fetch: () => cw.reseller.usage('2026-10'),
    rows: (history) => readAll(history.sessions),
    arrow(history) {
      if (history.toArrowIPC === undefined) return undefined;
      return durations(arrow.tableFromIPC(history.toArrowIPC()));
    },
  };
}

async function undici(url, arrow) {
  const { Pool } = await import('undici');
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: 1 });
  return {
    async fetch() {
      const { statusCode, body } = await pool.request({
        method: 'GET',
        path: pathname + HISTORY,
        headers: HEADERS,
      });
      if (statusCode !== 200) throw new Error(`status ${statusCode}`);
      return JSON.parse(await body.text());
    },
    rows: (history) => readAllRaw(history.sessions),
    arrow: (history) => durations(built(arrow, history.sessions)),
  };
}

/** An Arrow table from rows, with apache-arrow's builders. */
function built(arrow, sessions) {
  const { makeBuilder, makeVector, Utf8, Dictionary, Int32, Int64, Table, TimestampMicrosecond } = arrow;
  const text = () =>
    makeBuilder({ type: new Dictionary(new Utf8(), new Int32()), nullValues: [null, undefined] });
  const integer = () => makeBuilder({ type: new Int64(), nullValues: [null, undefined] });
  const columns = {
    email: text(),
    sname: text(),
    lname: text(),
    duration: integer(),
    max_viewer_count: integer(),
  };
  const { email, sname, lname, duration, max_viewer_count } = columns;
  const [start, end] = [new BigInt64Array(sessions.length), new BigInt64Array(sessions.length)];
  let row = 0;
  for (const session of sessions) {
    email.append(session.email);
    sname.append(session.sname);
    lname.append(session.lname);
    duration.append(BigInt(session.duration));
    max_viewer_count.append(BigInt(session.viewer_info.max_viewer_count));
    // The API's timestamps have whole milliseconds.
    start[row] = BigInt(Date.parse(session.start_date)) * 1000n;
    end[row] = BigInt(Date.parse(session.end_date)) * 1000n;
    row++;
  }
  const type = new TimestampMicrosecond('UTC');
  const times = { start_date: makeVector({ type, data: start }), end_date: makeVector({ type, data: end }) };
  const vectors = Object.entries(columns).map(([name, builder]) => [name, builder.finish().toVector()]);
  return new Table({ ...Object.fromEntries(vectors), ...times });
}

const { variant, url } = parameters();
const [tool, result] = variant.split('+');
const arrow = result === 'arrow' ? await import('apache-arrow') : undefined;
const { fetch, [result]: use } = await { crankwheel, undici }[tool](url, arrow);
const peak = memory();
const blocked = loop();
const stop = clock();
const history = await fetch();
const block = blocked();
const check = use(history);
const { wall, cpu } = stop();
if (check === undefined) finish({ unavailable: 'no method toArrowIPC' });
else finish({ wall, cpu, block, peak: peak(), check });
process.exit(); // the pool would wait for its idle connection
