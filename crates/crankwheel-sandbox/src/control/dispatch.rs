//! The control path: everything that the handle can do, as JSON, for the bindings and over HTTP under
//! `/_sandbox/`. The README lists it.

use std::net::IpAddr;

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use jiff::SignedDuration;
use serde_json::{Map, Value, json};

use super::bodies::{Advance, Canned, ClockSetting, NewPlanChange, NewSession, NewUser, each, parse};
use crate::api::clients;
use crate::demo;
use crate::error::SandboxError;
use crate::faults::{FaultRule, ordered_answer};
use crate::response::Answer;
use crate::state::{Key, Plan, World};
use crate::time;

/// What comes before the names below.
pub(crate) const PREFIX: &str = "/_sandbox";

/// The part of a path behind the prefix, without slashes at its ends.
pub(crate) fn name(path: &str) -> Option<&str> {
    let rest = path.strip_prefix(PREFIX)?;
    (rest.is_empty() || rest.starts_with('/')).then(|| rest.trim_matches('/'))
}

/// Only programs on this machine may control a sandbox, and no web page: a browser names the page's origin.
pub(crate) fn may_control(peer: IpAddr, headers: &HeaderMap) -> bool {
    peer.to_canonical().is_loopback() && !headers.contains_key(header::ORIGIN)
}

/// Does what the request says. `name` is the path behind the prefix.
pub(crate) fn answer(world: &mut World, method: &Method, name: &str, body: &[u8]) -> Answer {
    match act(world, method, name, body) {
        Ok(Done::Json(value)) => Answer::json(StatusCode::OK, &value),
        Ok(Done::Text(text)) => Answer::json_bytes(StatusCode::OK, text),
        Ok(Done::Answer(answer)) => answer,
        Err(error) => {
            let status = match error {
                SandboxError::UnknownClient(_) => StatusCode::NOT_FOUND,
                SandboxError::UserExists { .. } => StatusCode::CONFLICT,
                SandboxError::Control { status, .. } => StatusCode::from_u16(status).unwrap_or_default(),
                _ => StatusCode::BAD_REQUEST,
            };
            Answer::detail_text(status, &error.to_string())
        }
    }
}

/// What an answer on the control path means to a caller in process.
pub(crate) fn outcome(mut answer: Answer) -> Result<String, SandboxError> {
    let body = String::from_utf8_lossy(&answer.whole_body()).into_owned();
    if answer.status.is_success() {
        return Ok(body);
    }
    let detail = serde_json::from_str::<Value>(&body).ok();
    let detail = detail.as_ref().and_then(|value| value.pointer("/errors/detail")?.as_str());
    Err(SandboxError::Control {
        status: answer.status.as_u16(),
        message: detail.map_or_else(|| body.clone(), str::to_owned),
    })
}

enum Done {
    Json(Value),
    Text(String),
    Answer(Answer),
}

const NAMES: [(&str, &str); 14] = [
    ("", "GET"),
    ("state", "GET"),
    ("clients", "GET, POST"),
    ("users", "GET, POST"),
    ("sessions", "POST"),
    ("plans", "GET, POST"),
    ("plan_changes", "POST"),
    ("keys", "GET, POST"),
    ("requests", "GET, DELETE"),
    ("clock", "GET, PUT"),
    ("clock/advance", "POST"),
    ("respond", "POST"),
    ("faults", "GET, POST, DELETE"),
    ("snapshot", "GET, PUT"),
];

fn act(world: &mut World, method: &Method, name: &str, body: &[u8]) -> Result<Done, SandboxError> {
    let done = |count: usize| Ok(Done::Json(json!({ "added": count })));
    let ok = || Ok(Done::Json(json!({ "ok": true })));
    match (method.as_str(), name) {
        ("GET", "" | "state") => Ok(Done::Json(state(world))),
        ("GET", "clients") => Ok(Done::Answer(clients::list(world))),
        ("POST", "clients") => new_client(world, parse(body)?).map(Done::Answer),
        ("GET", "users") => Ok(Done::Json(users(world))),
        ("POST", "users") => {
            done(each(body, |user: NewUser| world.new_user(user.client_id, &user.email, user.role))?)
        }
        ("POST", "sessions") => done(each(body, |session: NewSession| {
            let NewSession { client_id, email, start, seconds, viewers } = session;
            world.new_session(client_id, &email, start, seconds, viewers)
        })?),
        ("GET", "plans") => Ok(Done::Json(json!(world.plans))),
        ("POST", "plans") => done(each(body, |plan: Plan| world.new_plan(plan))?),
        ("POST", "plan_changes") => done(each(body, |change: NewPlanChange| {
            world.new_plan_change(change.client_id, &change.api_name, change.at, change.set_by)
        })?),
        ("GET", "keys") => Ok(Done::Json(keys(world))),
        ("POST", "keys") => done(each(body, |key: Key| world.new_key(key))?),
        ("GET", "requests") => Ok(Done::Json(json!(world.log.all()))),
        ("DELETE", "requests") => {
            world.log.clear();
            ok()
        }
        ("GET", "clock") => Ok(Done::Json(clock(world))),
        ("PUT", "clock") => {
            let setting: ClockSetting = parse(body)?;
            if let Some(now) = setting.now {
                world.clock.set(now);
            }
            match setting.frozen {
                Some(true) => world.clock.freeze(),
                Some(false) => world.clock.unfreeze(),
                None => {}
            }
            Ok(Done::Json(clock(world)))
        }
        ("POST", "clock/advance") => {
            let Advance { seconds } = parse(body)?;
            world.clock.advance(SignedDuration::from_secs(seconds));
            Ok(Done::Json(clock(world)))
        }
        ("POST", "respond") => {
            respond(world, parse(body)?)?;
            ok()
        }
        ("GET", "faults") => Ok(Done::Json(json!(world.faults.all()))),
        ("POST", "faults") => done(each(body, |rule: FaultRule| world.faults.add(rule))?),
        ("DELETE", "faults") => {
            world.faults.clear();
            ok()
        }
        ("POST", "reset") => {
            demo::reset(world);
            ok()
        }
        ("GET", "snapshot") => world.snapshot().map(Done::Text),
        ("PUT", "snapshot") => {
            world.restore(body)?;
            Ok(Done::Json(state(world)))
        }
        _ => Err(unknown(method, name)),
    }
}

