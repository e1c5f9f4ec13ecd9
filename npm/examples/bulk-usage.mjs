// Writes the usage of all companies in a period as CSV: one request, however many sessions there are.
//
//     CRANKWHEEL_API_KEY=… node examples/bulk-usage.mjs 2019 > usage.csv

import { CrankWheel } from 'crankwheel';

const cw = new CrankWheel();
const history = await cw.reseller.usage(process.argv[2]);

const companies = new Map();
for (const { sname, duration } of history.sessions) {
  const company = companies.get(sname) ?? { sessions: 0, seconds: 0 };
  company.sessions += 1;
  company.seconds += duration ?? 0;
  companies.set(sname, company);
}

console.log('company,sessions,hours');
const busiestFirst = [...companies].sort(([, a], [, b]) => b.seconds - a.seconds);
for (const [sname, { sessions, seconds }] of busiestFirst) {
  console.log(`${sname ?? ''},${sessions},${(seconds / 3600).toFixed(2)}`);
}
