//! The handle: users, sessions, plans, the clock, canned responses, the request log and a reset.

// Tests may panic; clippy exempts only the functions marked as tests, not the ones that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;

use common::{Connection, call, expect, sandbox, start};
use crankwheel_sandbox::{Role, Sandbox, SandboxError, SandboxOptions};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const CLIENTS: &str = "/ss/rsapi/clients";

fn client(sandbox: &Sandbox, body: Value) -> i64 {
    expect(sandbox, "POST", CLIENTS, Some(body), 201)["id"].as_i64().unwrap()
}

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_client_is_billed_for_a_year_with_three_plans() {
    let sandbox = start(SandboxOptions::default());
    sandbox.set_now(instant("2019-01-01T00:00:00Z"));
    let settings = json!({ "provisioning_provider": "reseller" });
    let id = client(&sandbox, json!({ "sname": "acmecompany", "lname": "Acme", "settings": settings }));
    sandbox.add_plan("plan_9", "Nine", 900, 90).unwrap();
    for plan in ["plan_1", "plan_9", "plan_1"] {
        sandbox.advance(SignedDuration::from_hours(73 * 24));
        expect(&sandbox, "POST", &format!("{CLIENTS}/{id}/plan/{plan}"), None, 204);
    }
    sandbox.set_now(instant("2020-01-01T00:00:00Z"));
    let year = "start=2019-01-01T00:00:00Z&end=2020-01-01T00:00:00Z";
    let bill = expect(&sandbox, "GET", &format!("{CLIENTS}/{id}/billing?{year}"), None, 200);
    let plans = bill["plans_pro_rata"].as_object().unwrap();
    assert_eq!(plans.keys().collect::<Vec<_>>(), ["plan_1", "plan_9", "unset_or_custom"]);
    assert_eq!((&plans["plan_1"]["units"], &plans["plan_9"]["units"]), (&json!(0.6), &json!(0.2)));
    assert_eq!(plans["plan_9"]["human_name"], "Nine");
    assert_eq!(bill["periods"][2]["set_by"], "admin@reseller.example");
    let overview = expect(&sandbox, "GET", &format!("/ss/rsapi/reseller/billing?{year}"), None, 200);
    assert_eq!(overview["total_pro_rata"], bill["plans_pro_rata"]);
}

#[test]
fn users_and_sessions_are_added() {
    let sandbox = sandbox(0);
    let id = client(&sandbox, json!({ "sname": "acmecompany" }));
    sandbox.add_user(id, "anna@acme.is", Role::Owner).unwrap();
    assert!(
        matches!(sandbox.add_user(id, "anna@acme.is", Role::User), Err(SandboxError::UserExists { client_id }) if client_id == id)
    );
    assert!(matches!(sandbox.add_user(1, "anna@acme.is", Role::User), Err(SandboxError::UnknownClient(1))));
    assert!(matches!(sandbox.add_user(id, "anna", Role::User), Err(SandboxError::Invalid(_))));
    let minute = SignedDuration::from_mins(1);
    sandbox.add_session(id, "anna@acme.is", instant("2019-03-03T14:00:00Z"), minute, 2).unwrap();
    sandbox.add_session(id, "new@acme.is", instant("2019-03-03T13:00:00Z"), minute, 0).unwrap();
    sandbox.add_session(id, "anna@acme.is", instant("2019-03-03T14:59:30Z"), minute, 1).unwrap();
    assert!(sandbox.add_session(id, "anna@acme.is", sandbox.now(), -minute, 1).is_err());
    assert!(sandbox.add_session(9, "anna@acme.is", sandbox.now(), minute, 1).is_err());
    let history = expect(&sandbox, "GET", "/ss/rsapi/clients_usage", None, 200);
    assert_eq!(history["stats"]["total_count"], 2);
    assert_eq!(history["sessions"][0]["email"], "new@acme.is");
    sandbox.advance(minute);
    let history = expect(&sandbox, "GET", "/ss/rsapi/clients_usage", None, 200);
    assert_eq!(history["stats"]["total_sec"], 180);
    let usage = expect(&sandbox, "GET", &format!("{CLIENTS}/{id}/usage"), None, 200);
    assert_eq!(usage["num_sessions"], 2);
    let options = expect(&sandbox, "GET", "/ss/rsapi/grant_token/anna@acme.is/list_clients", None, 200);
    assert_eq!(options[0]["role"], "owner");
}

