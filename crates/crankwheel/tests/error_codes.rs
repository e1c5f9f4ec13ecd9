//! Errors of connections that failed say why, as a code for programs.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::Duration;

use crankwheel::{Error, ErrorKind, Options, code_description};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

mod support;

async fn failure(url: String, options: Options) -> Error {
    let options = options.base_url(url).allow_insecure_http(true).max_retries(0);
    let cw = crankwheel::CrankWheel::with(support::KEY, options).unwrap();
    cw.clients().list().await.unwrap_err()
}

async fn failure_at(port: u16) -> Error {
    failure(format!("http://127.0.0.1:{port}"), Options::new()).await
}

#[track_caller]
fn assert_code(error: &Error, kind: ErrorKind, codes: &[&str]) {
    let code = error.code().expect("a code");
    assert_eq!(error.kind(), kind, "{error}");
    assert!(codes.contains(&code), "{code}: {error}");
    assert!(code_description(code).is_some(), "{code}");
}

/// Reads the request, and sends these bytes.
async fn respond(mut socket: TcpStream, bytes: &'static [u8]) {
    support::head(&mut socket).await;
    let _ = socket.write_all(bytes).await;
}

#[tokio::test]
async fn a_port_without_a_server_refuses() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    assert_code(&failure_at(port).await, ErrorKind::Connection, &["ECONNREFUSED"]);
    let proxied = Options::new().proxy(format!("http://127.0.0.1:{port}"));
    let error = failure("http://api.example".to_owned(), proxied).await;
    assert_code(&error, ErrorKind::Connection, &["ECONNREFUSED"]);
}

#[tokio::test]
async fn an_unknown_host_is_not_found() {
    // Where there is no name server, the look-up fails for now.
    let error = failure("http://nowhere.invalid".to_owned(), Options::new()).await;
    assert_code(&error, ErrorKind::Connection, &["ENOTFOUND", "EAI_AGAIN"]);
}

#[tokio::test]
async fn connections_that_end_early_are_reset() {
    let ends = support::serve(|socket| respond(socket, b"")).await;
    assert_code(&failure_at(ends).await, ErrorKind::Connection, &["ECONNRESET"]);
    let resets = support::serve(|socket| async move {
        socket.set_zero_linger().unwrap();
        respond(socket, b"").await;
    })
    .await;
    assert_code(&failure_at(resets).await, ErrorKind::Connection, &["ECONNRESET"]);
    let cut =
        support::serve(|socket| respond(socket, b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n[")).await;
    assert_code(&failure_at(cut).await, ErrorKind::Connection, &["ECONNRESET"]);
}

#[tokio::test]
async fn a_server_of_another_protocol_is_a_protocol_error() {
    let other = support::serve(|socket| respond(socket, b"SSH-2.0-OpenSSH_9.6\r\n")).await;
    assert_code(&failure_at(other).await, ErrorKind::Connection, &["EPROTO"]);
    let plain = support::serve(|mut socket| async move {
        let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    })
    .await;
    let error = failure(format!("https://127.0.0.1:{plain}"), Options::new()).await;
    assert_code(&error, ErrorKind::Connection, &["EPROTO"]);
}

#[tokio::test]
async fn every_deadline_that_passes_is_a_timeout() {
    let silent = support::serve(|socket| async move {
        tokio::time::sleep(Duration::from_secs(60)).await;
        drop(socket);
    })
    .await;
    let url = format!("http://127.0.0.1:{silent}");
    let soon = Duration::from_millis(60);
    for options in [Options::new().timeout(soon), Options::new().attempt_timeout(soon)] {
        assert_code(&failure(url.clone(), options).await, ErrorKind::Timeout, &["ETIMEDOUT"]);
    }
}

#[tokio::test]
async fn other_errors_have_no_code() {
    let body = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    let not_found = support::serve(|socket| respond(socket, body)).await;
    let odd =
        support::serve(|socket| respond(socket, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")).await;
    for error in [
        failure_at(not_found).await,
        failure_at(odd).await,
        Error::configuration("no API key"),
        Error::invalid("sname", "must be set"),
    ] {
        assert_eq!(error.code(), None, "{error}");
    }
}
