//! Many calls in one process: memory, files and threads do not grow. `LEAK_CALLS` is the number of calls;
//! `cargo xtask test --full` sets it to 100,000.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use crankwheel::{CrankWheel, GrantToken, Options};
use futures_util::{StreamExt, stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const ALLOWED: usize = 2 << 20;
const AT_ONCE: usize = 16;

/// Returns the resources in use: bytes of memory, open files, threads.
fn used() -> (usize, usize, usize) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let number = |name: &str| -> usize {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    };
    let files = std::fs::read_dir("/proc/self/fd").unwrap().count();
    (number("VmRSS:") * 1024, files, number("Threads:"))
}

/// Serves constant responses, so that only the client's memory can grow.
async fn serve(mut socket: TcpStream) {
    let mut request = vec![0; 4096];
    loop {
        let Ok(read @ 1..) = socket.read(&mut request).await else { return };
        let line = String::from_utf8_lossy(request.get(..read.min(60)).unwrap()).into_owned();
        let response: &[u8] = match line.split(' ').nth(1).unwrap() {
            "/ss/rsapi/clients/1" => b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}",
            "/ss/rsapi/clients/2" => return,
            "/ss/rsapi/clients/3" => {
                // No response, until the caller closes the connection.
                let _ = socket.read(&mut request).await;
                return;
            }
            path if path.ends_with("plan_1") => {
                b"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n\"Success\""
            }
            path if path.ends_with("clients_usage") => {
                b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{\"sessions\": [{\"email\": \"a@b.example\"}]}"
            }
            path if path.contains("grant_token") => {
                b"HTTP/1.1 200 OK\r\nContent-Length: 42\r\n\r\n{\"login_url\": \"https://h.example/a:b\"    }"
            }
            _ => b"HTTP/1.1 200 OK\r\nContent-Length: 32\r\n\r\n{\"id\": 5, \"sname\": \"companyone\"}",
        };
        if socket.write_all(response).await.is_err() {
            return;
        }
    }
}

async fn work(cw: &CrankWheel, calls: usize) {
    stream::iter(0..calls)
        .for_each_concurrent(AT_ONCE, |number| async move {
            let clients = cw.clients();
            match number % 8 {
                0 => assert!(clients.get(1).await.is_err()),
                1 => assert!(clients.get(2).await.is_err()),
                2 => {
                    // Dropped before the response.
                    let call = clients.get(3).into_future();
                    assert!(tokio::time::timeout(Duration::from_millis(2), call).await.is_err());
                }
                3 => clients.set_plan(5, "plan_1").await.unwrap(),
                4 => assert_eq!(cw.reseller().usage(()).await.unwrap().sessions().len(), 1),
                5 => assert!(cw.sso().grant_token("a@b.example", GrantToken::new()).await.is_ok()),
                6 => {
                    let copy = cw.with_options(Options::new().max_retries(1)).unwrap();
                    assert_eq!(copy.clients().get(5).with_raw_response().await.unwrap().status_code(), 200);
                }
                _ => assert_eq!(clients.get(5).await.unwrap().id, 5),
            }
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_calls_leak_no_memory_files_or_threads() {
    let calls = std::env::var("LEAK_CALLS").ok().and_then(|text| text.parse().ok()).unwrap_or(8000);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(serve(socket));
        }
    });
    let cw = CrankWheel::with("a-key-for-leaks", Options::new().base_url(url).max_retries(0)).unwrap();
    work(&cw, calls.max(20_000) / 5).await;
    let (memory, files, threads) = used();
    work(&cw, calls).await;
    let (memory_after, files_after, threads_after) = used();
    let grown = memory_after.saturating_sub(memory);
    eprintln!("{calls} calls: {} KiB more of {} MiB", grown >> 10, memory >> 20);
    assert!(grown < ALLOWED, "{grown} bytes more after {calls} calls");
    // Connections that were given up may still be closing: two ends of each, for each caller.
    assert!(files_after <= files + 4 * AT_ONCE, "{files} files, then {files_after}");
    assert!(threads_after <= threads, "{threads} threads, then {threads_after}");
}