#[test]
fn many_sessions_are_added_quickly_in_any_order() {
    let sandbox = sandbox(0);
    let ids: Vec<i64> =
        (0..20).map(|n| client(&sandbox, json!({ "sname": format!("company{n}") }))).collect();
    let mut random = fastrand::Rng::with_seed(1);
    let before = std::time::Instant::now();
    for number in 0..40_000_i64 {
        let id = ids[random.usize(..ids.len())];
        let email = format!("agent{}@company.is", number % 2_000);
        let start = instant("2019-03-01T00:00:00Z") + SignedDuration::from_secs(random.i64(0..86_400));
        sandbox.add_session(id, &email, start, SignedDuration::from_secs(60), 1).unwrap();
    }
    // It would take minutes if each session were compared with all others.
    assert!(before.elapsed() < std::time::Duration::from_secs(20), "{:?}", before.elapsed());
    let history = expect(&sandbox, "GET", "/ss/rsapi/clients_usage", None, 200);
    assert_eq!(history["stats"]["total_count"], 40_000);
    let starts: Vec<&str> = history["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["start_date"].as_str().unwrap())
        .collect();
    assert!(starts.is_sorted());
}

#[test]
fn one_address_in_two_companies_has_two_sums() {
    let sandbox = sandbox(0);
    for sname in ["companyone", "companytwo"] {
        let id = client(&sandbox, json!({ "sname": sname }));
        let start = instant("2019-03-03T14:00:00Z");
        sandbox.add_session(id, "anna@acme.is", start, SignedDuration::from_secs(90), 1).unwrap();
    }
    let history = expect(&sandbox, "GET", "/ss/rsapi/clients_usage", None, 200);
    let sums: Vec<&str> = history["stats"]["user_stats"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| user["anna@acme.is"]["sname"].as_str().unwrap())
        .collect();
    assert_eq!(sums, ["companyone", "companytwo"]);
}

#[test]
fn a_login_link_can_be_followed_and_is_not_logged() {
    let sandbox = sandbox(0);
    let id = client(
        &sandbox,
        json!({ "sname": "acmecompany", "settings": { "provisioning_provider": "reseller" } }),
    );
    let granted =
        expect(&sandbox, "POST", &format!("/ss/rsapi/grant_token/a@acme.is?clientid={id}"), None, 200);
    let link = granted["login_url"].as_str().unwrap();
    let path = link.strip_prefix(sandbox.url()).unwrap();
    let token = path.rsplit(':').next().unwrap();
    assert_eq!(call(&sandbox, "GET", &format!("{path}?mode=dashboard_only"), None).status, 200);
    sandbox.advance(SignedDuration::from_mins(2));
    assert_eq!(call(&sandbox, "GET", path, None).status, 403);
    let log = serde_json::to_string(&sandbox.requests()).unwrap();
    assert!(!log.contains(token) && !log.contains(sandbox.api_key()), "{log}");
    assert!(!format!("{sandbox:?}").contains(sandbox.api_key()));
}

#[test]
fn the_log_has_requests_as_they_were_sent() {
    let sandbox = sandbox(0);
    expect(&sandbox, "GET", "/ss/rsapi/grant_token/a%2Fb%40c.is/list_clients?x=1%202&x=3", None, 200);
    expect(&sandbox, "POST", CLIENTS, Some(json!({ "sname": "acmecompany" })), 201);
    let requests = sandbox.requests();
    assert_eq!(requests[0].path, "/ss/rsapi/grant_token/a%2Fb%40c.is/list_clients");
    assert_eq!(requests[0].query, [("x".to_owned(), "1 2".to_owned()), ("x".to_owned(), "3".to_owned())]);
    assert_eq!((requests[1].method.as_str(), requests[1].status), ("POST", 201));
    assert_eq!(requests[1].body, r#"{"sname":"acmecompany"}"#);
    assert!(requests[1].headers.contains(&("host".to_owned(), "localhost".to_owned())));
    assert!(requests[1].headers.iter().all(|(name, _)| name != "authorization"));
    sandbox.clear_requests();
    assert!(sandbox.requests().is_empty());
}

#[test]
fn canned_responses_precede_everything() {
    let sandbox = sandbox(0);
    sandbox
        .respond("GET", CLIENTS, 503, &[("retry-after", "0"), ("x-request-id", "mine")], "", Some(1))
        .unwrap();
    sandbox.respond("POST", "/ss/rsapi/grant_token/a@b.is", 204, &[], "odd", None).unwrap();
    let mut connection = Connection::open(&sandbox);
    let canned = connection.send("any key", "GET", CLIENTS, None);
    assert_eq!(
        (canned.status, canned.header("retry-after"), canned.header("x-request-id")),
        (503, Some("0"), Some("mine"))
    );
    assert_eq!(connection.send(sandbox.api_key(), "GET", CLIENTS, None).status, 200);
    for _ in 0..3 {
        let odd = connection.send(sandbox.api_key(), "POST", "/ss/rsapi/grant_token/a%40b.is", None);
        assert_eq!((odd.status, odd.body.as_slice()), (204, b"odd".as_slice()));
    }
    assert_eq!(sandbox.requests().len(), 5);
    for (method, status, headers) in [
        ("G T", 200, [("a", "b")]),
        ("GET", 101, [("a", "b")]),
        ("GET", 99, [("a", "b")]),
        ("GET", 200, [("a b", "c")]),
        ("GET", 200, [("a", "b\r\nc: d")]),
        ("GET", 200, [("Content-Length", "5")]),
    ] {
        assert!(
            sandbox.respond(method, "/", status, &headers, "", None).is_err(),
            "{method} {status} {headers:?}"
        );
    }
}

#[test]
fn canned_responses_have_path_templates_and_methods_in_any_case() {
    let sandbox = sandbox(2);
    sandbox.respond("get", "/ss/rsapi/clients/{id}", 503, &[], "", Some(2)).unwrap();
    sandbox.respond("Post", "/ss/rsapi/clients/{id}/plan/{plan_api_name}", 402, &[], "", None).unwrap();
    sandbox.respond("*", "/new/{thing}", 200, &[], "new", None).unwrap();
    let client = format!("{CLIENTS}/27001");
    let statuses: Vec<u16> = [&client, &format!("{CLIENTS}/27002"), &client]
        .iter()
        .map(|path| call(&sandbox, "GET", path, None).status)
        .collect();
    assert_eq!(statuses, [503, 503, 200]);
    assert_eq!(call(&sandbox, "POST", &format!("{client}/plan/plan_9"), None).status, 402);
    assert_eq!(call(&sandbox, "DELETE", "/new/one", None).status, 200);
    assert_eq!(call(&sandbox, "GET", CLIENTS, None).status, 200);
}

#[test]
fn canned_responses_that_no_request_gets_are_refused() {
    let sandbox = sandbox(0);
    let respond = |method, path, status, times| sandbox.respond(method, path, status, &[], "", times);
    for (result, expected) in [
        (respond("GET", "ss/rsapi/clients", 200, None), "path: must start with \"/\""),
        (
            respond("DELETE", CLIENTS, 200, None),
            "method: \"/ss/rsapi/clients\" has no DELETE; valid methods are ",
        ),
        (respond("GET", "/ss/rsapi/clients/{nr}", 200, None), "path: unknown parameter {nr}; write {id}"),
        (respond("GET", CLIENTS, 100, None), "status: must be between 200 and 999, got 100"),
        (respond("GET", CLIENTS, 1000, None), "status: must be between 200 and 999, got 1000"),
        (respond("GET", CLIENTS, 0, None), "status: must be between 200 and 999, got 0"),
        (respond("GET", CLIENTS, 200, Some(0)), "times: must be at least 1, got 0"),
        (respond("GE T", CLIENTS, 200, None), "method: must be an HTTP method such as GET, got \"GE T\""),
        (respond("GET", "/_sandbox/state", 200, None), "path: must not be a control path"),
        (respond("GET", "/ss/rsapi/clients?page=1", 200, None), "path: must not have a query"),
    ] {
        let message = result.unwrap_err().to_string();
        assert!(message.starts_with(expected), "{message}");
    }
    assert_eq!(call(&sandbox, "GET", CLIENTS, None).status, 200);
}

#[test]
fn a_reset_restores_the_start() {
    let sandbox = sandbox(5);
    let list = call(&sandbox, "GET", CLIENTS, None).body;
    client(&sandbox, json!({ "sname": "acmecompany" }));
    sandbox.respond("GET", CLIENTS, 500, &[], "", None).unwrap();
    sandbox.add_plan("plan_9", "Nine", 1, 1).unwrap();
    sandbox.advance(SignedDuration::from_hours(1));
    sandbox.reset();
    assert!(sandbox.requests().is_empty());
    assert_eq!(sandbox.now(), instant(common::NOW));
    assert_eq!(call(&sandbox, "GET", CLIENTS, None).body, list);
    assert_eq!(expect(&sandbox, "GET", "/ss/rsapi/reseller/plans", None, 200).as_array().unwrap().len(), 3);
}

#[test]
fn the_clock_can_be_stopped_set_and_continued() {
    let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
    let before = Timestamp::now();
    assert!(sandbox.now() >= before.round(jiff::Unit::Second).unwrap() - SignedDuration::from_secs(1));
    sandbox.freeze();
    let frozen = sandbox.now();
    assert_eq!(sandbox.now(), frozen);
    sandbox.set_now(instant("2030-01-01T00:00:00Z"));
    assert_eq!(sandbox.now(), instant("2030-01-01T00:00:00Z"));
    sandbox.unfreeze();
    assert!(sandbox.now() >= instant("2030-01-01T00:00:00Z"));
    assert!(sandbox.add_plan("unset_or_custom", "x", 1, 1).is_err());
    assert!(sandbox.add_plan("", "x", 1, 1).is_err());
}
