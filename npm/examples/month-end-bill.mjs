// Prints the bill of a month: the units of each plan by company, and their sum.
//
//     CRANKWHEEL_API_KEY=… node examples/month-end-bill.mjs 2019-02

import { CrankWheel, Period } from 'crankwheel';

const month = process.argv[2];
const cw = new CrankWheel();
const [overview, clients] = await Promise.all([cw.reseller.billing(Period.month(month)), cw.clients.list()]);
const names = new Map(clients.map(({ id, sname, lname }) => [id, lname ?? sname]));

for (const { companyId, plansProRata } of overview.perCompany) {
  for (const [plan, { units }] of Object.entries(plansProRata)) {
    console.log(`${names.get(companyId) ?? `client ${companyId}`}: ${units.toFixed(3)} × ${plan}`);
  }
}

console.log(`\nTotal of ${month}`);
for (const [plan, { units, humanName }] of Object.entries(overview.totalProRata)) {
  console.log(`${units.toFixed(3)} × ${plan} (${humanName ?? 'no name'})`);
}
