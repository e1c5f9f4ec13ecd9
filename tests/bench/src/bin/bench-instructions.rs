//! `bench-instructions CASE REPEATS [BASE_URL]`: does one thing a number of times, under callgrind.
//!
//! `cargo xtask instructions` runs it with two numbers of repeats and counts the difference, so that the
//! preparation does not count.

use std::hint::black_box;
use std::process::ExitCode;

use crankwheel::{Client, CrankWheel, List, Model, Options, UsageHistory};
use crankwheel_bench::{KeyOrder, Strings, client, clients, history};

type Failure = Box<dyn std::error::Error>;

/// The sizes of the lists that are decoded.
const CLIENTS: usize = 100;
const SESSIONS: usize = 2_000;

/// The size of the pieces in which a history arrives.
const PIECE: usize = 16 << 10;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (case, repeats, url) = match words.as_slice() {
        [case, repeats] => (*case, repeats.parse(), "http://127.0.0.1:9"),
        [case, repeats, url] => (*case, repeats.parse(), *url),
        _ => return usage(),
    };
    let Ok(repeats) = repeats else { return usage() };
    match run(case, repeats, url) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench-instructions {case}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: bench-instructions CASE REPEATS [BASE_URL]");
    ExitCode::from(2)
}

fn run(case: &str, repeats: usize, url: &str) -> Result<(), Failure> {
    match case {
        "decode-client" => {
            let body = client();
            repeat(repeats, || Ok(Client::from_json(black_box(&body))?))
        }
        "decode-client-list" => {
            let mut body = Vec::new();
            clients(&mut body, CLIENTS)?;
            let body = String::from_utf8(body)?;
            repeat(repeats, || {
                let list = List::<Client>::from_json(black_box(&body))?;
                Ok(list.iter().filter(|client| client.id > 0).count())
            })
        }
        "decode-history" => decode_history(repeats, KeyOrder::Api),
        "decode-history-shuffled" => decode_history(repeats, KeyOrder::Shuffled),
        "build-request" => {
            let cw = CrankWheel::with("bench-key", Options::new().base_url(url))?;
            repeat(repeats, || Ok(cw.clients().get(black_box(27_084)).dry_run()?))
        }
        "call" => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let cw = CrankWheel::with("bench-key", Options::new().base_url(url))?;
            repeat(repeats, || Ok(runtime.block_on(cw.clients().get(black_box(27_084)).into_future())?))
        }
        _ => Err(format!("unknown case {case:?}").into()),
    }
}

fn decode_history(repeats: usize, order: KeyOrder) -> Result<(), Failure> {
    let mut body = Vec::new();
    history(&mut body, SESSIONS, order, Strings::Repeated)?;
    repeat(repeats, || Ok(UsageHistory::from_json_pieces(black_box(&body).chunks(PIECE))?))
}

fn repeat<T>(repeats: usize, mut work: impl FnMut() -> Result<T, Failure>) -> Result<(), Failure> {
    for _ in 0..repeats {
        black_box(work()?);
    }
    Ok(())
}
