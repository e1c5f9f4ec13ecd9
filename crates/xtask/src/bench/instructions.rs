//! `cargo xtask instructions`: counts the instructions of the hot paths with callgrind, and compares them with
//! `tests/bench/instructions.toml`.
//!
//! Unlike times, these counts hardly depend on what else the machine does.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use xshell::cmd;

use super::install::{self, folder, program};
use super::server::Server;
use crate::run::{Result, Shells, root, run};

/// The share by which a count may grow.
const TOLERANCE: f64 = 0.03;

/// A case of `bench-instructions`, and two numbers of repeats: the difference of their counts leaves out the
/// preparation.
const CASES: [(&str, u64, u64); 6] = [
    ("decode-client", 200, 1_200),
    ("decode-client-list", 5, 25),
    ("decode-history", 2, 12),
    ("decode-history-shuffled", 2, 12),
    ("build-request", 200, 1_200),
    ("call", 200, 1_200),
];

/// Counts, prints the comparison, and fails if a count grew by more than the tolerance; or writes the counts.
pub fn instructions(at: &Shells, write: bool) -> Result {
    if Command::new("valgrind").arg("--version").output().is_err() {
        return Err("valgrind is needed to count instructions".to_owned());
    }
    install::rust(at)?;
    let (generate, data) = (program("bench-server"), folder("data"));
    run(cmd!(at.top, "{generate} write {data} client").quiet())?;
    let server = Server::start(&data)?;
    let mut counts = BTreeMap::new();
    for (case, few, many) in CASES {
        let url = server.url("client");
        let difference = count(case, many, &url)?.saturating_sub(count(case, few, &url)?);
        counts.insert(case.to_owned(), difference / (many - few));
    }
    if write { save(&counts) } else { compare(&counts, &baseline()?) }
}

/// The check of `cargo xtask test --full`: as [`instructions`], but a machine without valgrind passes.
pub fn check(at: &Shells) -> Result {
    if Command::new("valgrind").arg("--version").output().is_err() {
        eprintln!("    NOT RUN: valgrind is not installed");
        return Ok(());
    }
    instructions(at, false)
}

/// The instructions of one process.
fn count(case: &str, repeats: u64, url: &str) -> Result<u64> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program("bench-instructions"));
    let output = command.arg(case).arg(repeats.to_string()).arg(url).output();
    let output = output.map_err(|error| format!("cannot start valgrind: {error}"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("{case} failed under valgrind: {errors}"));
    }
    let collected = errors.lines().find_map(|line| line.split_once("Collected : "));
    let count = collected.and_then(|(_, count)| count.trim().parse().ok());
    count.ok_or_else(|| format!("valgrind printed no count: {errors}"))
}

fn file() -> std::path::PathBuf {
    root().join("tests/bench/instructions.toml")
}

fn baseline() -> Result<BTreeMap<String, u64>> {
    let file = file();
    let text =
        fs::read_to_string(&file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    toml::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))
}

fn save(counts: &BTreeMap<String, u64>) -> Result {
    let lines = counts.iter().map(|(case, count)| format!("{case} = {count}\n"));
    let text = format!("{HEADER}{}", lines.collect::<String>());
    print!("{text}");
    fs::write(file(), text).map_err(|error| format!("cannot write {}: {error}", file().display()))
}

const HEADER: &str = "\
# Instructions of the hot paths, each time one is done, in the release profile. `cargo xtask instructions` compares
# them with the code; `cargo xtask instructions --write` writes this file after a change that is worth it.
#
# The list has 100 clients; the histories have 2,000 sessions, in the API's order of keys and in another one in
# each row; the call is over a kept connection to a server on localhost.

";

fn compare(counts: &BTreeMap<String, u64>, baseline: &BTreeMap<String, u64>) -> Result {
    let mut grown = Vec::new();
    println!("{:28} {:>12} {:>12} {:>8}", "Instructions", "now", "baseline", "change");
    for (case, now) in counts {
        let before = baseline.get(case).ok_or_else(|| format!("{case} is not in {}", file().display()))?;
        let change = *now as f64 / *before as f64 - 1.0;
        println!("{case:28} {now:>12} {before:>12} {:>+7.1}%", change * 100.0);
        if change > TOLERANCE {
            grown.push(format!("{case}: {now} instead of {before} instructions, {:+.1} %", change * 100.0));
        } else if change < -TOLERANCE {
            println!("    fewer than before: run `cargo xtask instructions --write`, so that this is kept");
        }
    }
    if grown.is_empty() {
        return Ok(());
    }
    let advice = "find the cause, or accept it with `cargo xtask instructions --write`";
    Err(format!("more instructions than in the baseline; {advice}:\n{}", grown.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_percent_more_fail() {
        let counts = |count| BTreeMap::from([("call".to_owned(), count)]);
        assert!(compare(&counts(1_029), &counts(1_000)).is_ok());
        assert!(compare(&counts(500), &counts(1_000)).is_ok());
        assert!(compare(&counts(1_031), &counts(1_000)).unwrap_err().contains("+3.1 %"));
        assert!(compare(&counts(1), &BTreeMap::new()).unwrap_err().contains("call is not in"));
    }

    #[test]
    fn the_baseline_has_every_case() {
        let baseline = baseline().unwrap();
        assert!(CASES.iter().all(|(case, ..)| baseline.contains_key(*case)) && baseline.len() == CASES.len());
    }
}
