//! Each fault: the bytes that the client receives, and the effect on the state.

// Tests may panic; clippy exempts only the functions marked as tests, not the ones that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;

use std::io::Read;
use std::time::{Duration, Instant};

use common::{Connection, Raw, call, expect, request, sandbox, start};
use crankwheel_sandbox::{Fault, FaultRule, GzipDamage, Sandbox, SandboxOptions};
use serde_json::json;

const CLIENTS: &str = "/ss/rsapi/clients";

/// Starts a sandbox with one client, and returns the client's path.
fn with_client() -> (Sandbox, String) {
    let sandbox = sandbox(0);
    let id = expect(&sandbox, "POST", CLIENTS, Some(json!({ "sname": "acmecompany" })), 201)["id"].clone();
    (sandbox, format!("{CLIENTS}/{id}"))
}

/// Sends one request and returns everything until the connection ends.
fn raw(sandbox: &Sandbox, method: &str, target: &str) -> Raw {
    let mut connection = Connection::open(sandbox);
    connection.write(&request(sandbox.api_key(), method, target, None));
    connection.raw()
}

fn deletes(sandbox: &Sandbox, path: &str, fault: Fault) -> Raw {
    sandbox.fail(FaultRule::new(fault).on("DELETE", "/ss/rsapi/clients/{id}").times(1)).unwrap();
    raw(sandbox, "DELETE", path)
}

#[test]
fn resets_before_and_after_the_request_is_processed() {
    for (fault, status) in [(Fault::ResetBefore, 200), (Fault::ResetAfter, 404), (Fault::ResetDuring, 404)] {
        let (sandbox, path) = with_client();
        let ended = deletes(&sandbox, &path, fault.clone());
        assert!(ended.reset, "{fault:?}: {ended:?}");
        let responded = fault == Fault::ResetDuring;
        assert_eq!(!ended.bytes.is_empty(), responded, "{fault:?}");
        assert_eq!(call(&sandbox, "GET", &path, None).status, status, "{fault:?}");
        let log = sandbox.requests();
        assert_eq!(log[1].fault, Some(fault));
        assert_eq!(log[1].status, if responded { 204 } else { 0 });
    }
}

#[test]
fn a_reset_in_the_middle_of_a_long_response() {
    let sandbox = sandbox(20);
    let whole = call(&sandbox, "GET", CLIENTS, None).body;
    sandbox.fail(FaultRule::new(Fault::ResetDuring).times(1)).unwrap();
    let ended = raw(&sandbox, "GET", CLIENTS);
    assert!(ended.reset);
    assert_eq!(ended.length(), Some(whole.len()));
    assert_eq!(ended.body(), &whole[..whole.len() / 2]);
}

#[test]
fn bodies_are_truncated_and_corrupted() {
    let sandbox = sandbox(5);
    let whole = call(&sandbox, "GET", CLIENTS, None).body;
    sandbox.fail(FaultRule::new(Fault::Truncate).times(1)).unwrap();
    let cut = raw(&sandbox, "GET", CLIENTS);
    assert!(!cut.reset);
    assert_eq!((cut.length(), cut.body()), (Some(whole.len()), &whole[..whole.len() / 2]));

    let mut connection = Connection::open(&sandbox);
    sandbox.fail(FaultRule::new(Fault::Corrupt).times(1)).unwrap();
    let corrupt = connection.send(sandbox.api_key(), "GET", CLIENTS, None);
    assert_eq!((corrupt.status, corrupt.body.len()), (200, whole.len()));
    assert!(std::str::from_utf8(&corrupt.body).is_err());
    // The connection can still be used.
    assert_eq!(connection.send(sandbox.api_key(), "GET", CLIENTS, None).body, whole);
}

#[test]
fn wrong_lengths_leave_the_rest_of_the_body() {
    let sandbox = sandbox(5);
    let whole = call(&sandbox, "GET", CLIENTS, None).body;
    sandbox.fail(FaultRule::new(Fault::WrongLength { by: -7 }).times(1)).unwrap();
    let mut connection = Connection::open(&sandbox);
    connection.write(&request(sandbox.api_key(), "GET", CLIENTS, None));
    connection.write(&common::closing_request(sandbox.api_key(), "/ss/rsapi/reseller/plans"));
    let raw = connection.raw();
    assert_eq!(raw.length(), Some(whole.len() - 7));
    // The whole body is sent nevertheless, and its rest precedes the next response.
    assert!(raw.body().starts_with(&whole));
    assert!(raw.body()[whole.len()..].starts_with(b"HTTP/1.1 200 OK"));
}

