//! Extra headers arrive at the server, and no message, log or preview shows their values.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::{Arc, Mutex};

use crankwheel::{CrankWheel, Options};
use support::{CLIENT, client, head, ok, serve};
use tokio::io::AsyncWriteExt;

const SECRET: &str = "s3cret-gateway-key";

/// Starts a server that records the heads of requests and returns `status` with the gateway's key.
async fn recording(status: &'static str) -> (u16, Arc<Mutex<Vec<String>>>) {
    let heads: Arc<Mutex<Vec<String>>> = Arc::default();
    let recorded = Arc::clone(&heads);
    let port = serve(move |mut socket| {
        let recorded = Arc::clone(&recorded);
        async move {
            while let Some(head) = head(&mut socket).await {
                recorded.lock().unwrap().push(head.to_lowercase());
                let body = format!(r#"{{"message": "refused {SECRET}"}}"#);
                let response = match status {
                    "200" => ok(CLIENT),
                    _ => format!("HTTP/1.1 {status} No\r\nContent-Length: {}\r\n\r\n{body}", body.len()),
                };
                socket.write_all(response.as_bytes()).await.unwrap();
            }
        }
    })
    .await;
    (port, heads)
}

fn lines<'a>(head: &'a str, name: &str) -> Vec<&'a str> {
    let prefix = format!("{name}: ");
    head.lines().filter_map(|line| line.strip_prefix(&prefix)).collect()
}

#[tokio::test]
async fn headers_of_a_client_and_of_its_copies_are_sent() {
    let (port, heads) = recording("200").await;
    let cw = client(port, Options::new().header("X-Gateway-Key", SECRET).header("traceparent", "00-1"));
    cw.clients().get(5).await.unwrap();
    let copy = |options| cw.with_options(options).unwrap();
    copy(Options::new().header("TraceParent", "00-2").header("x-empty", "")).clients().get(5).await.unwrap();
    copy(Options::new().without_header("x-gateway-key")).clients().get(5).await.unwrap();
    cw.clients().get(5).await.unwrap();

    let heads = heads.lock().unwrap();
    let of = |name| heads.iter().map(|head| lines(head, name)).collect::<Vec<_>>();
    assert_eq!(of("x-gateway-key"), [vec![SECRET], vec![SECRET], vec![], vec![SECRET]]);
    assert_eq!(of("traceparent"), [["00-1"], ["00-2"], ["00-1"], ["00-1"]]);
    assert_eq!(
        heads.iter().map(|head| head.contains("\r\nx-empty:")).collect::<Vec<_>>(),
        [false, true, false, false]
    );
    assert_eq!(of("authorization").iter().map(Vec::len).sum::<usize>(), 4);
}

#[tokio::test]
async fn values_are_shown_nowhere() {
    let (port, _) = recording("400").await;
    let cw = client(port, Options::new().max_retries(0).header("X-Gateway-Key", format!("Bearer {SECRET}")));
    let error = cw.clients().get(5).await.unwrap_err();
    let run = cw.clients().get(5).dry_run().unwrap();
    let shown =
        format!("{error} {error:?} {:?} {run:?} {} {cw:?} {}", error.body(), run.curl(), cw.diagnose());
    assert!(!shown.contains(SECRET), "{shown}");
    assert!(run.headers.iter().any(|(name, value)| name == "x-gateway-key" && value == "***"), "{run:?}");
}

#[test]
fn headers_of_the_sdk_and_of_the_connection_are_refused() {
    for name in ["Authorization", "host", "Content-Length", "transfer-encoding", "Connection", "x y", ""] {
        let refused = CrankWheel::with("a-key", Options::new().header(name, SECRET)).unwrap_err();
        assert!(refused.message().starts_with("headers: "), "{refused}");
        assert!(!format!("{refused:?}").contains(SECRET), "{refused:?}");
    }
    let refused =
        CrankWheel::with("a-key", Options::new().header("x-one", "s3cret\r\nx-two: 2")).unwrap_err();
    assert!(refused.message().contains("x-one") && !refused.message().contains("s3cret"), "{refused}");
}
