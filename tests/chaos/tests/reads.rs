//! Reads of which three in ten are broken return the right value or an error, within the deadline.
//!
//! `CHAOS_READS` is the number of reads. `CHAOS_DEFAULTS` keeps the default timeouts for stalled reads.
//! `cargo xtask test --full` sets 10,000 reads with default timeouts.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::time::{Duration, Instant};

use crankwheel::{CrankWheel, Options};
use crankwheel_chaos::{Chaos, ChaosProxy};
use crankwheel_sandbox::{Sandbox, SandboxOptions};
use futures_util::{StreamExt, stream};

const AT_ONCE: usize = 100;
/// No call may take longer, whatever fails.
const DEADLINE: Duration = Duration::from_secs(91);

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_give_the_right_value_or_an_error_in_time() {
    let reads = setting("CHAOS_READS", 500);
    let now = "2026-03-01T12:00:00Z".parse().unwrap();
    let options = SandboxOptions { clients: 20, days: 30, now: Some(now), ..SandboxOptions::default() };
    let sandbox = Sandbox::start(options).unwrap();
    let upstream = sandbox.url().trim_start_matches("http://").parse().unwrap();
    let chaos = Chaos { seed: 5, share: 0.3, each_request: true };
    let proxy = ChaosProxy::start(upstream, chaos).await.unwrap();
    let mut options = Options::new().base_url(proxy.url());
    if setting("CHAOS_DEFAULTS", 0) == 0 {
        options = options.attempt_timeout(Duration::from_millis(250));
    }
    let cw = CrankWheel::with(sandbox.api_key(), options).unwrap();
    let direct = CrankWheel::with(sandbox.api_key(), Options::new().base_url(sandbox.url())).unwrap();
    let truth: Vec<_> = direct.clients().list().await.unwrap().iter().collect();
    let bill = direct.reseller().billing("2026-02").await.unwrap();
    let history = direct.reseller().usage("2026-02").await.unwrap();

    // The value was right, or the class of the error.
    let results: Vec<Result<bool, &str>> = stream::iter(0..reads)
        .map(|number| {
            let (cw, truth, bill, history) = (&cw, &truth, &bill, &history);
            async move {
                let began = Instant::now();
                let right = match number % 10 {
                    0 => cw.reseller().billing("2026-02").await.map(|read| read == *bill),
                    5 => cw.reseller().usage("2026-02").await.map(|read| read == *history),
                    _ => {
                        let known = &truth[usize::try_from(number).unwrap() % truth.len()];
                        // The two responses name the content filter differently; the typed values are equal.
                        cw.clients().get(known.id).await.map(|read| read == *known)
                    }
                };
                // The large responses have 15 minutes by default.
                assert!(number % 5 == 0 || began.elapsed() < DEADLINE, "past the deadline");
                right.map_err(|error| error.kind().class_name())
            }
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    // The proxy only cuts, so a wrong value would be a fault of the SDK.
    assert!(!results.contains(&Ok(false)), "a wrong value");
    let (broken, timeouts) = (count(&results, "APIConnectionError"), count(&results, "APITimeoutError"));
    let failed = results.iter().filter(|result| result.is_err()).count();
    assert_eq!(failed, broken + timeouts, "{results:?}");
    let (connections, faults) = proxy.connections();
    eprintln!(
        "{failed} of {reads} reads failed ({broken} broken, {timeouts} timed out); {faults} faults on {connections} connections"
    );
    assert!(faults * 5 > reads, "too little chaos");
    // Three attempts of which one in four breaks, and one more for a connection that was in use before: about one
    // in a hundred calls fails.
    assert!(failed * 10 < results.len(), "{failed} of {reads} reads failed");
}

fn count(results: &[Result<bool, &str>], class: &str) -> usize {
    results.iter().filter(|result| **result == Err(class)).count()
}
