// The work that each row of the table does: a month of a client, an error, an abort and a look at the objects.

const EXPECTED = 'plan_1 0.500 plan_2 0.500; ConflictError 409 existing; aborted; 1 client, 6 requests';

async function work({ Client, ClientList, ConflictError, CrankWheel, Period }, { Sandbox }) {
  const sandbox = await Sandbox.start({ now: '2019-02-01T00:00:00Z' });
  const cw = new CrankWheel({ apiKey: sandbox.apiKey, baseUrl: sandbox.url });
  const acme = await cw.clients.create({ sname: 'acmecorp', lname: 'Acme' });
  await cw.clients.setPlan(acme, 'plan_1');
  sandbox.clock.advance({ days: 14 });
  await cw.clients.setPlan(acme, 'plan_2');
  sandbox.clock.advance({ days: 14 });
  const { totalProRata } = await cw.reseller.billing(Period.month('2019-02'));
  const plans = Object.entries(totalProRata).filter(([, { units }]) => units > 0);
  const bill = plans
    .map(([plan, { units }]) => `${plan} ${units.toFixed(3)}`)
    .sort()
    .join(' ');

  const conflict = await cw.clients.create({ sname: 'acmecorp' }).then(
    () => 'no error',
    (error) => {
      if (!(error instanceof ConflictError)) return `another error: ${error}`;
      return `${error.name} ${error.status} ${error.existingId === acme.id ? 'existing' : 'another client'}`;
    },
  );

  sandbox.fail({ kind: 'latency', method: 'GET', path: '/ss/rsapi/reseller/plans', ms: 10_000 });
  const controller = new AbortController();
  const call = cw.reseller.plans({ signal: controller.signal });
  setTimeout(() => controller.abort(), 20);
  const aborted = await call.then(
    () => 'no abort',
    (error) => (error.name === 'AbortError' ? 'aborted' : String(error)),
  );
  sandbox.clearFaults();

  const list = await cw.clients.list();
  const right = list instanceof ClientList && list[0] instanceof Client && list[0].id === acme.id;
  const count = sandbox.requests.filter(
    ({ method, path }) => !(method === 'GET' && path.endsWith('plans')),
  ).length;
  await cw.close();
  await sandbox.stop();
  return `${bill}; ${conflict}; ${aborted}; ${right ? list.length : 'not a'} client, ${count} requests`;
}

/** Returns "ok", or what differs. */
async function check(crankwheel, sandbox) {
  const found = await work(crankwheel, sandbox);
  return found === EXPECTED ? 'ok' : `expected ${EXPECTED}, found ${found}`;
}

module.exports = { check };
