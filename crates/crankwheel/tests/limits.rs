//! Answers that are too much: in bytes, packed or not, in headers, in time.
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

/// Answers everything with this head, then so many pieces; gives its port and counts its requests.
async fn pouring(answer: &'static str, piece: Arc<Vec<u8>>, times: usize) -> (u16, Arc<AtomicU32>) {
    let requests = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&requests);
    let port = serve(move |mut socket: TcpStream| {
        let (piece, counted) = (Arc::clone(&piece), Arc::clone(&counted));
        async move {
            while head(&mut socket).await.is_some() {
                counted.fetch_add(1, Ordering::Relaxed);
                let _ = socket.write_all(answer.as_bytes()).await;
                for _ in 0..times {
                    // The caller may have had enough.
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
fn too_much(error: &Error, word: &str) {
    assert_eq!(error.kind(), ErrorKind::Connection, "{error}");
    assert!(error.message().contains(word), "{error}");
    assert_eq!(error.attempts(), 1, "what is too much once is too much again: {error}");
}

const HUGE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n";

#[tokio::test]
async fn a_body_that_is_too_large() {
    let (port, requests) = pouring(HUGE, Arc::new(vec![b' '; MIB]), 100).await;
    let cw = client(port, Options::new());
    too_much(&cw.clients().get(5).await.unwrap_err(), "64 MiB");
    assert_eq!(requests.load(Ordering::Relaxed), 1);
    let created = cw.clients().create(ClientFields::new().sname("acmecorp")).await.unwrap_err();
    too_much(&created, "64 MiB");
    assert_eq!(created.maybe_applied(), Some(true));
    // Nobody reads the answer to a plan that was set: its head has said all.
    cw.clients().set_plan(5, "plan_1").await.unwrap();
    // The limit of a usage history is another; this one is read while it arrives, and is empty in the end.
    let history = cw.reseller().usage(()).await.unwrap_err();
    assert!(history.message().contains("the body is empty"), "{history}");
}

#[tokio::test]
async fn a_body_that_is_too_large_once_unpacked() {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..100 {
        gzip.write_all(&vec![b' '; MIB]).unwrap();
    }
    let packed = gzip.finish().unwrap();
    assert!(packed.len() < MIB);
    let answer = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n";
    let (port, _) = pouring(answer, Arc::new(packed), 1).await;
    too_much(&client(port, Options::new()).clients().get(5).await.unwrap_err(), "64 MiB");
}

#[tokio::test]
async fn an_error_with_a_body_that_is_too_large() {
    let (port, _) = pouring(
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
async fn headers_that_are_too_many_or_never_end() {
    let many = format!("{}\r\n", "x-filler: y\r\n".repeat(200));
    let long = format!("x-filler: {}\r\n", "y".repeat(8000));
    for (piece, times) in [(many, 1), (long, 1000)] {
        let (port, _) = pouring("HTTP/1.1 200 OK\r\n", Arc::new(piece.into_bytes()), times).await;
        let error = client(port, Options::new()).clients().get(5).await.unwrap_err();
        too_much(&error, "headers");
    }
}

#[tokio::test]
async fn what_is_no_http() {
    for (answer, word) in [
        ("220 mail.example ESMTP\r\n", "HTTP version"),
        ("HTTP/1.1 2oo OK\r\n\r\n", "status"),
        ("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "content-length"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", "content-length"),
    ] {
        let (port, _) = pouring(answer, Arc::default(), 0).await;
        let cw = client(port, Options::new().max_retries(0));
        let error = cw.clients().get(5).await.unwrap_err();
        too_much(&error, "expected an HTTP response, found something else");
        assert!(error.message().contains(word), "{error}");
        // It came after the request: whoever speaks so may have read it.
        assert_eq!(cw.clients().set_plan(5, "plan_1").await.unwrap_err().maybe_applied(), Some(true));
    }
}

#[tokio::test]
async fn a_drip_that_never_falls_silent_ends_at_the_deadline() {
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
