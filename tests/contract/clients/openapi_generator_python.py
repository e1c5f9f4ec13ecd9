"""The scenario of `plain_http.py` with the client that openapi-generator makes for Python."""

import json
import os
from datetime import datetime

import openapi_client as api
from openapi_client.exceptions import ApiException

PERIOD = ("2019-02-01T00:00:00Z", "2019-02-28T23:59:59.999999Z")


def refusal(call, *arguments):
    try:
        call(*arguments)
    except ApiException as error:
        return {"status": error.status, **error.data.to_dict()}
    raise AssertionError(f"{call} did not fail")


configuration = api.Configuration(
    host=os.environ["CRANKWHEEL_BASE_URL"],
    api_key={"apiKey": os.environ["CRANKWHEEL_API_KEY"]},
    api_key_prefix={"apiKey": "Basic"},
)
result = {}
with api.ApiClient(configuration) as connection:
    clients, sso, reseller = (kind(connection) for kind in (api.ClientsApi, api.SsoApi, api.ResellerApi))
    result["reseller_plans"] = plans = reseller.reseller_plans()
    result["clients_list"] = listed = clients.clients_list()
    oldest = listed[-1].id
    new = api.CreateClient(
        sname="generated1",
        lname="Generated & Company",
        smsname="Gen1",
        host=api.Host.SYNA_DOT_IS,
        hl=api.Language.IS,
        geo=api.Cluster.US1,
        remove_cw_branding=True,
        first_exceeded_soft_limit="2019-03-03 15:08:10.0Z",
        hard_limit_starts="2019-03-31 00:00:00.0Z",
        settings=api.SettingsFields(
            provisioning_provider=api.ProvisioningProvider.RESELLER,
            audit_log=True,
            sms_template="Join us: {{link}}",
            content_filter_pattern="https://*.example.com/*",
        ),
    )
    result["clients_create"] = created = clients.clients_create(new)
    settings = api.UpdateSettings(id=created.settings.id, enable_remote_control=True)
    clients.clients_update(created.id, api.UpdateClient(lname="Renamed", smsname=None, settings=settings))
    result["clients_get"] = clients.clients_get(created.id)
    clients.clients_set_plan(created.id, plans[1].api_name)
    result["clients_get_with_plan"] = clients.clients_get(created.id)
    result["sso_grant_token"] = sso.sso_grant_token(
        "anna@generated.example", clientid=created.id, dest_url="/ss/account/status"
    )
    result["sso_login_options"] = sso.sso_login_options("anna@generated.example")
    result["clients_usage"] = clients.clients_usage(oldest, *PERIOD, min_seconds=60)
    result["clients_billing"] = clients.clients_billing(oldest, *PERIOD)
    result["reseller_billing"] = reseller.reseller_billing(*PERIOD)
    result["reseller_usage"] = reseller.reseller_usage(*PERIOD)
    result["conflict"] = refusal(clients.clients_create, api.CreateClient(sname="generated1"))
    clients.clients_delete(created.id)
    result["not_found"] = refusal(clients.clients_get, created.id)


def plain(value):
    """JSON for a value by its attributes: `to_dict` is meant for requests, not for responses."""
    if isinstance(value, datetime):
        return value.isoformat()
    if hasattr(value, "actual_instance"):
        return value.actual_instance
    return {field.alias or name: getattr(value, name) for name, field in type(value).model_fields.items()}


print(json.dumps(result, default=plain))
