//! HEAD has the headers of GET and no body, on every path and with every fault.

// Tests may panic; clippy exempts only the functions marked as tests, not the ones that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;

use std::time::{Duration, Instant};

use common::{Connection, call, expect, request, sandbox};
use crankwheel_sandbox::{Fault, FaultRule, GzipDamage, Sandbox};
use serde_json::json;

const CLIENTS: &str = "/ss/rsapi/clients";

/// Leaves out what may differ: the id of the request, and how the body of a GET is sent.
fn without_own_headers(head: &str) -> String {
    let own = ["x-request-id", "transfer-encoding"];
    let lines = head.lines().skip(1).filter(|line| !own.iter().any(|name| line.starts_with(name)));
    lines.collect::<Vec<_>>().join("\n")
}

/// Sends a HEAD and a closing GET on one connection, and returns the headers of the first response.
/// Fails if any byte is between the two responses.
fn head_of(sandbox: &Sandbox, key: &str, target: &str, more: &str) -> String {
    let mut connection = Connection::open(sandbox);
    let lines = format!("Host: localhost\r\nAuthorization: Basic {key}\r\n{more}\r\n");
    connection.write(format!("HEAD {target} HTTP/1.1\r\n{lines}").as_bytes());
    connection.write(&common::closing_request(sandbox.api_key(), "/ss/rsapi/reseller/plans"));
    let raw = String::from_utf8(connection.raw().bytes).unwrap();
    let (head, rest) = raw.split_once("\r\n\r\n").unwrap();
    assert!(rest.starts_with("HTTP/1.1 200 OK\r\n"), "{target}: {rest}");
    format!("{head}\r\n")
}

#[test]
fn head_has_the_headers_of_get() {
    let sandbox = sandbox(5);
    sandbox.respond("GET", "/canned", 418, &[("x-mine", "1")], "tea", None).unwrap();
    let key = sandbox.api_key();
    for (key, target) in [
        (key, CLIENTS),
        (key, "/ss/rsapi/clients/27003"),
        (key, "/ss/rsapi/clients/27003/usage"),
        (key, "/ss/rsapi/clients/27003/billing?start=2019-02-01T00:00:00Z&end=2019-03-01T00:00:00Z"),
        (key, "/ss/rsapi/grant_token/kim@partner.example/list_clients"),
        (key, "/ss/rsapi/reseller/billing"),
        (key, "/ss/rsapi/reseller/plans"),
        (key, "/ss/rsapi/clients_usage"),
        (key, "/ss/auth/rlogin/a@b.is:0"),
        (key, "/ss/rsapi/clients/1"),
        (key, "/ss/rsapi/grant_token/a@b.is"),
        (key, "/nowhere"),
        (key, "/canned"),
        (key, "/_sandbox/state"),
        (key, "/_sandbox/nothing"),
        ("wrong", CLIENTS),
    ] {
        for more in ["", "Accept-Encoding: gzip\r\n"] {
            let head = head_of(&sandbox, key, target, more);
            let mut connection = Connection::open(&sandbox);
            let lines = format!("Host: localhost\r\nAuthorization: Basic {key}\r\n{more}\r\n");
            connection.write(format!("GET {target} HTTP/1.1\r\n{lines}").as_bytes());
            let get = connection.read();
            assert_eq!(head.lines().next(), get.head.lines().next(), "{target}");
            assert_eq!(without_own_headers(&head), without_own_headers(&get.head), "{target} {more}");
            let chunked = get.header("transfer-encoding").is_some();
            assert_eq!(head.contains("content-length"), !chunked, "{target} {head}");
        }
    }
    let log = sandbox.requests();
    assert!(log.iter().any(|request| request.method == "HEAD" && request.status == 200));
}

