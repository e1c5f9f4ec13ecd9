//! Dispatches a request on the control path to what it does.

use http::{HeaderValue, Method, StatusCode, header};
use jiff::SignedDuration;
use serde::Serialize;
use serde_json::{Value, json};

use super::bodies::{
    Advance, ClockSetting, Item, NewCannedResponse, NewClient, NewPlanChange, NewSession, NewUser, add_each,
    one,
};
use super::refusal;
use crate::api::clients;
use crate::demo;
use crate::error::SandboxError;
use crate::faults::{FaultRule, RequestPattern, canned_response};
use crate::input::{invalid, parse, short};
use crate::response::Response;
use crate::state::{ApiKey, Plan, State};
use crate::time;

/// The prefix of the names in [`ENDPOINTS`].
const PREFIX: &str = "/_sandbox";

type Reply = Result<Response, SandboxError>;
type Handler = fn(&mut State, &[u8]) -> Reply;

/// Method, name, and what a request with this body does.
const ENDPOINTS: &[(&str, &str, Handler)] = &[
    ("GET", "", |state, _| ok(&summary(state))),
    ("GET", "state", |state, _| ok(&summary(state))),
    ("GET", "clients", |state, _| Ok(clients::list(state))),
    ("POST", "clients", |state, body| new_client(state, NewClient::parse(parse(body)?)?)),
    ("GET", "users", |state, _| ok(&users(state))),
    ("POST", "users", |state, body| {
        add_each(body, |user| {
            let user = NewUser::parse(user)?;
            state.new_user(user.client_id, &user.email, user.role)
        })
    }),
    ("POST", "sessions", |state, body| {
        add_each(body, |session| {
            let NewSession { client_id, email, start, seconds, viewers } = NewSession::parse(session)?;
            state.new_session(client_id, &email, start, seconds, viewers)
        })
    }),
    ("GET", "plans", |state, _| ok(&state.plans)),
    ("POST", "plans", |state, body| add_each(body, |plan| state.new_plan(Plan::parse(plan)?))),
    ("POST", "plan_changes", |state, body| {
        add_each(body, |change| {
            let change = NewPlanChange::parse(change)?;
            state.new_plan_change(change.client_id, &change.api_name, change.at, change.set_by)
        })
    }),
    ("GET", "keys", |state, _| ok(&keys(state))),
    ("POST", "keys", |state, body| add_each(body, |key| state.new_key(ApiKey::parse(key)?))),
    ("GET", "requests", |state, _| ok(&state.log.all())),
    ("DELETE", "requests", |state, _| {
        state.log.clear();
        done()
    }),
    ("GET", "clock", |state, _| ok(&clock(state))),
    ("PUT", "clock", |state, body| {
        set_clock(state, &one(body)?);
        ok(&clock(state))
    }),
    ("POST", "clock/advance", |state, body| {
        let Advance { seconds } = one(body)?;
        state.clock.advance(SignedDuration::from_secs(seconds));
        ok(&clock(state))
    }),
    ("POST", "respond", |state, body| {
        new_canned_response(state, one(body)?)?;
        done()
    }),
    ("GET", "faults", |state, _| ok(&state.faults.all())),
    ("POST", "faults", |state, body| add_each(body, |rule| state.faults.add(FaultRule::from_value(rule)?))),
    ("DELETE", "faults", |state, _| {
        state.faults.clear();
        done()
    }),
    ("GET", "snapshot", |state, _| Ok(Response::json_bytes(StatusCode::OK, state.snapshot()?))),
    ("PUT", "snapshot", |state, body| {
        state.restore(body)?;
        ok(&summary(state))
    }),
    ("POST", "reset", |state, _| {
        demo::reset(state);
        done()
    }),
];

/// Returns the part of a path after the prefix, without slashes at its ends.
pub(crate) fn name(path: &str) -> Option<&str> {
    let rest = path.strip_prefix(PREFIX)?;
    (rest.is_empty() || rest.starts_with('/')).then(|| rest.trim_matches('/'))
}

