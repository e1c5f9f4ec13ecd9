//! The progress of a usage history while it arrives.
#![allow(clippy::unwrap_used)]

use std::future::IntoFuture;
use std::time::Duration;

use crankwheel::{CrankWheel, Options, Progress};
use crankwheel_sandbox::{Fault, FaultRule, Sandbox, SandboxOptions};

fn sandbox() -> (Sandbox, CrankWheel) {
    let now = "2019-03-15T12:00:00Z".parse().ok();
    let options = SandboxOptions { clients: 20, days: 60, now, ..Default::default() };
    let sandbox = Sandbox::start(options).unwrap();
    let cw = CrankWheel::with(sandbox.api_key(), Options::new().base_url(sandbox.url())).unwrap();
    (sandbox, cw)
}

const USAGE: &str = "/ss/rsapi/clients_usage";

#[tokio::test]
async fn the_counts_grow_while_the_history_arrives() {
    let (sandbox, cw) = sandbox();
    let slow = Fault::SlowBody { pieces: 10, pause_ms: 40 };
    sandbox.fail(FaultRule::new(slow).on("GET", USAGE)).unwrap();
    let progress = Progress::new();
    assert_eq!((progress.received_bytes(), progress.total_bytes(), progress.rows()), (0, None, 0));
    let loading = tokio::spawn(cw.reseller().usage(()).with_progress(&progress).into_future());
    let mut seen = Vec::new();
    while !loading.is_finished() {
        seen.push((progress.received_bytes(), progress.rows()));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let history = loading.await.unwrap().unwrap();
    let (received, rows) = (progress.received_bytes(), progress.rows());
    assert_eq!(rows, history.sessions().len() as u64);
    // The fault announces the length.
    assert_eq!(progress.total_bytes(), Some(received));
    assert!(seen.is_sorted(), "{seen:?}");
    let steps = seen.iter().filter(|(bytes, _)| *bytes > 0 && *bytes < received).count();
    assert!(steps >= 5, "{seen:?}");
    assert!(seen.iter().any(|(_, some)| *some > 0 && *some < rows), "{seen:?}");
}

#[tokio::test]
async fn a_retry_starts_again_and_an_error_is_no_progress() {
    let (sandbox, cw) = sandbox();
    let error = Fault::Status {
        status: 503,
        headers: [("retry-after".to_owned(), "0".to_owned())].into(),
        body: "x".repeat(5_000),
        processed: false,
    };
    sandbox.fail(FaultRule::new(error).on("GET", USAGE).times(1)).unwrap();
    sandbox.fail(FaultRule::new(Fault::Truncate).on("GET", USAGE).times(1)).unwrap();
    let progress = Progress::new();
    let history = cw.reseller().usage(()).with_progress(&progress).await.unwrap();
    assert_eq!(progress.rows(), history.sessions().len() as u64);
    let whole = Progress::new();
    cw.reseller().usage(()).with_progress(&whole).await.unwrap();
    assert_eq!(progress.received_bytes(), whole.received_bytes());
    // The sandbox sends a long history in chunks, without its length.
    assert_eq!(whole.total_bytes(), None);
}

#[tokio::test]
async fn a_raw_response_and_a_failed_call_have_progress_too() {
    let (sandbox, cw) = sandbox();
    let progress = Progress::new();
    let raw = cw.reseller().usage(()).with_progress(&progress).with_raw_response().await.unwrap();
    assert!(progress.received_bytes() > 0 && progress.received_bytes() <= raw.body().len() as u64);
    let failing = Progress::new();
    sandbox.fail(FaultRule::new(Fault::Truncate).on("GET", USAGE)).unwrap();
    let call = cw.reseller().usage(()).with_progress(&failing);
    assert!(call.await.is_err());
    let total = failing.total_bytes().unwrap();
    assert!(failing.received_bytes() > 0 && failing.received_bytes() < total);
}
