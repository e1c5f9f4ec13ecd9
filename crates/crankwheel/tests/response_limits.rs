//! The limits on responses: size, decompressed size, headers and time.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crankwheel::{ClientFields, Error, ErrorKind, Options};
use flate2::Compression;
use flate2::write::GzEncoder;
use support::{client, head, serve};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const MIB: usize = 1 << 20;

/// Starts a server that responds with these headers and then this piece, so many times. Returns its
/// port and a counter of its requests.
async fn flooding_server(headers: &'static str, piece: Arc<Vec<u8>>, times: usize) -> (u16, Arc<AtomicU32>) {
    let requests = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&requests);
    let port = serve(move |mut socket: TcpStream| {
        let (piece, counted) = (Arc::clone(&piece), Arc::clone(&counted));
        async move {
            while head(&mut socket).await.is_some() {
                counted.fetch_add(1, Ordering::Relaxed);
                let _ = socket.write_all(headers.as_bytes()).await;
                for _ in 0..times {
                    // The client can close the connection.
                    if socket.write_all(&piece).await.is_err() {
                        return;
                    }
                }
            }
        }
    })
    .await;
    (port, requests)
}

#[track_caller]
fn assert_too_large(error: &Error, word: &str) {
    assert_eq!(error.kind(), ErrorKind::Connection, "{error}");
    assert!(error.message().contains(word), "{error}");
    assert_eq!(error.attempts(), 1, "a retry would fail in the same way: {error}");
}

const HUGE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n";

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let (port, requests) = flooding_server(HUGE, Arc::new(vec![b' '; MIB]), 100).await;
    let cw = client(port, Options::new());
    assert_too_large(&cw.clients().get(5).await.unwrap_err(), "64 MiB");
    assert_eq!(requests.load(Ordering::Relaxed), 1);
    let created = cw.clients().create(ClientFields::new().sname("acmecorp")).await.unwrap_err();
    assert_too_large(&created, "64 MiB");
    assert_eq!(created.maybe_applied(), Some(true));
    // The response to set plan is not read beyond its headers.
    cw.clients().set_plan(5, "plan_1").await.unwrap();
    // A usage history has a higher limit. This one is read to its end, and is empty.
    let history = cw.reseller().usage(()).await.unwrap_err();
    assert!(history.message().contains("the body is empty"), "{history}");
}

#[tokio::test]
async fn a_body_that_is_too_large_when_decompressed_is_refused() {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..100 {
        gzip.write_all(&vec![b' '; MIB]).unwrap();
    }
    let packed = gzip.finish().unwrap();
    assert!(packed.len() < MIB);
    let headers = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n";
    let (port, _) = flooding_server(headers, Arc::new(packed), 1).await;
    assert_too_large(&client(port, Options::new()).clients().get(5).await.unwrap_err(), "64 MiB");
}

#[tokio::test]
async fn the_large_body_of_an_error_is_truncated() {
    let (port, _) = flooding_server(
        "HTTP/1.1 404 Not Found\r\nContent-Length: 104857600\r\n\r\n",
        Arc::new(vec![b'x'; MIB]),
        100,
    )
    .await;
    let error = client(port, Options::new()).clients().get(5).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.message().len() < 500 && error.body().unwrap().len() <= 64 * 1024);
}

#[tokio::test]
async fn headers_that_are_too_large_are_refused() {
    let many = format!("{}\r\n", "x-filler: y\r\n".repeat(200));
    let long = format!("x-filler: {}\r\n", "y".repeat(8000));
    for (piece, times) in [(many, 1), (long, 1000)] {
        let (port, _) = flooding_server("HTTP/1.1 200 OK\r\n", Arc::new(piece.into_bytes()), times).await;
        let error = client(port, Options::new()).clients().get(5).await.unwrap_err();
        assert_too_large(&error, "headers");
    }
}

#[tokio::test]
async fn invalid_http_is_not_retried_and_may_have_been_applied() {
    for (response, word) in [
        ("220 mail.example ESMTP\r\n", "HTTP version"),
        ("HTTP/1.1 2oo OK\r\n\r\n", "status"),
        ("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "content-length"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", "content-length"),
    ] {
        let (port, _) = flooding_server(response, Arc::default(), 0).await;
        let cw = client(port, Options::new().max_retries(0));
        let error = cw.clients().get(5).await.unwrap_err();
        assert_too_large(&error, "expected an HTTP response, found something else");
        assert!(error.message().contains(word), "{error}");
        // The server responded after the request was sent, so it may have read it.
        assert_eq!(cw.clients().set_plan(5, "plan_1").await.unwrap_err().maybe_applied(), Some(true));
    }
}

#[tokio::test]
async fn a_slow_body_ends_at_the_deadline() {
    let port = serve(|mut socket: TcpStream| async move {
        if head(&mut socket).await.is_some() {
            let _ = socket.write_all(HUGE.as_bytes()).await;
            while socket.write_all(b" ").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    })
    .await;
    let options = Options::new().timeout(Duration::from_millis(300));
    let error = client(port, options).clients().get(5).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.message().contains("not complete within 300ms, the call's `timeout`"), "{error}");
}
