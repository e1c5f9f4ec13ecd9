"""The scenario by hand, without any generated code: what the generated clients are compared with."""

import json
import os
import urllib.error
import urllib.parse
import urllib.request

URL, KEY = os.environ["CRANKWHEEL_BASE_URL"], os.environ["CRANKWHEEL_API_KEY"]
UNSET = json.loads(os.environ["CAN_UNSET"])
PERIOD = {"start": "2019-02-01T00:00:00Z", "end": "2019-02-28T23:59:59.999999Z"}


def call(method, path, query=None, body=None):
    url = f"{URL}/ss/rsapi{path}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
    data = json.dumps(body).encode() if body is not None else b"" if method == "POST" else None
    headers = {"Authorization": f"Basic {KEY}", "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method)) as response:
        text = response.read()
    return json.loads(text) if text else None


def refusal(method, path, body=None):
    try:
        call(method, path, body=body)
    except urllib.error.HTTPError as error:
        return {"status": error.code, **json.loads(error.read())}
    raise AssertionError(f"{method} {path} did not fail")


result = {}
result["reseller_plans"] = plans = call("GET", "/reseller/plans")
result["clients_list"] = clients = call("GET", "/clients")
oldest = clients[-1]["id"]
new = {
    "sname": "generated1",
    "lname": "Generated & Company",
    "smsname": "Gen1",
    "host": "syna.is",
    "hl": "is",
    "geo": "us1",
    "remove_cw_branding": True,
    "first_exceeded_soft_limit": "2019-03-03 15:08:10.0Z",
    "hard_limit_starts": "2019-03-31 00:00:00.0Z",
    "settings": {
        "provisioning_provider": "reseller",
        "audit_log": True,
        "sms_template": "Join us: {{link}}",
        "content_filter_pattern": "https://*.example.com/*",
    },
}
result["clients_create"] = created = call("POST", "/clients", body=new)
client = f"/clients/{created['id']}"
changes = {"lname": "Renamed", "settings": {"id": created["settings"]["id"], "enable_remote_control": True}}
call("PATCH", client, body=changes | ({"smsname": None} if UNSET else {}))
result["clients_get"] = call("GET", client)
call("POST", f"{client}/plan/{plans[1]['api_name']}")
result["clients_get_with_plan"] = call("GET", client)
query = {"clientid": created["id"], "dest_url": "/ss/account/status"}
result["sso_grant_token"] = call("POST", "/grant_token/anna@generated.example", query)
result["sso_login_options"] = call("GET", "/grant_token/anna@generated.example/list_clients")
result["clients_usage"] = call("GET", f"/clients/{oldest}/usage", PERIOD | {"min_seconds": 60})
result["clients_billing"] = call("GET", f"/clients/{oldest}/billing", PERIOD)
result["reseller_billing"] = call("GET", "/reseller/billing", PERIOD)
result["reseller_usage"] = call("GET", "/clients_usage", {"from": PERIOD["start"], "to": PERIOD["end"]})
result["conflict"] = refusal("POST", "/clients", {"sname": "generated1"})
call("DELETE", client)
result["not_found"] = refusal("GET", client)
print(json.dumps(result))
