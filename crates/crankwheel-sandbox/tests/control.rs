//! The control path over HTTP, and in-process through `Sandbox::control`, which the bindings use.

// Tests may panic; clippy exempts only the functions marked as tests, not the ones that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;

use common::{Connection, call, expect, sandbox};
use crankwheel_sandbox::SandboxError;
use serde_json::{Value, json};

const CLIENTS: &str = "/ss/rsapi/clients";

#[test]
fn every_request_over_http_works_without_a_key() {
    let sandbox = sandbox(0);
    let mut connection = Connection::open(&sandbox);
    let mut control = |method: &str, name: &str, body: Option<Value>| {
        let response = connection.send("none", method, &format!("/_sandbox/{name}"), body.as_ref());
        (response.status, response.json())
    };
    let (status, client) = control("POST", "clients", Some(json!({ "sname": "acmecompany" })));
    assert_eq!(status, 201);
    let id = &client["id"];
    let session =
        json!({ "client_id": id, "email": "a@b.is", "start": "2019-03-01T10:00:00Z", "seconds": 90 });
    assert_eq!(control("POST", "sessions", Some(json!([session, session]))), (200, json!({ "added": 2 })));
    control("POST", "keys", Some(json!({ "key": "annas", "owner": "anna@b.is" })));
    control(
        "POST",
        "plans",
        Some(json!({ "api_name": "p9", "human_name": "Nine", "session_limit": 9, "license_count": 9 })),
    );
    let rule = json!({ "path": CLIENTS, "times": 1, "fault": { "kind": "status", "status": 503 } });
    assert_eq!(control("POST", "faults", Some(rule)).0, 200);
    assert_eq!(control("GET", "faults", None).1[0]["times"], 1);
    let canned = json!({ "method": "GET", "path": "/ss/rsapi/reseller/plans", "status": 200, "body": [] });
    control("POST", "respond", Some(canned));
    assert_eq!(
        control("POST", "clock/advance", Some(json!({ "seconds": 86_400 }))).1["now"],
        "2019-03-04T15:00:00.000000Z"
    );
    assert_eq!(control("GET", "state", None).1["sessions"], 2);
    assert_eq!(control("GET", "nothing", None).0, 404);
    assert_eq!(control("POST", "users", None).0, 400);

    assert_eq!(call(&sandbox, "GET", CLIENTS, None).status, 503);
    assert_eq!(expect(&sandbox, "GET", "/ss/rsapi/reseller/plans", None, 200), json!([]));
    let mut annas = Connection::open(&sandbox);
    assert_eq!(annas.send("annas", "POST", &format!("{CLIENTS}/{id}/plan/p9"), None).status, 204);
    let period = "start=2019-03-01T00:00:00Z&end=2019-03-31T23:59:59Z";
    let bill = expect(&sandbox, "GET", &format!("{CLIENTS}/{id}/billing?{period}"), None, 200);
    assert_eq!(bill["periods"][1]["set_by"], "anna@b.is");

    // Control requests are not logged, and faults do not apply to them.
    assert_eq!(control("GET", "requests", None).1.as_array().unwrap().len(), 4);
    control("DELETE", "requests", None);
    assert_eq!(control("GET", "requests", None).1, json!([]));
    assert_eq!(control("POST", "reset", None).0, 200);
    assert_eq!(control("GET", "state", None).1["clients"], 0);
}

#[test]
fn web_pages_may_not_control_a_sandbox() {
    let sandbox = sandbox(0);
    let mut connection = Connection::open(&sandbox);
    connection.write(b"POST /_sandbox/reset HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(connection.read().status, 403);
}

#[test]
fn a_snapshot_can_be_restored_in_another_sandbox() {
    let (one, two) = (sandbox(15), sandbox(0));
    expect(&one, "DELETE", "/ss/rsapi/clients/27003", None, 204);
    let snapshot = Connection::open(&one).send("", "GET", "/_sandbox/snapshot", None);
    assert_eq!(snapshot.status, 200);
    let body = snapshot.json();
    assert_eq!(Connection::open(&two).send("", "PUT", "/_sandbox/snapshot", Some(&body)).status, 200);
    for target in [CLIENTS, "/ss/rsapi/clients_usage", "/ss/rsapi/reseller/billing"] {
        assert_eq!(call(&one, "GET", target, None).body, call(&two, "GET", target, None).body, "{target}");
    }
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("state.json");
    one.save(&file).unwrap();
    two.reset();
    two.load(&file).unwrap();
    assert_eq!(two.snapshot().unwrap(), one.snapshot().unwrap());
    assert!(matches!(two.load(directory.path().join("none.json")), Err(SandboxError::File { .. })));
    assert!(matches!(two.restore("{}"), Err(SandboxError::Invalid(_))));
}

#[test]
fn control_requests_work_in_process() {
    let sandbox = sandbox(0);
    let client = sandbox.control("POST", "/_sandbox/clients", r#"{"sname": "acmecompany"}"#).unwrap();
    let client: Value = serde_json::from_str(&client).unwrap();
    assert_eq!(expect(&sandbox, "GET", CLIENTS, None, 200)[0]["id"], client["id"]);
    assert!(sandbox.control("GET", "clock", "").unwrap().contains("2019-03-03T15:00:00"));
    match sandbox.control("POST", "clients", r#"{"sname": "acmecompany"}"#) {
        Err(SandboxError::Control { status: 409, message }) => {
            let expected =
                "sname: has already been taken by client 27001, got \"acmecompany\"; choose another name";
            assert_eq!(message, expected);
        }
        other => panic!("{other:?}"),
    }
    sandbox.add_key("annas", true, "anna@b.is").unwrap();
    assert!(sandbox.add_key("sandbox-reseller-key", true, "anna@b.is").is_err());
    assert!(sandbox.control("GET", "keys", "").unwrap().contains("annas"));
}
