//! Tests what final errors say about the retries before them.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use crankwheel::{ErrorKind, Options};
use support::{client, head, serve};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// Starts a server that responds to every request in this way.
async fn server(response: &'static str) -> u16 {
    serve(move |mut socket: TcpStream| async move {
        while head(&mut socket).await.is_some() {
            if socket.write_all(response.as_bytes()).await.is_err() {
                return;
            }
        }
    })
    .await
}

const BUSY: &str = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n";

#[tokio::test]
async fn an_error_says_why_it_is_final() {
    let in_a_while = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 20\r\nContent-Length: 0\r\n\r\n";
    let tomorrow = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 86400\r\nContent-Length: 0\r\n\r\n";
    let missing = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    let seconds = Duration::from_secs;
    let cases = [
        (
            BUSY,
            Options::new(),
            3,
            Some("max_retries"),
            vec!["gave up after 3 attempts", "`max_retries` is 2"],
        ),
        (BUSY, Options::new().max_retries(0), 1, Some("max_retries"), vec![]),
        (
            in_a_while,
            Options::new().timeout(seconds(10)),
            1,
            Some("timeout"),
            vec!["gave up after 1 attempt", "a wait of 20s", "`timeout` of 10s", "asked to wait 20s"],
        ),
        (tomorrow, Options::new(), 1, Some("retry_after"), vec!["asked to wait 86400s", "longer than 60s"]),
        (missing, Options::new(), 1, None, vec![]),
    ];
    for (response, options, attempts, stopped_by, words) in cases {
        let error = client(server(response).await, options).clients().get(5).await.unwrap_err();
        assert_eq!((error.attempts(), error.retry_stopped_by()), (attempts, stopped_by), "{error}");
        assert!(error.elapsed().unwrap() < seconds(10), "{error}");
        for word in &words {
            assert!(error.message().contains(word), "{word:?} is not in: {error}");
        }
        if words.is_empty() {
            assert!(!error.message().contains("attempt"), "{error}");
        }
    }
}

#[tokio::test]
async fn the_budget_for_retries_is_named() {
    let cw = client(server(BUSY).await, Options::new().max_retries(10));
    let mut last = None;
    for _ in 0..12 {
        last = cw.clients().get(5).await.err();
    }
    let error = last.unwrap();
    assert_eq!((error.attempts(), error.retry_stopped_by()), (1, Some("retry_budget")), "{error}");
    assert!(error.message().contains("its budget for retries is used up"), "{error}");
}

#[tokio::test]
async fn connection_problems_and_unsent_requests_say_it_too() {
    let hang_up = serve(|mut socket: TcpStream| async move {
        head(&mut socket).await;
    })
    .await;
    let error = client(hang_up, Options::new().max_retries(1)).clients().get(5).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connection, 2));
    assert!(error.message().contains("gave up after 2 attempts in "), "{error}");

    // The deadline passes: the error itself names it.
    let silent =
        serve(|mut socket: TcpStream| async move { while head(&mut socket).await.is_some() {} }).await;
    let options = Options::new().timeout(Duration::from_millis(100));
    let error = client(silent, options).clients().get(5).await.unwrap_err();
    assert!(error.elapsed().unwrap() >= Duration::from_millis(100), "{error}");
    assert!(!error.message().contains("gave up"), "{error}");

    // Nothing was sent.
    let cw = client(silent, Options::new());
    cw.close();
    let error = cw.clients().get(5).await.unwrap_err();
    assert_eq!((error.attempts(), error.retry_stopped_by(), error.elapsed()), (0, None, None), "{error}");
    let error = client(silent, Options::new().read_only(true)).clients().delete(5).await.unwrap_err();
    assert_eq!(error.elapsed(), None);
}
