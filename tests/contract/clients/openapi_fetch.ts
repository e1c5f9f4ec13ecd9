// The scenario of `plain_http.py` with openapi-fetch and the types that openapi-typescript makes.

import createClient from 'openapi-fetch';
import type { paths } from './generated/schema';

const { CRANKWHEEL_BASE_URL: baseUrl, CRANKWHEEL_API_KEY: key } = process.env;
const query = { start: '2019-02-01T00:00:00Z', end: '2019-02-28T23:59:59.999999Z' };

/** The data of a successful response. */
async function ok<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw new Error(`${response.status}: ${JSON.stringify(error)}`);
  return data as T;
}

async function refusal(call: Promise<{ error?: object; response: Response }>) {
  const { error, response } = await call;
  if (error === undefined) throw new Error('the call did not fail');
  return { status: response.status, ...error };
}

async function main() {
  const api = createClient<paths>({ baseUrl, headers: { Authorization: `Basic ${key}` } });

  const plans = await ok(api.GET('/ss/rsapi/reseller/plans'));
  const listed = await ok(api.GET('/ss/rsapi/clients'));
  const oldest = listed[listed.length - 1].id;
  const created = await ok(
    api.POST('/ss/rsapi/clients', {
      body: {
        sname: 'generated1',
        lname: 'Generated & Company',
        smsname: 'Gen1',
        host: 'syna.is',
        hl: 'is',
        geo: 'us1',
        remove_cw_branding: true,
        first_exceeded_soft_limit: '2019-03-03 15:08:10.0Z',
        hard_limit_starts: '2019-03-31 00:00:00.0Z',
        settings: {
          provisioning_provider: 'reseller',
          audit_log: true,
          sms_template: 'Join us: {{link}}',
          content_filter_pattern: 'https://*.example.com/*',
        },
      },
    }),
  );
  const path = { id: created.id };
  const settings = { id: created.settings.id, enable_remote_control: true };
  const changes = { lname: 'Renamed', smsname: null, settings };
  await ok(api.PATCH('/ss/rsapi/clients/{id}', { params: { path }, body: changes }));
  const shown = await ok(api.GET('/ss/rsapi/clients/{id}', { params: { path } }));
  await ok(
    api.POST('/ss/rsapi/clients/{id}/plan/{plan_api_name}', {
      params: { path: { ...path, plan_api_name: plans[1].api_name } },
    }),
  );
  const withPlan = await ok(api.GET('/ss/rsapi/clients/{id}', { params: { path } }));
  const email = 'anna@generated.example';
  const link = await ok(
    api.POST('/ss/rsapi/grant_token/{email}', {
      params: { path: { email }, query: { clientid: created.id, dest_url: '/ss/account/status' } },
    }),
  );
  const options = await ok(
    api.GET('/ss/rsapi/grant_token/{email}/list_clients', { params: { path: { email } } }),
  );
  const usage = await ok(
    api.GET('/ss/rsapi/clients/{id}/usage', {
      params: { path: { id: oldest }, query: { ...query, min_seconds: 60 } },
    }),
  );
  const bill = await ok(
    api.GET('/ss/rsapi/clients/{id}/billing', { params: { path: { id: oldest }, query } }),
  );
  const overview = await ok(api.GET('/ss/rsapi/reseller/billing', { params: { query } }));
  const history = await ok(
    api.GET('/ss/rsapi/clients_usage', { params: { query: { from: query.start, to: query.end } } }),
  );
  const conflict = await refusal(api.POST('/ss/rsapi/clients', { body: { sname: 'generated1' } }));
  await ok(api.DELETE('/ss/rsapi/clients/{id}', { params: { path } }));
  const notFound = await refusal(api.GET('/ss/rsapi/clients/{id}', { params: { path } }));

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
  console.log(JSON.stringify(result));
}

main();
