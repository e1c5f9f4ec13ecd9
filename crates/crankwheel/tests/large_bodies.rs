//! Bodies that arrive faster than they are decoded: deadlines, dropped calls and other calls.
//!
//! The tests run on one thread, and the body never ends: a call that does not look at the clock or
//! does not yield would only end at the limit on sizes.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use crankwheel::{ErrorKind, Options};
use flate2::Compression;
use flate2::write::GzEncoder;
use support::{CLIENT, client, head, ok, serve};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const ROW: &str = r#"{"email": "a@b.example", "sname": "acmecorp", "lname": "Acme",
    "start_date": "2019-02-01T10:00:00.000000Z", "end_date": "2019-02-01T10:10:00.000000Z",
    "duration": 600, "viewer_info": {"max_viewer_count": 2}},"#;

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// Serves an endless body on separate threads: these bytes first, and then these again and again.
/// Returns the port.
fn endless(content_encoding: &'static str, first: Vec<u8>, rest: Vec<u8>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let (mut socket, first, rest) = (socket.unwrap(), first.clone(), rest.clone());
            std::thread::spawn(move || {
                let mut seen = Vec::new();
                while !seen.ends_with(b"\r\n\r\n") {
                    let mut byte = [0];
                    if socket.read_exact(&mut byte).is_err() {
                        return;
                    }
                    seen.extend(byte);
                }
                let head = format!(
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: {content_encoding}\r\n\r\n"
                );
                let begun = socket.write_all(head.as_bytes()).and_then(|()| socket.write_all(&first));
                // Until the client closes the connection.
                while begun.is_ok() && socket.write_all(&rest).is_ok() {}
            });
        }
    });
    port
}

/// Returns the ports of servers that send an endless usage history, plain and compressed.
fn histories() -> [(&'static str, u16); 4] {
    let (first, rows) = (br#"{"sessions": ["#.to_vec(), ROW.repeat(2000).into_bytes());
    // A member of nothing but white space, decompressed a thousand times as large.
    let spaces = gzip(&vec![b' '; 8 << 20]);
    [
        ("plain", endless("identity", first.clone(), rows.clone())),
        ("compressed", endless("gzip", gzip(&first), gzip(&rows))),
        ("a bomb", endless("gzip", gzip(&first), spaces.clone())),
        ("a bomb in a bomb", endless("gzip, gzip", gzip(&gzip(&first)), gzip(&spaces))),
    ]
}

#[tokio::test]
async fn a_deadline_is_kept_although_data_is_always_ready() {
    for (form, port) in histories() {
        for timeout in [20, 100, 300].map(Duration::from_millis) {
            let error = client(port, Options::new().timeout(timeout)).reseller().usage(()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Timeout, "{form}: {error}");
            let words = format!("within {timeout:?}, the call's `timeout`");
            assert!(error.message().contains(&words), "{form}: {error}");
        }
    }
}

#[tokio::test]
async fn a_call_can_be_dropped_although_data_is_always_ready() {
    for (form, port) in histories() {
        let call = client(port, Options::new()).reseller().usage(()).into_future();
        let ended = tokio::time::timeout(Duration::from_millis(200), call).await;
        assert!(ended.is_err(), "{form}: {ended:?}");
    }
}

#[tokio::test]
async fn other_calls_proceed_while_a_large_body_is_received() {
    let small = serve(|mut socket: TcpStream| async move {
        while head(&mut socket).await.is_some() {
            if socket.write_all(ok(CLIENT).as_bytes()).await.is_err() {
                return;
            }
        }
    })
    .await;
    for (form, port) in histories() {
        let cw = client(port, Options::new());
        let large = tokio::spawn(async move { cw.reseller().usage(()).await.map(|_| ()) });
        let cw = client(small, Options::new());
        for _ in 0..50 {
            assert_eq!(cw.clients().get(5).await.unwrap().id, 5);
        }
        assert!(!large.is_finished(), "{form}: {:?}", large.await);
        large.abort();
        assert!(large.await.unwrap_err().is_cancelled(), "{form}");
    }
}

/// Serves a list of clients of many megabytes.
async fn large_list(content_encoding: &'static str) -> (u16, usize) {
    let rows = 30_000;
    let list = format!("[{}{CLIENT}]", format!("{CLIENT}, ").repeat(rows - 1));
    let body = if content_encoding == "gzip" { gzip(list.as_bytes()) } else { list.into_bytes() };
    let port = serve(move |mut socket: TcpStream| {
        let body = body.clone();
        async move {
            while head(&mut socket).await.is_some() {
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Encoding: {content_encoding}\r\nContent-Length: {}\r\n\r\n",
                    body.len()
                );
                if socket.write_all(head.as_bytes()).await.is_err() || socket.write_all(&body).await.is_err()
                {
                    return;
                }
            }
        }
    })
    .await;
    (port, rows)
}

#[tokio::test]
async fn large_bodies_are_read_completely() {
    for coding in ["identity", "gzip"] {
        let (port, rows) = large_list(coding).await;
        let cw = client(port, Options::new());
        let clients = cw.clients().list().await.unwrap();
        assert_eq!((clients.len(), clients.iter().last().unwrap().id), (rows, 5), "{coding}");
        let raw = cw.clients().list().with_raw_response().await.unwrap();
        let length = raw.body().len();
        assert!(length > 1 << 20 && raw.body().ends_with(b"}]"), "{coding}: {length} bytes");
        // The headers describe the body as it is returned.
        let headers = raw.headers();
        let has = |name: &str| headers.iter().any(|(header, _)| header == name);
        assert_eq!(
            (has("content-encoding"), has("content-length")),
            match coding {
                "gzip" => (false, false),
                _ => (true, true),
            }
        );
        assert_eq!(raw.parse().unwrap().len(), rows, "{coding}");
        // A body that has another form than the documented one.
        let error = cw.clients().get(5).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Response, "{error}");
    }
}

#[tokio::test]
async fn a_history_of_any_size_and_coding_is_read_completely() {
    for rows in [0_usize, 1, 200, 20_000] {
        let list = ROW.repeat(rows);
        let text = format!("{{\"sessions\": [{}]}}", list.trim_end_matches(','));
        let mut bodies = vec![("identity", text.clone().into_bytes()), ("gzip", gzip(text.as_bytes()))];
        bodies.push(("gzip, x-gzip", gzip(&gzip(text.as_bytes()))));
        for (coding, body) in bodies {
            let port = serve(move |mut socket: TcpStream| {
                let head_and_body = [
                    format!(
                        "HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {}\r\n\r\n",
                        body.len()
                    )
                    .into_bytes(),
                    body.clone(),
                ]
                .concat();
                async move {
                    while head(&mut socket).await.is_some() {
                        if socket.write_all(&head_and_body).await.is_err() {
                            return;
                        }
                    }
                }
            })
            .await;
            let cw = client(port, Options::new());
            let history = cw.reseller().usage(()).await.unwrap();
            assert_eq!(history.sessions().len(), rows, "{coding}");
            let raw = cw.reseller().usage(()).with_raw_response().await.unwrap();
            assert_eq!(raw.body(), text.as_bytes(), "{coding}");
            assert_eq!(raw.parse().unwrap().sessions().len(), rows, "{coding}");
        }
    }
}
