// Provisions a client company: creates it, turns features on and sets its plan. It is safe to run twice.
//
//     CRANKWHEEL_API_KEY=… node examples/provision-client.mjs acmecorp 'Acme Corporation' plan_1

import { BadRequestError, CrankWheel, InvalidRequestError } from 'crankwheel';

const [sname, lname, plan] = process.argv.slice(2);
const cw = new CrankWheel();

try {
  const { client, created } = await cw.clients.getOrCreate({ sname, lname });
  await cw.clients.update(client, { settings: { provisioningProvider: 'reseller', auditLog: true } });
  // Setting a plan twice is harmless, so it may be retried even if it is unknown whether it was applied.
  await cw.clients.setPlan(client, plan, { retryWrites: true });
  console.log(`${created ? 'Created' : 'Found'} ${sname} (id ${client.id}) and set ${plan}.`);
} catch (error) {
  // The first is refused by this package, the second by the API; both name the fields and the reasons.
  if (!(error instanceof InvalidRequestError || error instanceof BadRequestError)) throw error;
  for (const [field, messages] of Object.entries(error.errors))
    console.error(`${field}: ${messages.join(', ')}`);
  process.exitCode = 1;
}
