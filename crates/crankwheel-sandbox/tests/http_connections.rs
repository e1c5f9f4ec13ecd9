//! HTTP connections: headers, keep-alive, 204s with a body, invalid bytes, and stopping a sandbox.

// Tests may panic; clippy exempts only the functions marked as tests, not the ones that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;

use std::collections::HashSet;
use std::net::TcpStream;

use common::{Connection, call, expect, request, sandbox, start};
use crankwheel_sandbox::{Sandbox, SandboxError, SandboxOptions};
use serde_json::json;

const CLIENTS: &str = "/ss/rsapi/clients";

fn client(sandbox: &Sandbox) -> String {
    let id = expect(sandbox, "POST", CLIENTS, Some(json!({ "sname": "acmecompany" })), 201)["id"].clone();
    format!("{CLIENTS}/{id}")
}

#[test]
fn every_response_has_the_usual_headers() {
    let sandbox = sandbox(3);
    let mut ids = HashSet::new();
    let mut connection = Connection::open(&sandbox);
    for (method, target) in [
        ("GET", CLIENTS),
        ("GET", "/nowhere"),
        ("PUT", CLIENTS),
        ("POST", CLIENTS),
        ("GET", "/ss/rsapi/reseller/plans"),
    ] {
        let response = connection.send(sandbox.api_key(), method, target, None);
        assert_eq!(response.header("server"), Some("nginx"), "{target}");
        assert_eq!(response.header("date"), Some("Sun, 03 Mar 2019 15:00:00 GMT"), "{target}");
        assert_eq!(response.header("cache-control"), Some("max-age=0, private, must-revalidate"), "{target}");
        assert!(ids.insert(response.header("x-request-id").unwrap().to_owned()), "{target}");
    }
}

#[test]
fn a_204_is_sent_with_its_body() {
    let sandbox = sandbox(0);
    let path = client(&sandbox);
    // All requests at once, and the last one closes the connection: nothing may follow the
    // responses.
    let mut connection = Connection::open(&sandbox);
    let mut bytes = request(sandbox.api_key(), "PATCH", &path, Some(&json!({ "lname": "Acme" })));
    bytes.extend(request(sandbox.api_key(), "POST", &format!("{path}/plan/plan_1"), None));
    bytes.extend(request(sandbox.api_key(), "DELETE", &path, None));
    let last = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Basic {}\r\n\r\n",
        sandbox.api_key()
    );
    bytes.extend(last.into_bytes());
    connection.write(&bytes);
    let (update, plan, delete, gone) =
        (connection.read(), connection.read(), connection.read(), connection.read());
    assert_eq!((update.status, update.json()["lname"].as_str()), (204, Some("Acme")));
    assert_eq!(
        (plan.status, plan.header("content-length"), plan.body.as_slice()),
        (204, Some("9"), b"\"Success\"".as_slice())
    );
    assert_eq!((delete.status, delete.header("content-length")), (204, Some("22")));
    assert_eq!(delete.body, b"\"Deleted successfully\"");
    assert_eq!(gone.status, 404);
    assert!(!update.head.contains("x-sandbox"), "{}", update.head);
    assert_eq!(connection.rest(), b"");
}

#[test]
fn a_204_that_closes_the_connection_has_its_body_too() {
    let sandbox = sandbox(0);
    let path = client(&sandbox);
    let mut connection = Connection::open(&sandbox);
    let closing = format!(
        "DELETE {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Basic {}\r\n\r\n",
        sandbox.api_key()
    );
    connection.write(closing.as_bytes());
    let response = connection.read();
    assert_eq!((response.status, response.body.as_slice()), (204, b"\"Deleted successfully\"".as_slice()));
    assert_eq!(connection.rest(), b"");
}

#[test]
fn the_body_of_a_204_can_be_turned_off() {
    let sandbox = start(SandboxOptions { body_on_204: false, ..SandboxOptions::default() });
    let path = client(&sandbox);
    let mut connection = Connection::open(&sandbox);
    let response = connection.send(sandbox.api_key(), "DELETE", &path, None);
    assert_eq!(
        (response.status, response.header("content-length"), response.header("content-type")),
        (204, None, None)
    );
    assert_eq!(connection.send(sandbox.api_key(), "GET", &path, None).status, 404);
}

