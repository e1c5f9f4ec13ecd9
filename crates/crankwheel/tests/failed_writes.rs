//! Writes that fail in unusual ways state whether they may have been applied.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::Arc;
use std::time::Duration;

use crankwheel::{ClientFields, CrankWheel, ErrorKind, Options, SettingsFields};
use support::{KEY, client, head, ok, serve};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Notify;

#[tokio::test]
async fn closing_the_client_ends_the_retries_of_a_call() {
    let received = Arc::new(Notify::new());
    let notify = Arc::clone(&received);
    // Reads each request and closes the connection: it is unknown whether the request was applied.
    let port = serve(move |mut socket: TcpStream| {
        let notify = Arc::clone(&notify);
        async move {
            if head(&mut socket).await.is_some() {
                notify.notify_one();
            }
        }
    })
    .await;
    let cw = client(port, Options::new().max_retries(50).timeout(Duration::from_secs(60)));
    let creating =
        tokio::spawn(cw.clients().get_or_create(ClientFields::new().sname("acmecorp")).into_future());
    received.notified().await;
    cw.close();
    let error = creating.await.unwrap().unwrap_err();
    assert_eq!(error.maybe_applied(), Some(true), "{error}");
    assert!(error.attempts() > 0 && error.message().contains("find"), "{error}");
    assert_eq!(cw.clients().delete(5).await.unwrap_err().maybe_applied(), Some(false));
}

#[tokio::test]
async fn a_write_is_not_applied_if_an_option_turns_out_to_be_invalid() {
    let options = Options::new().base_url("https://127.0.0.1:1").ca_file("/nowhere/ca.pem");
    let cw = CrankWheel::with(KEY, options).unwrap();
    let error = cw.clients().delete(5).await.unwrap_err();
    assert_eq!((error.kind(), error.maybe_applied()), (ErrorKind::Configuration, Some(false)));
}

#[tokio::test]
async fn a_write_is_not_applied_if_its_additional_request_fails() {
    let port = serve(|mut socket: TcpStream| async move {
        while head(&mut socket).await.is_some() {
            let _ = socket.write_all(ok("<html>Back soon").as_bytes()).await;
        }
    })
    .await;
    let cw = client(port, Options::new());
    let fields = ClientFields::new().settings(SettingsFields::new().audit_log(true));
    let error = cw.clients().update(5, fields).with_raw_response().await.unwrap_err();
    assert_eq!((error.kind(), error.maybe_applied()), (ErrorKind::Response, Some(false)));
}

#[tokio::test]
async fn the_slow_body_of_an_error_does_not_delay_the_call() {
    let port = serve(|mut socket: TcpStream| async move {
        if head(&mut socket).await.is_some() {
            let _ = socket.write_all(b"HTTP/1.1 409 Conflict\r\nContent-Length: 1000000\r\n\r\n").await;
            while socket.write_all(b" ").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    })
    .await;
    // Without a limit, the body would arrive slowly until the deadline of the call.
    let options = Options::new().attempt_timeout(Duration::from_millis(500));
    let error = client(port, options).clients().set_plan(5, "plan_1").await.unwrap_err();
    assert_eq!((error.kind(), error.maybe_applied()), (ErrorKind::Conflict, Some(false)));
}
