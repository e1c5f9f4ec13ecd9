//! The Rust side: the workspace's crates and the programs that the packages' tests start.

use xshell::cmd;

use crate::run::{Result, Shells, run};

/// Formats all crates.
pub fn fmt(at: &Shells) -> Result {
    run(cmd!(at.top, "cargo fmt --all"))
}

/// Checks the format.
pub fn check_format(at: &Shells) -> Result {
    run(cmd!(at.top, "cargo fmt --all --check"))
}

/// Runs clippy.
pub fn clippy(at: &Shells) -> Result {
    run(cmd!(at.top, "cargo clippy --workspace --all-targets --quiet -- --deny warnings"))
}

/// Builds the core and the sandbox.
pub fn build(at: &Shells) -> Result {
    run(cmd!(at.top, "cargo build --package crankwheel --package crankwheel-sandbox"))
}

/// Builds the conformance server and the chaos proxy, which both packages' tests start.
pub fn build_test_servers(at: &Shells) -> Result {
    run(cmd!(at.top, "cargo build --quiet --package crankwheel-conformance --package crankwheel-chaos"))
}

/// Runs the tests and doctests of all crates, or only those whose names contain `text`.
pub fn test(at: &Shells, text: Option<&str>) -> Result {
    run(cmd!(at.top, "cargo test --workspace --quiet {text...}"))
}

/// Builds the documentation; broken links and missing docs fail.
pub fn document(at: &Shells) -> Result {
    let command =
        cmd!(at.top, "cargo doc --quiet --no-deps --package crankwheel --package crankwheel-sandbox")
            .args(["--features", "crankwheel/arrow"]);
    run(command.env("RUSTDOCFLAGS", "--deny warnings"))
}
