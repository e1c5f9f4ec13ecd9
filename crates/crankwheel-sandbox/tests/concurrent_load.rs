//! 64 connections at once, with mixed reads and writes: no request fails, and the state is what was
//! written.
//!
//! With `CRANKWHEEL_SANDBOX_FULL=1` the test runs for 60 seconds instead of a few rounds.

// Tests may panic; clippy exempts only the functions marked as tests, not the ones that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common::{Connection, expect, start};
use crankwheel_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

const CLIENTS: &str = "/ss/rsapi/clients";

/// The client that one connection wrote last: its id, plan and long name.
type Written = (i64, String, String);

fn worker(sandbox: &Sandbox, number: usize, rounds: usize, until: Instant, sent: &AtomicUsize) -> Written {
    let mut random = fastrand::Rng::with_seed(u64::try_from(number).unwrap());
    let mut connection = Connection::open(sandbox);
    let mut send = |method: &str, target: &str, body: Option<Value>, status: u16| -> Value {
        let response = connection.send(sandbox.api_key(), method, target, body.as_ref());
        assert_eq!(response.status, status, "{method} {target}: {}", String::from_utf8_lossy(&response.body));
        sent.fetch_add(1, Ordering::Relaxed);
        response.json()
    };
    let settings = json!({ "provisioning_provider": "reseller" });
    let mut written = (0, String::new(), String::new());
    let mut round = 0;
    while round < rounds || Instant::now() < until {
        if round % 16 == 0 {
            if written.0 != 0 {
                send("DELETE", &format!("{CLIENTS}/{}", written.0), None, 204);
            }
            let body = json!({ "sname": format!("load{number:03}x{round}"), "settings": settings });
            written.0 = send("POST", CLIENTS, Some(body), 201)["id"].as_i64().unwrap();
        }
        let one = format!("{CLIENTS}/{}", written.0);
        written.1 = format!("plan_{}", random.u8(1..=3));
        written.2 = format!("Company {number} in round {round}");
        send("PATCH", &one, Some(json!({ "lname": written.2 })), 204);
        send("POST", &format!("{one}/plan/{}", written.1), None, 204);
        assert_eq!(send("GET", &one, None, 200)["lname"], written.2.as_str());
        send("POST", &format!("/ss/rsapi/grant_token/a{number}@b.is?clientid={}", written.0), None, 200);
        let read = match random.u8(..6) {
            0 => CLIENTS.to_owned(),
            1 => format!("{one}/usage"),
            2 => format!("{one}/billing?start=2019-02-01T00:00:00Z&end=2019-03-31T23:59:59Z"),
            3 => format!("/ss/rsapi/grant_token/a{number}@b.is/list_clients"),
            4 => "/ss/rsapi/reseller/plans".to_owned(),
            _ => "/ss/rsapi/clients_usage?from=2019-03-01T00:00:00Z".to_owned(),
        };
        send("GET", &read, None, 200);
        round += 1;
    }
    written
}

#[test]
fn many_connections_leave_the_state_that_they_wrote() {
    let full = std::env::var_os("CRANKWHEEL_SANDBOX_FULL").is_some();
    let (rounds, span) = if full { (1, Duration::from_secs(60)) } else { (12, Duration::ZERO) };
    let sandbox = start(SandboxOptions { clients: 20, days: 30, ..SandboxOptions::default() });
    let until = Instant::now() + span;
    let sent = AtomicUsize::new(0);
    let written: Vec<Written> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..64)
            .map(|number| {
                let (sandbox, sent) = (&sandbox, &sent);
                scope.spawn(move || worker(sandbox, number, rounds, until, sent))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    println!("{} requests", sent.load(Ordering::Relaxed));
    let list = expect(&sandbox, "GET", CLIENTS, None, 200);
    let listed: BTreeMap<i64, &Value> =
        list.as_array().unwrap().iter().map(|client| (client["id"].as_i64().unwrap(), client)).collect();
    assert_eq!(listed.len(), 20 + 64);
    for (id, plan, lname) in &written {
        assert_eq!((&listed[id]["current_plan"], &listed[id]["lname"]), (&json!(plan), &json!(lname)));
    }
    // A snapshot of the state can be restored.
    let snapshot = sandbox.snapshot().unwrap();
    sandbox.restore(&snapshot).unwrap();
    assert_eq!(sandbox.snapshot().unwrap(), snapshot);
}