/// Does what the request asks for. `name` is the path after the prefix.
pub(crate) fn respond(state: &mut State, method: &Method, name: &str, body: &[u8]) -> Response {
    // The server leaves the body out.
    let method = if *method == Method::HEAD { &Method::GET } else { method };
    let endpoint = ENDPOINTS.iter().find(|endpoint| endpoint.0 == method.as_str() && endpoint.1 == name);
    let reply = match endpoint {
        Some((_, _, handle)) => handle(state, body),
        None => Err(unknown(method, name)),
    };
    reply.unwrap_or_else(|error| Response::detail_message(error.status(), &error.to_string()))
}

/// Converts a response of [`respond`] for an in-process caller.
pub(crate) fn into_result(mut response: Response) -> Result<String, SandboxError> {
    let body = String::from_utf8_lossy(&response.whole_body()).into_owned();
    if response.status.is_success() {
        return Ok(body);
    }
    let error = serde_json::from_str::<Value>(&body).ok();
    let detail = error.as_ref().and_then(|error| error.pointer("/errors/detail")?.as_str());
    let message = detail.unwrap_or(&body).to_owned();
    Err(SandboxError::Control { status: response.status.as_u16(), message })
}

fn unknown(method: &Method, name: &str) -> SandboxError {
    let list = |parts: Vec<&str>| parts.join(", ");
    let methods: Vec<&str> =
        ENDPOINTS.iter().filter(|endpoint| endpoint.1 == name).map(|endpoint| endpoint.0).collect();
    if !methods.is_empty() {
        let message = format!("{PREFIX}/{name}: expected {}, found {method}", list(methods));
        return SandboxError::Control { status: 405, message };
    }
    let mut names: Vec<&str> = ENDPOINTS.iter().map(|endpoint| endpoint.1).collect();
    names.dedup();
    names.retain(|name| !name.is_empty());
    let name = short(name);
    let message = format!("the sandbox has no {PREFIX}/{name}; valid names are {}", list(names));
    SandboxError::Control { status: 404, message }
}

fn ok(value: &impl Serialize) -> Reply {
    Ok(Response::json(StatusCode::OK, value))
}

fn done() -> Reply {
    ok(&json!({ "ok": true }))
}

fn clock(state: &State) -> Value {
    json!({ "now": time::to_rfc3339(state.now()), "frozen": state.clock.is_frozen() })
}

fn set_clock(state: &mut State, setting: &ClockSetting) {
    if let Some(now) = setting.now {
        state.clock.set(now);
    }
    match setting.frozen {
        Some(true) => state.clock.freeze(),
        Some(false) => state.clock.unfreeze(),
        None => {}
    }
}

fn summary(state: &State) -> Value {
    let now = state.now();
    json!({
        "url": state.base_url,
        "clock": clock(state),
        "clients": state.clients.iter().filter(|client| client.exists_at(now)).count(),
        "users": state.users.all().len(),
        "sessions": state.sessions.len(),
        "plans": state.plans.len(),
        "requests": state.log.len(),
        "faults": state.faults.all().len(),
    })
}

fn users(state: &State) -> Value {
    let now = state.now();
    let users = state.users.all().iter().filter(|user| user.created_at <= now);
    users
        .filter(|user| state.client(user.client_id).is_some())
        .map(|user| json!({ "client_id": user.client_id, "email": user.email, "role": user.role }))
        .collect()
}

fn keys(state: &State) -> Vec<ApiKey> {
    let key = |key: &str, read_only| {
        let owner = state.key_owner.clone();
        ApiKey { key: key.to_owned(), read_only, owner }
    };
    let mut keys = vec![key(&state.key, false), key(&state.read_only_key, true)];
    keys.extend(state.more_keys.iter().cloned());
    keys
}