fn unknown(method: &Method, name: &str) -> SandboxError {
    let known = NAMES.iter().copied().chain([("reset", "POST")]).find(|(known, _)| *known == name);
    match known {
        Some((_, methods)) => SandboxError::Control {
            status: 405,
            message: format!("{PREFIX}/{name} takes {methods}, not {method}"),
        },
        None => SandboxError::Control { status: 404, message: format!("the sandbox has no {PREFIX}/{name}") },
    }
}

fn clock(world: &World) -> Value {
    json!({ "now": time::zulu(world.now()), "frozen": world.clock.is_frozen() })
}

fn state(world: &World) -> Value {
    let now = world.now();
    json!({
        "url": world.base_url,
        "clock": clock(world),
        "clients": world.clients.iter().filter(|client| client.exists_at(now)).count(),
        "users": world.users.all().len(),
        "sessions": world.sessions.len(),
        "plans": world.plans.len(),
        "requests": world.log.len(),
        "faults": world.faults.all().len(),
    })
}

fn users(world: &World) -> Value {
    let now = world.now();
    let users = world.users.all().iter().filter(|user| user.created_at <= now);
    users
        .filter(|user| world.client(user.client_id).is_some())
        .map(|user| json!({ "client_id": user.client_id, "email": user.email, "role": user.role }))
        .collect()
}

fn keys(world: &World) -> Value {
    let key =
        |key: &str, read_only, owner: &str| json!({ "key": key, "read_only": read_only, "owner": owner });
    let mut keys =
        vec![key(&world.key, false, &world.key_owner), key(&world.read_only_key, true, &world.key_owner)];
    keys.extend(world.more_keys.iter().map(|more| key(&more.key, more.read_only, &more.owner)));
    Value::Array(keys)
}

/// The fields of "create client", and `created_at` and `current_plan`, which are not for the API's users.
fn new_client(world: &mut World, mut body: Map<String, Value>) -> Result<Answer, SandboxError> {
    let created_at = match body.remove("created_at") {
        None | Some(Value::Null) => None,
        Some(value) => {
            let text = value.as_str().and_then(time::parse);
            let text =
                text.ok_or_else(|| SandboxError::Invalid("created_at is no RFC 3339 time".to_owned()))?;
            Some(text)
        }
    };
    let plan = match body.remove("current_plan") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) if world.plans.iter().any(|plan| plan.api_name == name) => Some(name),
        Some(name) => return Err(SandboxError::Invalid(format!("there is no plan {name}"))),
    };
    let id = world.next_client_id();
    let answer = match clients::create(world, &body) {
        Ok(answer) => answer,
        Err(refusal) => return Ok(refusal),
    };
    let now = world.now();
    if let (Some(at), Some(client)) = (created_at, world.client_mut(id)) {
        client.created_at = at;
    }
    if let Some(plan) = plan {
        let at = created_at.unwrap_or(now);
        // A client of the clock's future cannot be changed yet.
        if at > now {
            return Err(SandboxError::Invalid("current_plan needs a client that exists already".to_owned()));
        }
        world.new_plan_change(id, &plan, Some(at), None)?;
    }
    Ok(clients::show(world, id).map_or(answer, |mut shown| {
        shown.status = StatusCode::CREATED;
        shown
    }))
}

