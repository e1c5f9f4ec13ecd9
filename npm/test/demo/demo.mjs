// The demo that `cargo xtask demo` runs in both languages, to compare their figures: a client, its plans, a login
// link, the month's bill and the usage.
//
//     node test/demo/demo.mjs [--today YYYY-MM-DD] [--figures FILE]
//
// The sandbox holds 200 companies with a year of history. Its clock is moved, so the month passes at once.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Period } from 'crankwheel';
import { Sandbox } from 'crankwheel/sandbox';

const DAY = 24 * 60 * 60 * 1000;

async function main() {
  const { today, figures: file } = readArguments();
  const first = firstOfMonth(today, -1);
  const next = firstOfMonth(today, 0);
  const month = day(first).slice(0, 7);
  const sandbox = await Sandbox.start({ clients: 200, days: 365, seed: 7, now: first });
  const cw = sandbox.client();
  try {
    const clients = await cw.clients.list();
    console.log(`A sandbox with ${clients.length} companies; its clock shows ${minute(sandbox.clock.now)}.`);
    const client = await provision(cw, sandbox, first);

    sandbox.clock.set(new Date(next.getTime() + DAY));
    const overview = await cw.reseller.billing(month);
    showBill(month, overview);
    const own = await cw.clients.billing(client, month);

    // The demo companies' history ends where the month begins, so the usage includes the year before.
    const year = new Period(day(new Date(first.getTime() - 365 * DAY)), day(new Date(next.getTime() - DAY)));
    const history = await cw.reseller.usage(year);
    showUsage(year, history);

    const figures = {
      month,
      created_id: client.id,
      created_billing: Object.fromEntries(own.periods.map((part) => [part.apiName, part.effectiveSeconds])),
      units: Object.fromEntries(
        Object.entries(overview.totalProRata).map(([plan, { units }]) => [plan, units]),
      ),
      companies: overview.perCompany.length,
      sessions: history.sessions.length,
      total_sec: history.stats.totalSec,
      users: history.stats.userStats.length,
      sum_of_durations: history.sessions.reduce((sum, session) => sum + (session.duration ?? 0), 0),
    };
    if (file !== undefined) writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`);
  } finally {
    cw.close();
    await sandbox.stop();
  }
}

/** A client with a plan, another plan in mid-month, and a login link for its first user. */
async function provision(cw, sandbox, first) {
  const client = await cw.clients.create({
    sname: 'acmecorp',
    lname: 'Acme Corporation',
    settings: { provisioningProvider: 'reseller' },
  });
  await cw.clients.setPlan(client, 'plan_1');
  console.log(`Created ${client.sname} (${client.id}) with plan_1.`);

  sandbox.clock.set(new Date(first.getTime() + 14 * DAY));
  await cw.clients.setPlan(client, 'plan_2');
  console.log(`On ${day(sandbox.clock.now)} it changed to plan_2.`);

  const link = await cw.sso.grantToken('agent@acme.example', { createIn: client });
  console.log(`A link to log in its first user: ${link}`);
  return client;
}

/** Units by plan. */
function showBill(month, overview) {
  const rows = Object.entries(overview.totalProRata)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([plan, share]) => [plan, share.humanName ?? '', share.units.toFixed(3)]);
  rows.push(['', 'companies', String(overview.perCompany.length)]);
  table(`Billing overview of ${month}`, ['Plan', 'Name', 'Units'], rows);
}

/** The ten companies with the most hours, and the totals. */
function showUsage(period, history) {
  const companies = new Map();
  for (const { lname, sname, duration } of history.sessions) {
    const name = lname ?? sname ?? '';
    const [meetings, seconds] = companies.get(name) ?? [0, 0];
    companies.set(name, [meetings + 1, seconds + (duration ?? 0)]);
  }
  const hours = (seconds) => (seconds / 3600).toFixed(1);
  const rows = [...companies]
    .sort(([a, [, x]], [b, [, y]]) => y - x || (a < b ? -1 : 1))
    .slice(0, 10)
    .map(([name, [meetings, seconds]]) => [name, String(meetings), hours(seconds)]);
  rows.push(['all companies', String(history.stats.totalCount), hours(history.stats.totalSec ?? 0)]);
  table(`Usage from ${day(period.start)} to ${day(period.end)}`, ['Company', 'Meetings', 'Hours'], rows);
}

/** Prints an aligned table, numbers to the right. */
function table(title, head, rows) {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (row) =>
    row
      .map((text, column) =>
        column === row.length - 1 || /^\d+$/.test(text)
          ? text.padStart(widths[column])
          : text.padEnd(widths[column]),
      )
      .join('  ')
      .trimEnd();
  console.log(`\n${title}`);
  console.log(line(head));
  console.log(widths.map((width) => '-'.repeat(width)).join('  '));
  for (const row of rows) console.log(line(row));
}

const day = (date) => date.toISOString().slice(0, 10);
const minute = (date) => date.toISOString().slice(0, 16).replace('T', ' ');
const firstOfMonth = (date, months) =>
  new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1));

function readArguments() {
  const { values } = parseArgs({ options: { today: { type: 'string' }, figures: { type: 'string' } } });
  const today = values.today === undefined ? new Date() : new Date(`${values.today}T00:00:00Z`);
  if (Number.isNaN(today.getTime())) throw new Error(`--today ${values.today}: must be a date, YYYY-MM-DD`);
  return { today, figures: values.figures };
}

await main();
