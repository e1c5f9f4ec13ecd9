//! What is known of a write that ends in an unusual way, and of a login link that was long in coming.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::Arc;
use std::time::Duration;

use crankwheel::{ClientFields, CrankWheel, ErrorKind, GrantToken, Options, SettingsFields};
use jiff::{SignedDuration, Timestamp};
use support::{KEY, client, head, ok, serve};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Notify;

#[tokio::test]
async fn a_client_that_is_closed_meanwhile() {
    let asked = Arc::new(Notify::new());
    let told = Arc::clone(&asked);
    // Takes requests and hangs up: whether they were carried out nobody knows.
    let port = serve(move |mut socket: TcpStream| {
        let told = Arc::clone(&told);
        async move {
            if head(&mut socket).await.is_some() {
                told.notify_one();
            }
        }
    })
    .await;
    let cw = client(port, Options::new().max_retries(50).timeout(Duration::from_secs(60)));
    let creating =
        tokio::spawn(cw.clients().get_or_create(ClientFields::new().sname("acmecorp")).into_future());
    asked.notified().await;
    cw.close();
    let error = creating.await.unwrap().unwrap_err();
    assert_eq!(error.maybe_applied(), Some(true), "{error}");
    assert!(error.attempts() > 0 && error.message().contains("find"), "{error}");
    assert_eq!(cw.clients().delete(5).await.unwrap_err().maybe_applied(), Some(false));
}

#[tokio::test]
async fn options_that_turn_out_unusable() {
    let options = Options::new().base_url("https://127.0.0.1:1").ca_file("/nowhere/ca.pem");
    let cw = CrankWheel::with(KEY, options).unwrap();
    let error = cw.clients().delete(5).await.unwrap_err();
    assert_eq!((error.kind(), error.maybe_applied()), (ErrorKind::Configuration, Some(false)));
}

#[tokio::test]
async fn a_look_up_that_cannot_be_read_is_no_answer_to_the_write() {
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
async fn an_errors_body_keeps_nobody_waiting() {
    let port = serve(|mut socket: TcpStream| async move {
        if head(&mut socket).await.is_some() {
            let _ = socket.write_all(b"HTTP/1.1 409 Conflict\r\nContent-Length: 1000000\r\n\r\n").await;
            while socket.write_all(b" ").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    })
    .await;
    // It would drip until the call's own deadline.
    let options = Options::new().attempt_timeout(Duration::from_millis(500));
    let error = client(port, options).clients().set_plan(5, "plan_1").await.unwrap_err();
    assert_eq!((error.kind(), error.maybe_applied()), (ErrorKind::Conflict, Some(false)));
}

#[tokio::test]
async fn a_link_counts_from_when_it_was_asked_for() {
    let port = serve(|mut socket: TcpStream| async move {
        if head(&mut socket).await.is_some() {
            tokio::time::sleep(Duration::from_millis(2100)).await;
            let _ = socket.write_all(ok(r#"{"login_url": "https://h.example/a"}"#).as_bytes()).await;
        }
    })
    .await;
    let asked_at = Timestamp::now();
    let link =
        client(port, Options::new()).sso().grant_token("a@b.example", GrantToken::new()).await.unwrap();
    let valid = link.expires_at().duration_since(asked_at);
    assert!(valid <= SignedDuration::from_millis(121_000), "{valid:?}");
}

#[tokio::test]
async fn a_line_for_a_shell_sends_the_same_request() {
    let cw = CrankWheel::new(KEY).unwrap();
    let acting = cw.impersonate(5).unwrap().request("GET", "/ss/x", &[], None).dry_run().unwrap().curl();
    assert!(acting.contains("Basic resellerimpersonate-5-$CRANKWHEEL_API_KEY\""), "{acting}");
    let head = cw.request("HEAD", "/ss/x", &[], None).dry_run().unwrap().curl();
    assert!(head.starts_with("curl --head 'https://meeting.is/ss/x'"), "{head}");
    assert!(!head.contains("-X") && !acting.contains(KEY));
}