#[test]
fn broken_gzip_cannot_be_decoded() {
    let sandbox = sandbox(5);
    for how in [GzipDamage::Cut, GzipDamage::Corrupt] {
        sandbox.fail(FaultRule::new(Fault::BrokenGzip { how }).times(1)).unwrap();
        let response = call(&sandbox, "GET", CLIENTS, None);
        assert_eq!(response.header("content-encoding"), Some("gzip"));
        let mut text = Vec::new();
        assert!(flate2::read::GzDecoder::new(response.body.as_slice()).read_to_end(&mut text).is_err());
    }
}

#[test]
fn slow_responses_are_late_but_complete() {
    let sandbox = sandbox(5);
    let whole = call(&sandbox, "GET", CLIENTS, None).body;
    for (fault, least) in [
        (Fault::Latency { ms: 60 }, 60),
        (Fault::SlowBody { pieces: 4, pause_ms: 15 }, 60),
        (Fault::SlowBody { pieces: 0, pause_ms: 0 }, 0),
    ] {
        sandbox.fail(FaultRule::new(fault.clone()).times(1)).unwrap();
        let before = Instant::now();
        assert_eq!(call(&sandbox, "GET", CLIENTS, None).body, whole);
        assert!(before.elapsed() >= Duration::from_millis(least), "{fault:?}");
    }
}

#[test]
fn a_204_is_sent_in_pieces() {
    let sandbox = start(SandboxOptions { body_on_204: false, ..SandboxOptions::default() });
    let id = expect(&sandbox, "POST", CLIENTS, Some(json!({ "sname": "acmecompany" })), 201)["id"].clone();
    let rule = r#"{"path": "*", "fault": {"kind": "split_204", "pieces": 9, "pause_ms": 1}}"#;
    sandbox.fail_json(rule).unwrap();
    let mut connection = Connection::open(&sandbox);
    let set = connection.send(sandbox.api_key(), "POST", &format!("{CLIENTS}/{id}/plan/plan_1"), None);
    assert_eq!((set.status, set.body.as_slice()), (204, b"\"Success\"".as_slice()));
    assert_eq!(connection.send(sandbox.api_key(), "GET", CLIENTS, None).status, 200);
    sandbox.clear_faults();
    let plain = connection.send(sandbox.api_key(), "DELETE", &format!("{CLIENTS}/{id}"), None);
    assert_eq!((plain.status, plain.header("content-length")), (204, None));
}

#[test]
fn statuses_with_and_without_effect() {
    let (sandbox, path) = with_client();
    let rule = |processed| {
        let fault = json!({ "kind": "status", "status": 502, "headers": { "retry-after": "3" }, "body": { "a": 1 },
                            "processed": processed });
        json!({ "method": "DELETE", "times": 1, "fault": fault }).to_string()
    };
    sandbox.fail_json(&rule(false)).unwrap();
    let response = call(&sandbox, "DELETE", &path, None);
    assert_eq!(
        (response.status, response.header("retry-after"), response.json()),
        (502, Some("3"), json!({ "a": 1 }))
    );
    assert_eq!(call(&sandbox, "GET", &path, None).status, 200);
    sandbox.fail_json(&rule(true)).unwrap();
    assert_eq!(call(&sandbox, "DELETE", &path, None).status, 502);
    assert_eq!(call(&sandbox, "GET", &path, None).status, 404);
}

#[test]
fn probability_selects_the_same_requests_each_time() {
    let statuses = || -> Vec<u16> {
        let sandbox = sandbox(0);
        let rule = json!({ "method": "GET", "path": CLIENTS, "probability": 0.4, "seed": 3,
                           "fault": { "kind": "status", "status": 503 } });
        sandbox.fail_json(&rule.to_string()).unwrap();
        let mut connection = Connection::open(&sandbox);
        (0..40).map(|_| connection.send(sandbox.api_key(), "GET", CLIENTS, None).status).collect()
    };
    let first = statuses();
    assert_eq!(first, statuses());
    assert!(first.contains(&200) && first.contains(&503), "{first:?}");
}

#[test]
fn long_responses_are_compressed_for_clients_that_accept_gzip() {
    let sandbox = sandbox(20);
    for target in
        [CLIENTS, "/ss/rsapi/clients_usage", "/ss/rsapi/clients/27003", "/ss/rsapi/reseller/billing"]
    {
        let whole = call(&sandbox, "GET", target, None).body;
        let mut connection = Connection::open(&sandbox);
        let head = format!(
            "GET {target} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nAuthorization: Basic {}\r\n\r\n",
            sandbox.api_key()
        );
        connection.write(head.as_bytes());
        let response = connection.read();
        assert_eq!(
            (response.header("content-encoding"), response.header("transfer-encoding")),
            (Some("gzip"), Some("chunked")),
            "{target}"
        );
        let mut text = Vec::new();
        flate2::read::GzDecoder::new(response.body.as_slice()).read_to_end(&mut text).unwrap();
        assert_eq!(text, whole, "{target}");
    }
    let plans = call(&sandbox, "GET", "/ss/rsapi/reseller/plans", None);
    assert!(plans.header("content-length").is_some());
}