#[test]
fn invalid_bytes_are_refused_and_the_sandbox_goes_on() {
    let sandbox = sandbox(1);
    let long_header = format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(1 << 20));
    let bad_chunk = format!(
        "POST {CLIENTS} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        sandbox.api_key()
    );
    for bytes in [
        b"\x16\x03\x01\x02\x00\x01\x00".as_slice(),
        b"GARBAGE\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST /ss/rsapi/clients HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nshort",
        long_header.as_bytes(),
        bad_chunk.as_bytes(),
    ] {
        let mut connection = Connection::open(&sandbox);
        let _ = connection.try_write(bytes);
    }
    let cases = [
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        ("\u{0}", "application/json", 400),
        ("sname=acmecompany", "application/x-www-form-urlencoded", 415),
        (r#"{"sname": {"a": ["deep"]}}"#, "application/json; charset=utf-8", 400),
    ];
    for (body, content_type, status) in cases {
        let mut connection = Connection::open(&sandbox);
        let key = sandbox.api_key();
        let head = format!(
            "POST {CLIENTS} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {key}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        connection.write(head.as_bytes());
        connection.write(body.as_bytes());
        assert_eq!(connection.read().status, status, "{body}");
    }
    let mut connection = Connection::open(&sandbox);
    let announced =
        format!("POST {CLIENTS} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", (1 << 20) + 1);
    connection.write(announced.as_bytes());
    assert_eq!(connection.read().status, 413);
    assert_eq!(call(&sandbox, "GET", CLIENTS, None).status, 200);
}

#[test]
fn many_connections_at_once() {
    let sandbox = sandbox(2);
    let ids: Vec<i64> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..24)
            .map(|number| {
                let sandbox = &sandbox;
                scope.spawn(move || {
                    let mut connection = Connection::open(sandbox);
                    let body = json!({ "sname": format!("company{number:02}") });
                    let created = connection.send(sandbox.api_key(), "POST", CLIENTS, Some(&body));
                    assert_eq!(created.status, 201);
                    for _ in 0..10 {
                        assert_eq!(connection.send(sandbox.api_key(), "GET", CLIENTS, None).status, 200);
                    }
                    created.json()["id"].as_i64().unwrap()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 24);
    assert_eq!(sandbox.requests().len(), 24 * 11);
}

#[test]
fn stopping_closes_open_connections() {
    let sandbox = sandbox(0);
    let address = sandbox.url().strip_prefix("http://").unwrap().to_owned();
    let mut idle = Connection::open(&sandbox);
    assert_eq!(idle.send(sandbox.api_key(), "GET", CLIENTS, None).status, 200);
    let mut half = Connection::open(&sandbox);
    half.write(b"GET /ss/rsapi/cl");
    sandbox.stop();
    sandbox.stop();
    assert_eq!(idle.rest(), b"");
    assert_eq!(half.rest(), b"");
    assert!(TcpStream::connect(&address).is_err());
    // The handle still has the log.
    assert_eq!(sandbox.requests().len(), 1);
}

#[test]
fn a_taken_port_is_an_error() {
    let first = sandbox(0);
    let port = first.url().rsplit(':').next().unwrap().parse().unwrap();
    let second = Sandbox::start(SandboxOptions { port, ..SandboxOptions::default() });
    assert!(matches!(second, Err(SandboxError::Listen { .. })));
    drop(first);
    assert!(Sandbox::start(SandboxOptions { port, ..SandboxOptions::default() }).is_ok());
}

#[test]
fn the_same_seed_and_clock_generate_the_same_bytes() {
    let (one, two) = (sandbox(25), sandbox(25));
    for target in [
        CLIENTS,
        "/ss/rsapi/clients_usage",
        "/ss/rsapi/reseller/billing",
        "/ss/rsapi/reseller/plans",
        "/ss/rsapi/clients/27003/usage",
        "/ss/rsapi/grant_token/kim@partner.example/list_clients",
    ] {
        let (first, second) = (call(&one, "GET", target, None), call(&two, "GET", target, None));
        assert_eq!(first.status, 200, "{target}");
        assert_eq!(first.body, second.body, "{target}");
        assert_eq!(first.header("x-request-id"), second.header("x-request-id"), "{target}");
    }
}
