"""The scenario of `plain_http.py` with the client that openapi-python-client makes."""

import json
import os

from generated import AuthenticatedClient
from generated import models as m
from generated.api.clients import (
    clients_billing,
    clients_create,
    clients_delete,
    clients_get,
    clients_list,
    clients_set_plan,
    clients_update,
    clients_usage,
)
from generated.api.reseller import reseller_billing, reseller_plans, reseller_usage
from generated.api.sso import sso_grant_token, sso_login_options

PERIOD = {"start": "2019-02-01T00:00:00Z", "end": "2019-02-28T23:59:59.999999Z"}

api = AuthenticatedClient(
    base_url=os.environ["CRANKWHEEL_BASE_URL"],
    token=os.environ["CRANKWHEEL_API_KEY"],
    prefix="Basic",
)
result = {}
with api:
    result["reseller_plans"] = plans = reseller_plans.sync(client=api)
    result["clients_list"] = listed = clients_list.sync(client=api)
    oldest = listed[-1].id
    new = m.CreateClient(
        sname="generated1",
        lname="Generated & Company",
        smsname="Gen1",
        host=m.Host.SYNA_IS,
        hl=m.Language.IS,
        geo=m.Cluster.US1,
        remove_cw_branding=True,
        first_exceeded_soft_limit="2019-03-03 15:08:10.0Z",
        hard_limit_starts="2019-03-31 00:00:00.0Z",
        settings=m.SettingsFields(
            provisioning_provider=m.ProvisioningProvider.RESELLER,
            audit_log=True,
            sms_template="Join us: {{link}}",
            content_filter_pattern="https://*.example.com/*",
        ),
    )
    result["clients_create"] = created = clients_create.sync(client=api, body=new)
    settings = m.UpdateSettings(id=created.settings.id, enable_remote_control=True)
    changes = m.UpdateClient(lname="Renamed", smsname=None, settings=settings)
    updated = clients_update.sync_detailed(created.id, client=api, body=changes)
    assert updated.status_code == 204, updated
    result["clients_get"] = clients_get.sync(created.id, client=api)
    planned = clients_set_plan.sync_detailed(created.id, plans[1].api_name, client=api)
    assert planned.status_code == 204, planned
    result["clients_get_with_plan"] = clients_get.sync(created.id, client=api)
    result["sso_grant_token"] = sso_grant_token.sync(
        "anna@generated.example", client=api, clientid=created.id, dest_url="/ss/account/status"
    )
    result["sso_login_options"] = sso_login_options.sync("anna@generated.example", client=api)
    result["clients_usage"] = clients_usage.sync(oldest, client=api, **PERIOD, min_seconds=60)
    result["clients_billing"] = clients_billing.sync(oldest, client=api, **PERIOD)
    result["reseller_billing"] = reseller_billing.sync(client=api, **PERIOD)
    result["reseller_usage"] = reseller_usage.sync(client=api, from_=PERIOD["start"], to=PERIOD["end"])
    taken = clients_create.sync_detailed(client=api, body=m.CreateClient(sname="generated1"))
    result["conflict"] = {"status": taken.status_code, **taken.parsed.to_dict()}
    deleted = clients_delete.sync_detailed(created.id, client=api)
    assert deleted.status_code == 204, deleted
    missing = clients_get.sync_detailed(created.id, client=api)
    result["not_found"] = {"status": missing.status_code, **missing.parsed.to_dict()}

print(json.dumps(result, default=lambda value: value.to_dict()))
