//! The server itself, tested by a client that sends raw bytes: accepted requests, problems and pacing.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

use std::io::{Read, Write};
use std::net::TcpStream;

use crankwheel_conformance::server::Server;
use crankwheel_conformance::table::Table;

const CASES: &str = r#"[
  { "name": "two", "about": "two requests on one connection",
    "steps": [ { "operation": "clients.delete", "args": [1],
      "exchanges": [ { "request": {"method": "DELETE", "path": "/c/1"},
                       "response": {"status": 204, "text": "Success", "delivery": "split:2"} },
                     { "request": {"method": "GET", "path": "/c/2"}, "response": {"json": [1.0 , 2]} } ],
      "expect": {"value": null} } ] },
  { "name": "refused", "about": "nothing listens", "server": "refuse",
    "steps": [ { "operation": "clients.list", "expect": {"value": []} } ] }
]"#;

fn server() -> Server {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.json"), CASES).unwrap();
    Server::start(Table::load_from(folder.path()).unwrap()).unwrap()
}

/// Sends one request and reads until the response ends with `ends`.
fn exchange(stream: &mut TcpStream, method: &str, url: &str, ends: &str) -> String {
    let path = format!("/{}", url.split('/').skip(3).collect::<Vec<_>>().join("/"));
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nauthorization: Basic conformance-key-9f2c\r\nuser-agent: crankwheel/0\r\n\r\n"
    )
    .unwrap();
    let mut all = Vec::new();
    let mut piece = [0; 256];
    while !String::from_utf8_lossy(&all).ends_with(ends) {
        let n = stream.read(&mut piece).unwrap();
        assert!(n > 0, "closed early: {}", String::from_utf8_lossy(&all));
        all.extend_from_slice(&piece[..n]);
    }
    String::from_utf8(all).unwrap()
}

fn connect(url: &str) -> TcpStream {
    TcpStream::connect(url.split('/').nth(2).unwrap()).unwrap()
}

#[test]
fn a_run_with_the_expected_requests_has_no_problems() {
    let server = server();
    let begun = server.begin("two").unwrap();
    let mut stream = connect(&begun.base_url);
    let response = exchange(&mut stream, "DELETE", &format!("{}/c/1", begun.base_url), "Success");
    assert!(response.starts_with("HTTP/1.1 204 No Content\r\n"), "{response}");
    let response = exchange(&mut stream, "GET", &format!("{}/c/2", begun.base_url), "[1.0,2]");
    assert!(response.contains("content-length: 7\r\n"), "{response}");
    assert_eq!(server.end(&begun.run), Some(vec![]));
    assert_eq!(server.end(&begun.run), None);
}

#[test]
fn wrong_and_missing_requests_are_problems() {
    let server = server();
    let begun = server.begin("two").unwrap();
    let mut stream = connect(&begun.base_url);
    let response = exchange(&mut stream, "GET", &format!("{}/c/1", begun.base_url), "}");
    assert!(response.starts_with("HTTP/1.1 599 "), "{response}");
    let problems = server.end(&begun.run).unwrap();
    assert_eq!(problems.len(), 3, "{problems:?}");
    assert!(problems[0].contains("expected DELETE /c/1, got GET /c/1"), "{problems:?}");
    assert!(problems[2].contains("step 0 exchange 1: expected GET /c/2, got no request"), "{problems:?}");
}

#[test]
fn the_control_calls_work_over_http() {
    let server = server();
    let control = server.control();
    let mut stream = connect(&control);
    let cases = exchange(&mut stream, "GET", &format!("{control}/_cases"), "]");
    assert!(cases.contains("\"name\": \"refused\""), "{cases}");
    let begun = exchange(&mut stream, "POST", &format!("{control}/_begin?case=two"), "}");
    assert!(begun.contains("\"run\":\"r1\""), "{begun}");
    let ended = exchange(&mut stream, "POST", &format!("{control}/_end?run=r1"), "}");
    assert!(ended.contains("\"ok\":false"), "{ended}");
    assert!(exchange(&mut stream, "POST", &format!("{control}/_begin?case=none"), "}").contains(" 404 "));
}

#[test]
fn a_refusing_case_has_a_base_url_where_nothing_listens() {
    let server = server();
    let begun = server.begin("refused").unwrap();
    let error = TcpStream::connect(begun.base_url.split('/').nth(2).unwrap()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
}
