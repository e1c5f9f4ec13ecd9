//! The deadlines of calls, the limit on connections, and the expiry of login links.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crankwheel::{ClientFields, ErrorKind, GrantToken, Options, SettingsFields};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use support::{CLIENT, client, head, ok, serve};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// A listener with a full backlog, which accepts no connection.
#[cfg(target_os = "linux")]
struct FullBacklog {
    port: u16,
    _listener: socket2::Socket,
    _waiting: Vec<socket2::Socket>,
}

#[cfg(target_os = "linux")]
impl FullBacklog {
    fn new() -> Self {
        use socket2::{Domain, Socket, Type};
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        listener.bind(&"127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap().into()).unwrap();
        listener.listen(0).unwrap();
        let address = listener.local_addr().unwrap();
        let mut waiting = Vec::new();
        for _ in 0..8 {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            socket.set_nonblocking(true).unwrap();
            // It is pending or refused: the backlog is full in both cases.
            let _ = socket.connect(&address);
            waiting.push(socket);
        }
        let port = address.as_socket().unwrap().port();
        FullBacklog { port, _listener: listener, _waiting: waiting }
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_write_without_a_connection_was_not_applied() {
    let server = FullBacklog::new();
    let short = Duration::from_millis(300);
    for (options, words) in [
        (
            Options::new().connect_timeout(short).max_retries(0),
            "no connection was opened within 300ms, the `connect_timeout`",
        ),
        (Options::new().timeout(short), "no connection was opened within 300ms, the call's `timeout`"),
        (
            Options::new().attempt_timeout(short).max_retries(0),
            "no connection was opened within 300ms, the `attempt_timeout`",
        ),
    ] {
        let error = client(server.port, options).clients().set_plan(5, "plan_1").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.message().contains(words), "{error}");
        assert_eq!(error.maybe_applied(), Some(false), "{error}");
    }
}

#[tokio::test]
async fn a_call_of_several_requests_has_one_deadline() {
    // The server delays the response to the additional request, and never responds to the update.
    let port = serve(|mut socket: TcpStream| async move {
        while let Some(head) = head(&mut socket).await {
            if head.starts_with("GET") {
                tokio::time::sleep(Duration::from_millis(600)).await;
                let _ = socket.write_all(ok(CLIENT).as_bytes()).await;
            } else {
                std::future::pending::<()>().await;
            }
        }
    })
    .await;
    let cw = client(port, Options::new().timeout(Duration::from_millis(1200)));
    let fields = ClientFields::new().settings(SettingsFields::new().audit_log(true));
    let began = Instant::now();
    let error = cw.clients().update(5, fields).await.unwrap_err();
    // With a separate deadline for each request, it would be 1.8 s.
    assert!(began.elapsed() < Duration::from_millis(1700), "{:?}", began.elapsed());
    assert!(error.message().contains("1.2s, the call's `timeout`"), "{error}");
    assert_eq!(error.maybe_applied(), Some(true));
}

/// Starts a server that never responds. Returns its port and a counter of its connections.
async fn unresponsive_server() -> (u16, Arc<AtomicU32>) {
    let connections = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&connections);
    let port = serve(move |mut socket: TcpStream| {
        counted.fetch_add(1, Ordering::Relaxed);
        async move { while head(&mut socket).await.is_some() {} }
    })
    .await;
    (port, connections)
}

#[tokio::test]
async fn get_or_create_has_one_deadline_and_limited_retries() {
    let (port, connections) = unresponsive_server().await;
    let fields = || ClientFields::new().sname("acmecorp");
    let options = Options::new().timeout(Duration::from_millis(400));
    let error = client(port, options).clients().get_or_create(fields()).await.unwrap_err();
    assert!(error.message().contains("400ms, the call's `timeout`"), "{error}");
    assert_eq!((error.maybe_applied(), connections.load(Ordering::Relaxed)), (Some(true), 1));

    let options = Options::new().attempt_timeout(Duration::from_millis(50)).max_retries(1);
    let error = client(port, options).clients().get_or_create(fields()).await.unwrap_err();
    assert_eq!((error.attempts(), connections.load(Ordering::Relaxed)), (2, 3));
}

#[tokio::test]
async fn requests_in_flight_are_limited_by_max_connections() {
    let (now, most) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let (counted, highest) = (Arc::clone(&now), Arc::clone(&most));
    let port = serve(move |mut socket: TcpStream| {
        let (now, most) = (Arc::clone(&counted), Arc::clone(&highest));
        async move {
            while head(&mut socket).await.is_some() {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                now.fetch_sub(1, Ordering::SeqCst);
                if socket.write_all(ok(CLIENT).as_bytes()).await.is_err() {
                    return;
                }
            }
        }
    })
    .await;
    let cw = client(port, Options::new().max_connections(3));
    let calls = (0..200).map(|_| async { cw.clients().get(5).await });
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert!(most.load(Ordering::SeqCst) <= 3, "{most:?}");
}

#[tokio::test]
async fn a_write_that_waits_for_a_connection_was_not_applied() {
    let (port, connections) = unresponsive_server().await;
    let options = Options::new().max_connections(1).timeout(Duration::from_millis(1000));
    let cw = client(port, options);
    // The second call has less time than the first takes.
    let hurried = cw.with_options(Options::new().timeout(Duration::from_millis(100))).unwrap();
    let (first, second) =
        tokio::join!(cw.clients().get(5).into_future(), hurried.clients().delete(5).into_future());
    assert!(first.unwrap_err().message().contains("no response arrived"));
    let error = second.unwrap_err();
    assert!(error.message().contains("none of the 1 connections that `max_connections` allows"), "{error}");
    assert_eq!((error.kind(), error.maybe_applied()), (ErrorKind::Timeout, Some(false)));
    assert_eq!(connections.load(Ordering::Relaxed), 1);
    // A call that is dropped releases its connection.
    let dropped = tokio::time::timeout(Duration::from_millis(50), cw.clients().get(5).into_future()).await;
    assert!(dropped.is_err());
    assert!(cw.clients().get(5).await.unwrap_err().message().contains("no response arrived"));
}

#[tokio::test]
async fn a_login_link_expires_two_minutes_after_the_request() {
    let port = serve(|mut socket: TcpStream| async move {
        if head(&mut socket).await.is_some() {
            tokio::time::sleep(Duration::from_millis(2100)).await;
            let _ = socket.write_all(ok(r#"{"login_url": "https://h.example/a"}"#).as_bytes()).await;
        }
    })
    .await;
    let sent_at = Timestamp::now();
    let link =
        client(port, Options::new()).sso().grant_token("a@b.example", GrantToken::new()).await.unwrap();
    let valid = link.expires_at().duration_since(sent_at);
    assert!(valid <= SignedDuration::from_millis(121_000), "{valid:?}");
}
