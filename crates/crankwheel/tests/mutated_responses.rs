//! Reads mutated responses: a short run of what the fuzzer does for long.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "../../../tests/fuzz/src/check.rs"]
mod check;

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The response bodies of the conformance cases.
fn responses() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/cases");
    let mut responses = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let cases: serde_json::Value =
            serde_json::from_slice(&std::fs::read(file.unwrap().path()).unwrap()).unwrap();
        let steps = cases.as_array().unwrap().iter().flat_map(|case| case["steps"].as_array().unwrap());
        for exchange in steps.flat_map(|step| step["exchanges"].as_array().into_iter().flatten()) {
            if let Some(json) = exchange["response"].get("json") {
                responses.push(json.to_string().into_bytes());
            }
        }
    }
    responses.sort_unstable();
    responses.dedup();
    responses
}

fn mutate(bytes: &mut Vec<u8>, others: &[Vec<u8>], random: &mut fastrand::Rng) {
    const PIECES: [&[u8]; 14] = [
        b"null",
        b"\"",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"-1",
        b"1e999",
        b"\\ud800",
        b"\xff",
        b"2019-02-28T10:09:30",
        b"\"id\":\"5\",",
    ];
    for _ in 0..random.usize(1..6) {
        let at = random.usize(0..=bytes.len());
        let end = (at + random.usize(0..40)).min(bytes.len());
        match random.u8(0..5) {
            0 => drop(bytes.drain(at..end)),
            1 => drop(bytes.splice(at..at, PIECES[random.usize(0..PIECES.len())].iter().copied())),
            2 if at < bytes.len() => bytes[at] ^= 1 << random.u8(0..8),
            3 => {
                let copied = bytes[at..end].to_vec();
                drop(bytes.splice(at..at, copied));
            }
            _ => {
                let other = &others[random.usize(0..others.len())];
                let from = random.usize(0..=other.len());
                let to = (from + random.usize(0..60)).min(other.len());
                drop(bytes.splice(at..end, other[from..to].iter().copied()));
            }
        }
    }
}

#[test]
fn mutated_responses_are_read_or_refused() {
    let responses: Vec<_> = responses().into_iter().filter(|response| response.len() < 4096).collect();
    assert!(responses.len() > 40, "{}", responses.len());
    let mut random = fastrand::Rng::with_seed(7);
    for round in 0..10_000 {
        let mut bytes = responses[round % responses.len()].clone();
        mutate(&mut bytes, &responses, &mut random);
        every_kind(&bytes, &mut random);
    }
}

#[test]
fn whole_responses_are_checked_too() {
    let mut random = fastrand::Rng::with_seed(7);
    for response in responses() {
        every_kind(&response, &mut random);
    }
}

/// The inputs that the fuzzer found worth keeping.
#[test]
fn the_fuzzers_corpus_is_checked_too() {
    let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/corpus.tar.gz");
    let mut corpus = tar::Archive::new(flate2::read::GzDecoder::new(File::open(archive).unwrap()));
    let mut inputs = 0;
    for entry in corpus.entries().unwrap() {
        let mut input = Vec::new();
        entry.unwrap().read_to_end(&mut input).unwrap();
        check::input(&input);
        inputs += 1;
    }
    assert!(inputs > 100, "{inputs}");
}

fn every_kind(body: &[u8], random: &mut fastrand::Rng) {
    for kind in 0..check::KINDS {
        if kind == check::HISTORY {
            check::response(kind, &[&[random.u8(..)], body].concat());
        } else {
            check::response(kind, body);
        }
    }
}
