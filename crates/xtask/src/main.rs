//! The commands of development: `cargo xtask demo` and `cargo xtask test`. Nobody has to learn another one.
//!
//! They need cargo, Python 3.10 or newer and Node 20 or newer; all else they install into the checkout
//! (`python/.venv`, `npm/node_modules`).

mod contract;
mod demo;
mod fuzz;
mod generate;
mod node;
mod python;
mod run;
mod secrets;
mod tests;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Development commands of crankwheel.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set up Python and Node, run the main job in both against the sandbox, and compare their figures.
    Demo,
    /// Print the files that are generated from the contract and the tables.
    Generate {
        /// Write nothing; fail if a committed file differs from what would be printed.
        #[arg(long)]
        check: bool,
    },
    /// Set up what is needed and run all checks: format, lints, types, tests, conformance of every surface.
    Test {
        /// Also what takes long: many seeds and other runtimes.
        #[arg(long)]
        full: bool,
        /// Only the checks whose name contains this text, long ones among them.
        #[arg(long, value_name = "TEXT")]
        only: Option<String>,
    },
    /// Keep what fuzzing found: minimise the corpus and write `tests/fuzz/corpus.tar.gz`.
    FuzzCorpus,
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Demo => demo::demo(),
        Command::Generate { check } => generate::generate(check),
        Command::FuzzCorpus => fuzz::keep_corpus(),
        Command::Test { full, only } => tests::test(&tests::Selection { full, only }),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("\nerror: {problem}");
            ExitCode::FAILURE
        }
    }
}