#[test]
fn head_of_a_path_without_get_is_refused() {
    let sandbox = sandbox(1);
    for target in ["/ss/rsapi/clients/27001/plan/plan_1", "/ss/rsapi/grant_token/a@b.is"] {
        let head = head_of(&sandbox, sandbox.api_key(), target, "");
        assert!(head.starts_with("HTTP/1.1 405 ") && head.contains("allow: POST\r\n"), "{head}");
    }
    let head = head_of(&sandbox, sandbox.api_key(), "/_sandbox/reset", "");
    assert!(head.starts_with("HTTP/1.1 405 "), "{head}");
    assert_eq!(call(&sandbox, "PUT", CLIENTS, None).header("allow"), Some("GET, HEAD, POST"));
}

#[test]
fn a_read_only_key_may_send_head() {
    let sandbox = sandbox(1);
    let head = head_of(&sandbox, sandbox.read_only_key(), CLIENTS, "");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
}

#[test]
fn faults_of_get_apply_to_head_without_a_body() {
    let sandbox = sandbox(5);
    let length = call(&sandbox, "GET", CLIENTS, None).body.len();
    let announced = |head: &str| -> usize {
        head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap()
    };
    let with = |fault: Fault| sandbox.fail(FaultRule::new(fault).on("GET", CLIENTS).times(1)).unwrap();

    for (fault, expected) in [
        (Fault::Corrupt, length),
        (Fault::WrongLength { by: -7 }, length - 7),
        (Fault::WrongLength { by: 9 }, length + 9),
        (Fault::SlowBody { pieces: 4, pause_ms: 60_000 }, length),
    ] {
        with(fault.clone());
        assert_eq!(announced(&head_of(&sandbox, sandbox.api_key(), CLIENTS, "")), expected, "{fault:?}");
    }
    with(Fault::BrokenGzip { how: GzipDamage::Cut });
    let head = head_of(&sandbox, sandbox.api_key(), CLIENTS, "");
    assert!(head.contains("content-encoding: gzip\r\n"), "{head}");
    with(Fault::Status { status: 503, headers: [].into(), body: "later".to_owned(), processed: false });
    let head = head_of(&sandbox, sandbox.api_key(), CLIENTS, "");
    assert!(head.starts_with("HTTP/1.1 503 ") && announced(&head) == 5, "{head}");
    with(Fault::Latency { ms: 60 });
    let before = Instant::now();
    head_of(&sandbox, sandbox.api_key(), CLIENTS, "");
    assert!(before.elapsed() >= Duration::from_millis(60));

    for (fault, reset, responded) in [
        (Fault::ResetBefore, true, false),
        (Fault::ResetAfter, true, false),
        (Fault::ResetDuring, true, true),
        (Fault::Truncate, false, true),
    ] {
        with(fault.clone());
        let mut connection = Connection::open(&sandbox);
        connection.write(&request(sandbox.api_key(), "HEAD", CLIENTS, None));
        let raw = connection.raw();
        assert_eq!(raw.reset, reset, "{fault:?}");
        let text = String::from_utf8(raw.bytes).unwrap();
        assert_eq!(text.contains("HTTP/1.1 200 OK"), responded, "{fault:?}: {text}");
        assert!(text.is_empty() || text.ends_with("\r\n\r\n"), "{fault:?}: {text}");
    }
    assert_eq!(call(&sandbox, "GET", CLIENTS, None).status, 200);
}

#[test]
fn a_canned_204_with_a_body_has_none_for_head() {
    let sandbox = sandbox(0);
    sandbox.respond("GET", "/empty", 204, &[], "odd", None).unwrap();
    let head = head_of(&sandbox, sandbox.api_key(), "/empty", "");
    assert!(head.starts_with("HTTP/1.1 204 ") && head.contains("content-length: 3\r\n"), "{head}");
    sandbox.respond("HEAD", "/empty", 200, &[], "", Some(1)).unwrap();
    assert_eq!(call(&sandbox, "GET", "/empty", None).status, 204);
    let body = json!({ "sname": "acmecompany" });
    expect(&sandbox, "POST", CLIENTS, Some(body), 201);
}
