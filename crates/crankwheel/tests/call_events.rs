//! The events of calls: each beginning has an end, and the id of the call pairs them.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::future::IntoFuture;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crankwheel::{ClientFields, CrankWheel, Options, RequestPhase, SettingsFields};
use futures_util::future::join_all;
use support::{CLIENT, client, head, ok, serve};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// Call id, attempt, and the end: `None` for a beginning.
type Seen = Arc<Mutex<Vec<(u64, u32, Option<String>)>>>;

fn observed(port: u16, options: Options) -> (CrankWheel, Seen) {
    let seen = Seen::default();
    let kept = Arc::clone(&seen);
    let options = options.observer(move |event| {
        let end = match event.phase {
            RequestPhase::Begins => None,
            RequestPhase::Completed { status, .. } => Some(status.to_string()),
            RequestPhase::Failed { problem, .. } => Some(problem.to_owned()),
        };
        kept.lock().unwrap().push((event.call_id, event.attempt, end));
    });
    (client(port, options), seen)
}

/// Returns the ends by call, after a check that each attempt has exactly one beginning and one end.
fn ends(seen: &Seen) -> BTreeMap<u64, Vec<String>> {
    let mut open = BTreeMap::<u64, u32>::new();
    let mut ends = BTreeMap::<u64, Vec<String>>::new();
    for (call, attempt, end) in std::mem::take(&mut *seen.lock().unwrap()) {
        match end {
            None => assert_eq!(open.insert(call, attempt), None, "two attempts of call {call} at once"),
            Some(end) => {
                assert_eq!(open.remove(&call), Some(attempt), "an end without a beginning");
                ends.entry(call).or_default().push(end);
            }
        }
    }
    assert!(open.is_empty(), "attempts without an end: {open:?}");
    ends
}

async fn responding(status: &'static str, body: &'static str) -> u16 {
    serve(move |mut socket: TcpStream| async move {
        while head(&mut socket).await.is_some() {
            let response = ok(body).replace("200 OK", status);
            let _ = socket.write_all(response.as_bytes()).await;
        }
    })
    .await
}

async fn silent() -> u16 {
    serve(|mut socket: TcpStream| async move {
        let _ = head(&mut socket).await;
        std::future::pending::<()>().await;
    })
    .await
}

#[tokio::test]
async fn retries_have_the_id_of_their_call() {
    let (cw, seen) = observed(responding("429 No\r\nretry-after: 0", "{}").await, Options::new());
    let call = cw.clients().list();
    let id = call.id();
    call.await.unwrap_err();
    assert_eq!(ends(&seen), BTreeMap::from([(id, vec!["429".to_owned(); 3])]));
}

#[tokio::test]
async fn all_requests_of_a_call_have_one_id() {
    let (cw, seen) = observed(responding("200 OK", CLIENT).await, Options::new());
    let fields = || ClientFields::new().settings(SettingsFields::new().audit_log(true));
    let call = cw.clients().update(5, fields());
    let id = call.id();
    call.await.unwrap();
    cw.clients().update(5, fields()).with_raw_response().await.unwrap();
    let ends = ends(&seen);
    assert_eq!(ends.len(), 2);
    assert!(ends.values().all(|ends| ends.len() == 2), "{ends:?}");
    assert!(ends.contains_key(&id));
}

#[tokio::test]
async fn concurrent_calls_have_different_ids() {
    let (cw, seen) = observed(responding("200 OK", CLIENT).await, Options::new().max_connections(8));
    let copy = cw.with_options(Options::new().max_retries(0)).unwrap();
    let calls = (0..64).map(|turn| if turn % 2 == 0 { cw.clients().get(5) } else { copy.clients().get(5) });
    let calls: Vec<_> = calls.collect();
    let ids: Vec<_> = calls.iter().map(crankwheel::Call::id).collect();
    join_all(calls.into_iter().map(IntoFuture::into_future)).await;
    let ends = ends(&seen);
    assert!(ids.iter().all(|id| ends[id] == ["200"]), "{ends:?}");
    assert_eq!(ends.len(), 64);
}

#[tokio::test]
async fn cancelled_attempts_have_an_end() {
    let port = silent().await;
    let short = Duration::from_millis(200);
    // By a timeout of the caller, by dropping the future, and by aborting its task.
    let (cw, seen) = observed(port, Options::new());
    tokio::time::timeout(short, cw.clients().list().into_future()).await.unwrap_err();
    let mut write = Box::pin(cw.clients().set_plan(5, "plan_1").into_future());
    tokio::select! {
        _ = &mut write => unreachable!(),
        () = tokio::time::sleep(short) => {}
    }
    drop(write);
    let task = tokio::spawn(cw.reseller().plans().into_future());
    tokio::time::sleep(short).await;
    task.abort();
    task.await.unwrap_err();
    let ends = ends(&seen);
    assert_eq!(ends.len(), 3);
    assert!(ends.values().all(|ends| ends == &["cancelled"]), "{ends:?}");
}

#[tokio::test]
async fn the_own_deadline_of_a_call_is_not_a_cancellation() {
    let (cw, seen) = observed(silent().await, Options::new().timeout(Duration::from_millis(100)));
    cw.clients().list().await.unwrap_err();
    assert_eq!(ends(&seen).into_values().collect::<Vec<_>>(), [["timed out"]]);
}