fn new_client(state: &mut State, client: NewClient) -> Reply {
    let NewClient { fields, created_at, current_plan } = client;
    refusal::check_names(&fields)?;
    let plan = match current_plan {
        None => None,
        Some(name) => Some(state.plan("current_plan", &name)?.api_name.clone()),
    };
    // A client of the clock's future cannot be changed yet.
    if plan.is_some() && created_at.is_some_and(|at| at > state.now()) {
        return Err(invalid("current_plan: needs a client that exists already; leave it out"));
    }

    let id = state.next_client_id();
    let response = match clients::create(state, &fields) {
        Ok(response) => response,
        Err(refused) => return Err(refusal::explain(refused, &fields)),
    };
    if let (Some(at), Some(client)) = (created_at, state.client_mut(id)) {
        client.created_at = at;
    }
    if let Some(plan) = plan {
        state.new_plan_change(id, &plan, created_at, None)?;
    }
    Ok(clients::show(state, id).map_or(response, |mut shown| {
        shown.status = StatusCode::CREATED;
        shown
    }))
}

fn new_canned_response(state: &mut State, canned: NewCannedResponse) -> Result<(), SandboxError> {
    let requests = RequestPattern::with_known_parameters(&canned.method, &canned.path)?;
    let (body, is_json) = match canned.body {
        Value::Null => (String::new(), false),
        Value::String(body) => (body, false),
        value => (value.to_string(), true),
    };
    let headers = canned.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let mut response = canned_response(canned.status, headers, body.into_bytes())?;
    if is_json && !response.headers.iter().any(|(name, _)| *name == header::CONTENT_TYPE) {
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        response = response.with_header(header::CONTENT_TYPE, json);
    }
    state.canned.add(requests, response, canned.times)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, demo_state, expect};

    fn control(state: &mut State, method: &str, name: &str, body: &Value) -> Result<Value, SandboxError> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let response = respond(state, &method.parse().unwrap(), name, body.as_bytes());
        into_result(response).map(|text| serde_json::from_str(&text).unwrap())
    }

    #[test]
    fn things_are_added_one_by_one_and_in_bulk() {
        let mut state = demo_state(0);
        let client =
            json!({ "sname": "acmecompany", "created_at": "2019-01-01T00:00:00Z", "current_plan": "plan_2" });
        let id = control(&mut state, "POST", "clients", &client).unwrap()["id"].clone();
        let users = json!([{ "client_id": id, "email": "a@b.is", "role": "owner" }, { "client_id": id, "email": "c@b.is" }]);
        assert_eq!(control(&mut state, "POST", "users", &users).unwrap(), json!({ "added": 2 }));
        let session =
            json!({ "client_id": id, "email": "a@b.is", "start": "2019-03-01T10:00:00Z", "seconds": 60 });
        control(&mut state, "POST", "sessions", &session).unwrap();
        let change = json!({ "client_id": id, "api_name": "plan_1", "at": "2019-02-01T00:00:00Z" });
        control(&mut state, "POST", "plan_changes", &change).unwrap();
        let plan =
            json!({ "api_name": "plan_9", "human_name": "Nine", "session_limit": 9, "license_count": 9 });
        control(&mut state, "POST", "plans", &plan).unwrap();
        control(&mut state, "POST", "keys", &json!({ "key": "annas", "owner": "anna@b.is" })).unwrap();
        let summary = control(&mut state, "GET", "state", &Value::Null).unwrap();
        assert_eq!(
            (&summary["clients"], &summary["users"], &summary["sessions"], &summary["plans"]),
            (&json!(1), &json!(2), &json!(1), &json!(4))
        );
        let shown = expect(&mut state, "GET", &format!("/ss/rsapi/clients/{id}"), None, 200);
        assert_eq!(shown["current_plan"], "plan_1");
        let usage = expect(&mut state, "GET", &format!("/ss/rsapi/clients/{id}/usage"), None, 200);
        assert_eq!(usage["num_sessions"], 1);
        assert_eq!(control(&mut state, "GET", "keys", &Value::Null).unwrap()[2]["key"], "annas");
        assert_eq!(control(&mut state, "GET", "users", &Value::Null).unwrap()[0]["role"], "owner");
    }

    #[test]
    fn the_clock_is_set_and_moved() {
        let mut state = demo_state(0);
        let clock = control(&mut state, "GET", "clock", &Value::Null).unwrap();
        assert_eq!(clock, json!({ "now": NOW.replace('Z', ".000000Z"), "frozen": true }));
        let set = json!({ "now": "2020-01-01T00:00:00Z" });
        control(&mut state, "PUT", "clock", &set).unwrap();
        let moved = control(&mut state, "POST", "clock/advance", &json!({ "seconds": 60 })).unwrap();
        assert_eq!(moved["now"], "2020-01-01T00:01:00.000000Z");
        let runs = control(&mut state, "PUT", "clock", &json!({ "frozen": false })).unwrap();
        assert_eq!(runs["frozen"], false);
        control(&mut state, "POST", "reset", &Value::Null).unwrap();
        assert_eq!(control(&mut state, "GET", "clock", &Value::Null).unwrap(), clock);
    }

    #[test]
    fn errors_have_a_status_and_a_message() {
        let mut state = demo_state(0);
        let cases = [
            ("GET", "nothing", Value::Null, 404),
            ("PATCH", "clients", Value::Null, 405),
            ("GET", "reset", Value::Null, 405),
            ("POST", "clients", json!({ "sname": "no" }), 400),
            ("POST", "clients", json!({ "sname": "acmecompany", "current_plan": "x" }), 400),
            ("POST", "users", json!({ "client_id": 1, "email": "a@b.is" }), 404),
            ("POST", "users", json!({ "client": 1 }), 400),
            ("POST", "sessions", Value::Null, 400),
            ("POST", "plans", json!({ "api_name": "" }), 400),
            ("POST", "keys", json!({ "key": "a b", "owner": "a@b.is" }), 400),
            ("POST", "respond", json!({ "method": "GET", "path": "/", "status": 99 }), 400),
            ("POST", "faults", json!({ "fault": { "kind": "fire" } }), 400),
            ("PUT", "clock", json!({ "now": "yesterday" }), 400),
            ("PUT", "snapshot", json!({}), 400),
        ];
        for (method, name, body, status) in cases {
            match control(&mut state, method, name, &body) {
                Err(SandboxError::Control { status: given, message }) => {
                    assert_eq!(given, status, "{method} {name}: {message}");
                    assert!(!message.is_empty());
                }
                other => panic!("{method} {name}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_refused_item_is_explained_in_words() {
        let mut state = demo_state(1);
        let id = state.clients[0].id;
        let sname = state.clients[0].string("sname").to_owned();
        let cases = [
            (
                "clients",
                json!({ "sname": "no" }),
                "sname: should be at least 7 character(s), got \"no\"; write 7 to 32",
            ),
            ("clients", json!({}), "sname: can't be blank; write 7 to 32 lowercase letters and digits"),
            (
                "clients",
                json!({ "sname": "acmecompany", "lnme": "x" }),
                "lnme: unknown field; valid fields are ",
            ),
            (
                "clients",
                json!({ "sname": "acmecompany", "hl": "xx" }),
                "hl: is invalid, got \"xx\"; write one of ",
            ),
            ("clients", json!({ "sname": "acmecompany", "id": 5 }), "id: is read-only, got 5; leave it out"),
            (
                "clients",
                json!({ "sname": "acmecompany", "settings": { "audit_log": "yes" } }),
                "settings.audit_log: is invalid, got \"yes\"; write a boolean or null",
            ),
            (
                "clients",
                json!({ "sname": "acmecompany", "settings": { "adit_log": true } }),
                "settings.adit_log: unknown field; valid fields are ",
            ),
            ("clients", json!({ "sname": "acmecompany", "settings": 5 }), "settings: is invalid, got 5"),
            ("clients", json!({ "sname": sname }), "sname: has already been taken by client 27001, got "),
            (
                "clients",
                json!({ "sname": "takenelsewhere" }),
                "sname: has already been taken outside the account",
            ),
            (
                "clients",
                json!({ "sname": "acmecompany", "created_at": 5 }),
                "created_at: must be an RFC 3339 time",
            ),
            (
                "clients",
                json!({ "sname": "acmecompany", "current_plan": "x" }),
                "current_plan: unknown plan \"x\"; valid plans are plan_1, plan_2, plan_3",
            ),
            (
                "clients",
                json!(["acmecompany"]),
                "body: must be an object with the fields of a client, got a list",
            ),
            (
                "users",
                json!({ "client_id": "1", "email": "a@b.is" }),
                "client_id: must be an integer, got \"1\"",
            ),
            ("users", json!({ "email": "a@b.is" }), "client_id: missing; must be an integer"),
            ("users", json!({ "client_id": 1, "email": "a@b.is" }), "client_id: unknown client 1; "),
            (
                "users",
                json!({ "client_id": id, "email": "a" }),
                "email: not a valid e-mail address, got \"a\"",
            ),
            (
                "users",
                json!([{ "client_id": id, "email": "a@b.is" }, { "client_id": id, "email": "a@b.is" }]),
                "[1].email: client 27001 already has a user with this address",
            ),
            (
                "users",
                json!({ "client_id": id, "email": "a@c.is", "role": "boss" }),
                "role: must be user, admin or owner, got \"boss\"",
            ),
            (
                "sessions",
                json!({ "client_id": id, "email": "a@b.is", "start": "2019-03-01T10:00:00Z", "seconds": 1.5 }),
                "seconds: must be an integer between 0 and 4294967295, got 1.5",
            ),
            ("plans", json!({ "api_name": "p" }), "human_name: missing; must be a string"),
            (
                "plans",
                json!({ "api_name": "", "human_name": "P", "session_limit": 1, "license_count": 1 }),
                "api_name: must not be empty or \"unset_or_custom\", got \"\"",
            ),
            (
                "plan_changes",
                json!({ "client_id": id, "api_name": "plan_1", "at": "1999-01-01T00:00:00Z" }),
                "at: must not be before the client was created (",
            ),
            ("plan_changes", json!({ "client_id": id, "api_name": "x" }), "api_name: unknown plan \"x\"; "),
            (
                "keys",
                json!({ "key": "k", "owner": "anna" }),
                "owner: not a valid e-mail address, got \"anna\"",
            ),
            ("keys", json!({ "key": 5, "owner": "a@b.is" }), "key: must be a string"),
            (
                "respond",
                json!({ "method": "GET", "path": "/", "status": 70_000 }),
                "status: must be between 200 and",
            ),
            (
                "respond",
                json!({ "method": "GET", "path": "x", "status": 200 }),
                "path: must start with \"/\"",
            ),
            ("faults", json!({ "fault": { "kind": "fire" } }), "kind: must be one of latency, status"),
            ("clock/advance", json!({ "days": 1 }), "days: unknown field; valid fields are seconds"),
        ];
        for (name, body, expected) in cases {
            let error = control(&mut state, "POST", name, &body).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{name} {body}: {error}");
            assert!(!error.contains("{\"") && !error.contains("line 1"), "{error}");
        }
        assert_eq!(control(&mut state, "GET", "state", &Value::Null).unwrap()["clients"], 1);
    }

    #[test]
    fn control_paths_have_names() {
        assert_eq!(name("/_sandbox"), Some(""));
        assert_eq!(name("/_sandbox/clock/advance"), Some("clock/advance"));
        assert_eq!(name("/_sandboxes"), None);
    }
}