fn respond(world: &mut World, canned: Canned) -> Result<(), SandboxError> {
    let method = Method::from_bytes(canned.method.as_bytes())
        .map_err(|_| SandboxError::Invalid(format!("{:?} is no HTTP method", canned.method)))?;
    let (body, is_json) = match canned.body {
        Value::Null => (String::new(), false),
        Value::String(text) => (text, false),
        value => (value.to_string(), true),
    };
    let headers = canned.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let mut answer = ordered_answer(canned.status, headers, body.into_bytes())?;
    if is_json && !answer.headers.iter().any(|(name, _)| *name == header::CONTENT_TYPE) {
        answer =
            answer.with(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    }
    world.canned.add(method, &canned.path, answer, canned.times);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, expect, world};

    fn control(world: &mut World, method: &str, name: &str, body: &Value) -> Result<Value, SandboxError> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = answer(world, &method.parse().unwrap(), name, body.as_bytes());
        outcome(answer).map(|text| serde_json::from_str(&text).unwrap())
    }

    #[test]
    fn things_are_added_one_by_one_and_in_bulk() {
        let mut world = world(0);
        let client =
            json!({ "sname": "acmecompany", "created_at": "2019-01-01T00:00:00Z", "current_plan": "plan_2" });
        let id = control(&mut world, "POST", "clients", &client).unwrap()["id"].clone();
        let users = json!([{ "client_id": id, "email": "a@b.is", "role": "owner" }, { "client_id": id, "email": "c@b.is" }]);
        assert_eq!(control(&mut world, "POST", "users", &users).unwrap(), json!({ "added": 2 }));
        let session =
            json!({ "client_id": id, "email": "a@b.is", "start": "2019-03-01T10:00:00Z", "seconds": 60 });
        control(&mut world, "POST", "sessions", &session).unwrap();
        let change = json!({ "client_id": id, "api_name": "plan_1", "at": "2019-02-01T00:00:00Z" });
        control(&mut world, "POST", "plan_changes", &change).unwrap();
        let plan =
            json!({ "api_name": "plan_9", "human_name": "Nine", "session_limit": 9, "license_count": 9 });
        control(&mut world, "POST", "plans", &plan).unwrap();
        control(&mut world, "POST", "keys", &json!({ "key": "annas", "owner": "anna@b.is" })).unwrap();
        let state = control(&mut world, "GET", "state", &Value::Null).unwrap();
        assert_eq!(
            (&state["clients"], &state["users"], &state["sessions"], &state["plans"]),
            (&json!(1), &json!(2), &json!(1), &json!(4))
        );
        let shown = expect(&mut world, "GET", &format!("/ss/rsapi/clients/{id}"), None, 200);
        assert_eq!(shown["current_plan"], "plan_1");
        let usage = expect(&mut world, "GET", &format!("/ss/rsapi/clients/{id}/usage"), None, 200);
        assert_eq!(usage["num_sessions"], 1);
        assert_eq!(control(&mut world, "GET", "keys", &Value::Null).unwrap()[2]["key"], "annas");
        assert_eq!(control(&mut world, "GET", "users", &Value::Null).unwrap()[0]["role"], "owner");
    }

    #[test]
    fn the_clock_is_set_and_moved() {
        let mut world = world(0);
        let clock = control(&mut world, "GET", "clock", &Value::Null).unwrap();
        assert_eq!(clock, json!({ "now": NOW.replace('Z', ".000000Z"), "frozen": true }));
        let set = json!({ "now": "2020-01-01T00:00:00Z" });
        control(&mut world, "PUT", "clock", &set).unwrap();
        let moved = control(&mut world, "POST", "clock/advance", &json!({ "seconds": 60 })).unwrap();
        assert_eq!(moved["now"], "2020-01-01T00:01:00.000000Z");
        let runs = control(&mut world, "PUT", "clock", &json!({ "frozen": false })).unwrap();
        assert_eq!(runs["frozen"], false);
        control(&mut world, "POST", "reset", &Value::Null).unwrap();
        assert_eq!(control(&mut world, "GET", "clock", &Value::Null).unwrap(), clock);
    }

    #[test]
    fn refusals_say_why() {
        let mut world = world(0);
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
            match control(&mut world, method, name, &body) {
                Err(SandboxError::Control { status: given, message }) => {
                    assert_eq!(given, status, "{method} {name}: {message}");
                    assert!(!message.is_empty());
                }
                other => panic!("{method} {name}: {other:?}"),
            }
        }
    }

    #[test]
    fn only_this_machine_controls_and_no_web_page() {
        let mut headers = HeaderMap::new();
        assert!(may_control("127.0.0.1".parse().unwrap(), &headers));
        assert!(may_control("::ffff:127.0.0.1".parse().unwrap(), &headers));
        assert!(!may_control("10.0.0.1".parse().unwrap(), &headers));
        headers.insert(header::ORIGIN, HeaderValue::from_static("https://evil.example"));
        assert!(!may_control("::1".parse().unwrap(), &headers));
        assert_eq!(name("/_sandbox"), Some(""));
        assert_eq!(name("/_sandbox/clock/advance"), Some("clock/advance"));
        assert_eq!(name("/_sandboxes"), None);
    }
}
