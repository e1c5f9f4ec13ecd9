//! Closing a client: calls in flight end, new calls are refused, nothing is retried.
#![allow(clippy::unwrap_used)]

mod support;

use std::future::IntoFuture;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crankwheel::{ClientFields, ErrorKind, Options, SettingsFields};
use futures_util::future::join_all;
use support::{CLIENT, client, head, ok, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

/// A server that responds after a delay, and permits for each connection that was closed.
async fn delayed(milliseconds: u64, status: &'static str) -> (u16, Arc<Semaphore>) {
    let closed = Arc::new(Semaphore::new(0));
    let counted = Arc::clone(&closed);
    let port = serve(move |mut socket: TcpStream| {
        let closed = Arc::clone(&counted);
        async move {
            while head(&mut socket).await.is_some() {
                tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                let response = ok(CLIENT).replace("200 OK", status);
                let _ = socket.write_all(response.as_bytes()).await;
            }
            let _ = socket.read(&mut [0; 1]).await;
            closed.add_permits(1);
        }
    })
    .await;
    (port, closed)
}

async fn silent() -> u16 {
    serve(|mut socket: TcpStream| async move {
        let _ = head(&mut socket).await;
        std::future::pending::<()>().await;
    })
    .await
}

#[tokio::test]
async fn calls_in_flight_end_and_new_calls_are_refused() {
    let (port, closed) = delayed(300, "200 OK").await;
    let cw = client(port, Options::new());
    let copy = cw.with_options(Options::new().max_retries(0)).unwrap();
    let fields = || ClientFields::new().settings(SettingsFields::new().audit_log(true));
    let reads = tokio::spawn(join_all((0..10).map(|_| copy.clients().get(5).into_future())));
    // A call of two requests, and one that waits for its key.
    let update = tokio::spawn(cw.clients().update(5, fields()).into_future());
    let waiting = Options::new().api_key_from(|| {
        std::thread::sleep(Duration::from_millis(200));
        Ok("my-key".to_owned())
    });
    let waiting = tokio::spawn(cw.with_options(waiting).unwrap().clients().get(5).into_future());
    tokio::time::sleep(Duration::from_millis(100)).await;

    let draining = tokio::spawn({
        let cw = cw.clone();
        async move { cw.drain(Some(Duration::from_secs(10))).await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(cw.is_closed() && copy.is_closed() && !draining.is_finished());
    for refused in [cw.clients().get(5), copy.clients().get(5)] {
        let error = refused.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.message().contains("the client is closed"), "{error}");
    }
    let error = cw.clients().set_plan(5, "plan_1").await.unwrap_err();
    assert_eq!(error.maybe_applied(), Some(false));

    draining.await.unwrap();
    assert!(reads.is_finished() && update.is_finished() && waiting.is_finished());
    assert!(reads.await.unwrap().iter().all(Result::is_ok));
    update.await.unwrap().unwrap();
    waiting.await.unwrap().unwrap();
    // The idle connections of the reads are closed, and so are those of writes.
    let all = tokio::time::timeout(Duration::from_secs(5), closed.acquire_many(11));
    assert!(all.await.is_ok(), "connections are still open");
    cw.drain(None).await;
}

#[tokio::test]
async fn a_call_that_waits_to_retry_ends_at_once_with_its_error() {
    for (status, kind) in [
        ("503 Down\r\nretry-after: 30", ErrorKind::InternalServer),
        ("429 Slow\r\nretry-after: 30", ErrorKind::RateLimit),
        ("500 Oops\r\nretry-after: 30", ErrorKind::InternalServer),
    ] {
        let (port, _) = delayed(0, status).await;
        let cw = client(port, Options::new());
        let call = tokio::spawn(cw.clients().get(5).into_future());
        tokio::time::sleep(Duration::from_millis(100)).await;
        let began = Instant::now();
        cw.close();
        let error = call.await.unwrap().unwrap_err();
        assert!(began.elapsed() < Duration::from_millis(200));
        assert_eq!((error.kind(), error.attempts()), (kind, 1));
        assert!(error.message().contains("the client was closed"), "{error}");
        cw.drain(None).await;
    }
}

#[tokio::test]
async fn a_failure_after_closing_is_not_retried() {
    let (port, _) = delayed(200, "503 Down\r\nretry-after: 0").await;
    let cw = client(port, Options::new());
    let call = tokio::spawn(cw.clients().get(5).into_future());
    tokio::time::sleep(Duration::from_millis(50)).await;
    cw.drain(None).await;
    let error = call.await.unwrap().unwrap_err();
    assert_eq!((error.status_code(), error.attempts()), (Some(503), 1));
    assert!(error.message().contains("the client was closed"), "{error}");
}

#[tokio::test]
async fn calls_that_take_too_long_are_dropped() {
    let cw = client(silent().await, Options::new());
    let read = tokio::spawn(cw.clients().list().into_future());
    let raw = tokio::spawn(cw.reseller().plans().with_raw_response());
    let write = tokio::spawn(cw.clients().set_plan(5, "plan_1").into_future());
    let key = Options::new().api_key_from_async(std::future::pending);
    let key = tokio::spawn(cw.with_options(key).unwrap().clients().list().into_future());
    tokio::time::sleep(Duration::from_millis(100)).await;
    let began = Instant::now();
    cw.drain(Some(Duration::from_millis(200))).await;
    assert!((200..400).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
    for error in [
        read.await.unwrap().unwrap_err(),
        raw.await.unwrap().unwrap_err(),
        key.await.unwrap().unwrap_err(),
        write.await.unwrap().unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Timeout);
        let words = "the client was closed, and the call did not end within 200ms";
        assert!(error.message().starts_with(words), "{error}");
        assert_eq!(error.maybe_applied(), (error.method() == Some("POST")).then_some(true));
    }
}

#[tokio::test]
async fn dropped_calls_do_not_keep_a_client_from_closing() {
    let cw = client(silent().await, Options::new());
    let call = tokio::spawn(cw.clients().list().into_future());
    tokio::time::sleep(Duration::from_millis(100)).await;
    let draining = tokio::spawn({
        let cw = cw.clone();
        async move { cw.drain(None).await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!draining.is_finished());
    call.abort();
    tokio::time::timeout(Duration::from_secs(5), draining).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_call_begins_when_it_is_run_and_a_future_of_it_when_it_is_polled() {
    let (port, _) = delayed(0, "200 OK").await;
    let cw = client(port, Options::new());
    let begun = cw.clients().get(5).run(false);
    let unpolled = cw.clients().get(5).into_future();
    let raw = cw.clients().get(5).with_raw_response();
    let guard = cw.clients().get(5).in_flight();
    cw.close();
    assert!(begun.await.unwrap().parse().is_ok());
    for error in [unpolled.await.unwrap_err(), raw.await.map(|_| ()).unwrap_err()] {
        assert!(error.message().contains("the client is closed"), "{error}");
    }
    let draining = tokio::spawn({
        let cw = cw.clone();
        async move { cw.drain(None).await }
    });
    tokio::task::yield_now().await;
    assert!(!draining.is_finished());
    drop(guard);
    draining.await.unwrap();
}
