// The scenario of `plain_http.py` with the client that openapi-generator makes for TypeScript and fetch.

import * as api from './generated';

const { CRANKWHEEL_BASE_URL: basePath, CRANKWHEEL_API_KEY: key } = process.env;
const period = { start: '2019-02-01T00:00:00Z', end: '2019-02-28T23:59:59.999999Z' };

async function refusal(call: Promise<unknown>) {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof api.ResponseError)) throw error;
    return { status: error.response.status, ...((await error.response.json()) as object) };
  }
  throw new Error('the call did not fail');
}

async function main() {
  const configuration = new api.Configuration({ basePath, apiKey: `Basic ${key}` });
  const clients = new api.ClientsApi(configuration);
  const sso = new api.SsoApi(configuration);
  const reseller = new api.ResellerApi(configuration);

  const plans = await reseller.resellerPlans();
  const listed = await clients.clientsList();
  const oldest = listed[listed.length - 1].id;
  const created = await clients.clientsCreate({
    createClient: {
      sname: 'generated1',
      lname: 'Generated & Company',
      smsname: 'Gen1',
      host: api.Host.SynaIs,
      hl: api.Language.Is,
      geo: api.Cluster.Us1,
      removeCwBranding: true,
      firstExceededSoftLimit: '2019-03-03 15:08:10.0Z',
      hardLimitStarts: '2019-03-31 00:00:00.0Z',
      settings: {
        provisioningProvider: api.ProvisioningProvider.Reseller,
        auditLog: true,
        smsTemplate: 'Join us: {{link}}',
        contentFilterPattern: 'https://*.example.com/*',
      },
    },
  });
  const id = created.id;
  const settings = { id: created.settings.id, enableRemoteControl: true };
  await clients.clientsUpdate({ id, updateClient: { lname: 'Renamed', smsname: null, settings } });
  const shown = await clients.clientsGet({ id });
  await clients.clientsSetPlan({ id, planApiName: plans[1].apiName });
  const withPlan = await clients.clientsGet({ id });
  const email = 'anna@generated.example';
  const link = await sso.ssoGrantToken({ email, clientid: id, destUrl: '/ss/account/status' });
  const options = await sso.ssoLoginOptions({ email });
  const usage = await clients.clientsUsage({ id: oldest, ...period, minSeconds: 60 });
  const bill = await clients.clientsBilling({ id: oldest, ...period });
  const overview = await reseller.resellerBilling(period);
  const history = await reseller.resellerUsage({ from: period.start, to: period.end });
  const conflict = await refusal(clients.clientsCreate({ createClient: { sname: 'generated1' } }));
  await clients.clientsDelete({ id });
  const notFound = await refusal(clients.clientsGet({ id }));

  const result = {
    reseller_plans: plans,
    clients_list: listed,
    clients_create: created,
    clients_get: shown,
    clients_get_with_plan: withPlan,
    sso_grant_token: link,
    sso_login_options: options,
    clients_usage: usage,
    clients_billing: bill,
    reseller_billing: overview,
    reseller_usage: history,
    conflict,
    not_found: notFound,
  };
  console.log(JSON.stringify(result, wireNames));
}

/** Writes an object with the names that the wire has. */
function wireNames(_: string, value: unknown) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const wire = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [wire(name), item]));
}

main();
