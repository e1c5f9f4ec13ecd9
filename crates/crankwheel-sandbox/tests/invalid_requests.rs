//! Random and mutated requests over plain sockets cause no panic, no hang and no growth of memory.
//!
//! With `CRANKWHEEL_SANDBOX_FULL=1` the test sends 100,000 requests instead of 5,000.

// Tests may panic; clippy exempts only the functions marked as tests, not the ones that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use common::{call, request, sandbox};
use crankwheel_sandbox::Sandbox;
use serde_json::json;

/// The valid requests that are mutated.
fn seeds(key: &str) -> Vec<Vec<u8>> {
    let id = 27_003;
    let settings = json!({ "id": "x", "content_filter_pattern": "https://*.a.is/*", "audit_log": true });
    let body = json!({ "sname": "junkcompany", "lname": "Jünk", "settings": settings,
                       "hard_limit_starts": "2019-03-03 15:08:10.0Z" });
    let targets = [
        ("GET", "/ss/rsapi/clients".to_owned(), None),
        ("POST", "/ss/rsapi/clients".to_owned(), Some(&body)),
        ("PATCH", format!("/ss/rsapi/clients/{id}"), Some(&body)),
        ("POST", format!("/ss/rsapi/clients/{id}/plan/plan_1"), None),
        (
            "GET",
            format!("/ss/rsapi/clients/{id}/usage?start=2019-01-01T00:00:00Z&end=2019-02-01T00:00:00.5Z"),
            None,
        ),
        (
            "GET",
            format!("/ss/rsapi/clients/{id}/billing?start=0000-01-01T00:00:00Z&end=9999-12-31T23:59:59Z"),
            None,
        ),
        ("GET", "/ss/rsapi/reseller/billing?start=2019-02-28T23:59:59.999999Z".to_owned(), None),
        ("GET", "/ss/rsapi/clients_usage?from=2019-03-01T00:00:00%2B01:00".to_owned(), None),
        ("POST", format!("/ss/rsapi/grant_token/a%40b.is?clientid={id}&dest_url=%2Fss"), None),
        ("GET", "/ss/rsapi/grant_token/kim@partner.example/list_clients".to_owned(), None),
        ("GET", "/ss/auth/rlogin/a@b.is:0123".to_owned(), None),
        ("GET", "/_sandbox/state".to_owned(), None),
        ("PUT", "/_sandbox/clock".to_owned(), Some(&body)),
        ("POST", "/_sandbox/sessions".to_owned(), Some(&body)),
    ];
    targets.into_iter().map(|(method, target, body)| request(key, method, &target, body)).collect()
}

/// Changes, removes, repeats and inserts some bytes.
fn mutate(random: &mut fastrand::Rng, bytes: &mut Vec<u8>) {
    for _ in 0..random.usize(1..8) {
        if bytes.is_empty() {
            bytes.push(random.u8(..));
        }
        let at = random.usize(..bytes.len());
        let end = (at + random.usize(1..24)).min(bytes.len());
        match random.u8(..6) {
            0 => bytes[at] = random.u8(..),
            1 => bytes[at] ^= 1 << random.u8(..8),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            4 => bytes.insert(at, *random.choice(b"\0\r\n /?%&=:;,\"{}[]\xff-9").unwrap()),
            _ => bytes.truncate(at),
        }
    }
}

fn invalid_request(random: &mut fastrand::Rng, seeds: &[Vec<u8>]) -> Vec<u8> {
    if random.u8(..10) == 0 {
        return (0..random.usize(1..400)).map(|_| random.u8(..)).collect();
    }
    let mut bytes = random.choice(seeds).unwrap().clone();
    // Some requests stay valid, so that the state changes.
    if random.u8(..8) != 0 {
        mutate(random, &mut bytes);
    }
    bytes
}

/// Sends bytes on a new connection and reads until it ends.
fn send(sandbox: &Sandbox, bytes: &[u8]) {
    let mut stream = TcpStream::connect(sandbox.url().strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // The sandbox may close the connection before all bytes are sent.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut rest = Vec::new();
    if let Err(error) = stream.read_to_end(&mut rest) {
        let hangs = matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
        assert!(!hangs, "no response to {:?}", String::from_utf8_lossy(bytes));
    }
}

/// Returns the resident memory in bytes, on systems that report it.
fn memory() -> Option<usize> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(text.split(' ').nth(1)?.parse::<usize>().ok()? * 4_096)
}

#[test]
fn invalid_requests_do_no_harm() {
    let panics = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&panics);
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        counted.fetch_add(1, Ordering::SeqCst);
        usual(info);
    }));
    let full = std::env::var_os("CRANKWHEEL_SANDBOX_FULL").is_some();
    let wanted = if full { 100_000 } else { 5_000 };
    let sandbox = sandbox(5);
    let seeds = seeds(sandbox.api_key());
    let mut random = fastrand::Rng::with_seed(5);
    let (mut sent, mut before) = (0, None);
    while sent < wanted {
        let mut bytes = Vec::new();
        for _ in 0..random.usize(1..12) {
            bytes.extend(invalid_request(&mut random, &seeds));
            sent += 1;
        }
        send(&sandbox, &bytes);
        // By then the request log is full, and everything that is created once has been created.
        if before.is_none() && sent > wanted * 2 / 5 {
            before = memory();
        }
    }
    assert_eq!(panics.load(Ordering::SeqCst), 0);
    if let (Some(before), Some(after)) = (before, memory()) {
        println!("{sent} requests, {} then {} KiB", before / 1_024, after / 1_024);
        assert!(after < before + (24 << 20), "{before} bytes became {after}");
    }
    assert_eq!(call(&sandbox, "GET", "/ss/rsapi/clients", None).status, 200);
}
