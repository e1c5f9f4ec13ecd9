//! Servers that close idle connections, and servers that are down.
//!
//! `CHAOS_CALLS` is the number of calls; `cargo xtask test --full` sets it to 5,000.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crankwheel::{ClientFields, CrankWheel, ErrorKind, GrantToken, Options};
use futures_util::{StreamExt, stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Reads a whole request and returns its first line.
async fn request_line(socket: &mut TcpStream) -> Option<String> {
    let mut seen = Vec::new();
    let mut byte = [0; 2048];
    while !seen.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = socket.read(&mut byte).await.ok().filter(|read| *read > 0)?;
        seen.extend_from_slice(&byte[..read]);
    }
    String::from_utf8_lossy(&seen).lines().next().map(str::to_owned)
}

const CLIENT: &str = r#"{"id": 5, "sname": "companyone", "settings": {"id": "s"}}"#;

const LINK: &str = r#"{"login_url": "https://h.example/ss/auth/rlogin/a@b.example:82E2"}"#;

/// Responds correctly, and closes the connection at a random moment after a response, without announcing it.
async fn closing_server(writes: Arc<Mutex<Vec<String>>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut number = 0;
        while let Ok((mut socket, _)) = listener.accept().await {
            number += 1;
            let mut random = fastrand::Rng::with_seed(number);
            let writes = Arc::clone(&writes);
            tokio::spawn(async move {
                while let Some(line) = request_line(&mut socket).await {
                    let ok = |body: &str| {
                        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
                    };
                    let response = if line.starts_with("GET") {
                        ok(CLIENT)
                    } else if line.contains("grant_token") {
                        ok(LINK)
                    } else {
                        writes.lock().unwrap().push(line);
                        "HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n\"Success\"".to_owned()
                    };
                    if socket.write_all(response.as_bytes()).await.is_err() {
                        return;
                    }
                    match random.u8(0..4) {
                        0 => return,
                        1 => tokio::time::sleep(Duration::from_micros(random.u64(0..500))).await,
                        _ => continue,
                    }
                    return;
                }
            });
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_connections_that_the_server_closes_cause_no_errors() {
    let calls = setting("CHAOS_CALLS", 500);
    let writes = Arc::new(Mutex::new(Vec::new()));
    let url = closing_server(Arc::clone(&writes)).await;
    // Without retries, so that none can hide an error.
    let options = Options::new().base_url(url).max_retries(0);
    let cw = CrankWheel::with("a-key-for-chaos", options).unwrap();
    let failures: Vec<String> = stream::iter(0..calls)
        .map(|number| {
            let cw = &cw;
            async move {
                let result = match number % 5 {
                    0 => cw.clients().set_plan(i64::try_from(number).unwrap() + 1, "plan_1").await,
                    1 => cw.sso().grant_token("a@b.example", GrantToken::new()).await.map(drop),
                    _ => cw.clients().get(5).await.map(drop),
                };
                result.err().map(|error| error.to_string())
            }
        })
        .buffer_unordered(8)
        .filter_map(|failure| async move { failure })
        .collect()
        .await;
    assert!(failures.is_empty(), "{} failures, first: {}", failures.len(), failures[0]);
    let writes = writes.lock().unwrap();
    let distinct: HashSet<&String> = writes.iter().collect();
    assert_eq!((writes.len() as u64, distinct.len() as u64), (calls.div_ceil(5), calls.div_ceil(5)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_is_not_multiplied() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (seen, dead) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let (counted, is_dead) = (Arc::clone(&seen), Arc::clone(&dead));
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let (counted, is_dead) = (Arc::clone(&counted), Arc::clone(&is_dead));
            tokio::spawn(async move {
                while request_line(&mut socket).await.is_some() {
                    counted.fetch_add(1, Ordering::Relaxed);
                    if is_dead.load(Ordering::Relaxed) {
                        return;
                    }
                    let response =
                        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{CLIENT}", CLIENT.len());
                    if socket.write_all(response.as_bytes()).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    let cw = CrankWheel::with("a-key-for-chaos", Options::new().base_url(url)).unwrap();
    // Reads, writes, and writes that may be repeated.
    let call = |cw: CrankWheel, number: usize| async move {
        match number % 4 {
            0 => cw.clients().get_or_create(ClientFields::new().sname("companyone")).await.map(drop),
            1 => cw.clients().set_plan(5, "plan_1").await,
            _ => cw.clients().get(5).await.map(drop),
        }
    };
    let run = |calls: usize| {
        stream::iter(0..calls).map(|number| call(cw.clone(), number)).buffer_unordered(64).collect::<Vec<_>>()
    };
    assert!(run(64).await.iter().all(Result::is_ok));

    dead.store(true, Ordering::Relaxed);
    // The first callers empty the bucket: 500 tokens, 5 for each retry.
    run(128).await;
    let before = seen.load(Ordering::Relaxed);
    let results = run(640).await;
    assert!(
        results.iter().all(|result| matches!(result, Err(error) if error.kind() == ErrorKind::Connection))
    );
    let sent = seen.load(Ordering::Relaxed) - before;
    eprintln!("{sent} requests for 640 calls with an empty bucket");
    assert!(sent as f64 / 640.0 <= 1.3, "{sent} requests for 640 calls");

    // When the server is up again, calls work again.
    dead.store(false, Ordering::Relaxed);
    assert!(run(64).await.iter().all(Result::is_ok));
}
