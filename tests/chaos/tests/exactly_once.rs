//! Every write is applied exactly once behind a proxy that breaks 30 % of all connections.
//!
//! `CHAOS_SEEDS` and `CHAOS_CLIENTS` set the amount; `cargo xtask test --full` sets 20 seeds of 1,000 clients.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use crankwheel::{ClientFields, CrankWheel, Error, Options};
use crankwheel_chaos::{Chaos, ChaosProxy};
use crankwheel_sandbox::{Sandbox, SandboxOptions};
use futures_util::{StreamExt, TryStreamExt, stream};

const AT_ONCE: usize = 16;
const PLANS: [&str; 3] = ["plan_1", "plan_2", "plan_3"];

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn upstream(sandbox: &Sandbox) -> SocketAddr {
    sandbox.url().trim_start_matches("http://").parse().unwrap()
}

fn client_of(url: &str, sandbox: &Sandbox) -> CrankWheel {
    // Stalled connections should not make the test slow; everything else has its default.
    let options = Options::new().base_url(url).attempt_timeout(Duration::from_millis(250));
    CrankWheel::with(sandbox.api_key(), options).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_client_is_created_once_and_has_its_plan() {
    let clients = setting("CHAOS_CLIENTS", 150);
    for seed in 1..=setting("CHAOS_SEEDS", 1) {
        let sandbox = Sandbox::start(SandboxOptions { clients: 0, ..SandboxOptions::default() }).unwrap();
        sandbox.fail_json(&busy(seed)).unwrap();
        let proxy = ChaosProxy::start(upstream(&sandbox), Chaos { seed, share: 0.3, each_request: false })
            .await
            .unwrap();
        let (cw, direct) = (client_of(&proxy.url(), &sandbox), client_of(sandbox.url(), &sandbox));

        let provisioned: Vec<Provisioned> = stream::iter(0..clients)
            .map(|number| provision(&cw, &direct, number))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await
            .unwrap();

        let listed = direct.clients().list().await.unwrap();
        assert_eq!(listed.len() as u64, clients, "seed {seed}");
        let plans: HashMap<String, String> = listed
            .iter()
            .map(|client| (client.sname.to_string(), client.current_plan.unwrap_or_default().to_string()))
            .collect();
        assert_eq!(plans.len() as u64, clients, "seed {seed}: two clients with the same name");
        for number in 0..clients {
            assert_eq!(plans[&sname(number)], plan(number), "seed {seed}");
        }
        // Each call sets a plan at most once: a write is never retried without the caller's consent.
        let mut set: HashMap<String, u32> = HashMap::new();
        for request in sandbox.requests().iter().filter(|request| request.path.contains("/plan/")) {
            if request.status == 204 {
                *set.entry(request.path.clone()).or_default() += 1;
            }
        }
        for client in &provisioned {
            let times = set[&format!("/ss/rsapi/clients/{}/plan/{}", client.id, plan(client.number))];
            assert!(
                times <= client.plan_calls,
                "seed {seed}: {times} times set in {} calls",
                client.plan_calls
            );
        }
        let calls: u32 = provisioned.iter().map(|client| client.plan_calls).sum();
        let denied: u32 = provisioned.iter().map(|client| client.denied).sum();
        let (connections, broken) = proxy.connections();
        eprintln!(
            "seed {seed}: {broken} of {connections} connections broken, {calls} calls for {clients} plans, {denied} times certainly not applied"
        );
        assert!(denied > 0, "seed {seed}: no write was certainly not applied");
        assert!(broken * 5 > connections, "seed {seed}: too little chaos");
    }
}

struct Provisioned {
    number: u64,
    id: i64,
    plan_calls: u32,
    /// The number of failed writes that were certainly not applied.
    denied: u32,
}

/// Refuses four in ten writes as too busy, so that for some writes all attempts are refused.
fn busy(seed: u64) -> String {
    format!(
        r#"{{"method": "POST", "path": "*", "probability": 0.4, "seed": {seed},
             "fault": {{"kind": "status", "status": 429, "headers": {{"retry-after": "0"}}}}}}"#
    )
}

fn sname(number: u64) -> String {
    format!("client{number:05}")
}

fn plan(number: u64) -> &'static str {
    PLANS[usize::try_from(number).unwrap() % PLANS.len()]
}

/// Creates one client and sets its plan, repeated until it succeeds. Checks every `maybe_applied = false` against the
/// server's state.
async fn provision(cw: &CrankWheel, direct: &CrankWheel, number: u64) -> Result<Provisioned, Error> {
    let sname = sname(number);
    let (mut unknown, mut denied) = (false, 0);
    let id = loop {
        let fields = ClientFields::new().sname(&sname).lname("Chaos & Co");
        match cw.clients().get_or_create(fields).await {
            Ok((client, _)) => break client.id,
            Err(error) => {
                if error.maybe_applied() == Some(false) && !unknown {
                    denied += 1;
                    assert!(
                        direct.clients().find(&sname).await?.is_none(),
                        "{sname} exists after all: {error}"
                    );
                }
                unknown |= error.maybe_applied() != Some(false);
            }
        }
    };
    let (mut unknown, mut plan_calls) = (false, 0);
    loop {
        plan_calls += 1;
        match cw.clients().set_plan(id, plan(number)).await {
            Ok(()) => return Ok(Provisioned { number, id, plan_calls, denied }),
            Err(error) => {
                if error.maybe_applied() == Some(false) && !unknown {
                    denied += 1;
                    let current = direct.clients().get(id).await?.current_plan;
                    assert_eq!(
                        current.as_deref(),
                        Some("unset_or_custom"),
                        "the plan was set after all: {error}"
                    );
                }
                unknown |= error.maybe_applied() != Some(false);
            }
        }
    }
}
