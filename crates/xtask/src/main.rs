//! The development commands: `cargo xtask` lists them.
//!
//! They need cargo, Python 3.10 or newer and Node 20 or newer. Everything else is installed into the
//! checkout (`python/.venv`, `npm/node_modules`, `target`).

mod bench;
mod compatibility;
mod contract;
mod demo;
mod fuzz;
mod generate;
mod glossary;
mod languages;
mod layers;
mod node;
mod python;
mod run;
mod rust;
mod secrets;
mod setup;
mod test;
mod tokens;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use languages::{Language, chosen};
use run::{Result, Shells};

/// Development commands of crankwheel.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Format the sources.
    Fmt {
        /// Only this language.
        language: Option<Language>,
    },
    /// Check format, lints and types.
    Lint {
        /// Only this language.
        language: Option<Language>,
    },
    /// Build the core and both packages.
    Build {
        /// Only this language.
        language: Option<Language>,
    },
    /// Write the files that are generated from the contract and the tables.
    Generate {
        /// Write nothing; fail if a committed file differs from what would be written.
        #[arg(long)]
        check: bool,
    },
    /// Run the checks, or one language's tests: `test`, `test python`, `test node retries`, `test --only format`.
    Test {
        /// Build this language and run only its tests.
        language: Option<Language>,
        /// Only the tests whose names contain this text (Python: an expression of `pytest -k`; Node: a regular expression).
        #[arg(requires = "language")]
        text: Option<String>,
        /// Also the checks that take long: many seeds, fuzzing, leaks, secrets (about an hour).
        #[arg(long, conflicts_with_all = ["language", "only"])]
        full: bool,
        /// Only the checks whose names contain this text, long ones included.
        #[arg(long, value_name = "TEXT", conflicts_with = "language")]
        only: Option<String>,
        /// List the checks and when they run.
        #[arg(long, conflicts_with_all = ["language", "only", "full"])]
        list: bool,
    },
    /// Measure the packages and the core next to their peers; fails below a floor of `tests/bench/goals.toml`.
    Bench {
        /// Small sizes and few rounds, in less than three minutes; does not fail below a floor.
        #[arg(long)]
        quick: bool,
        /// Only the rows whose case, figure or peer contains this text.
        #[arg(long, value_name = "TEXT")]
        case: Option<String>,
        /// Also write the results, with all samples, into this file.
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
    },
    /// Count the instructions of the hot paths; fails if there are 3 % more than `tests/bench/instructions.toml` has.
    Instructions {
        /// Write the counts into that file instead.
        #[arg(long)]
        write: bool,
    },
    /// Run the packages with all versions and tools, and write the compatibility tables of their READMEs.
    Compatibility,
    /// Run the main job in Python and Node against the sandbox and compare their figures.
    Demo,
    /// Keep what fuzzing found: minimise the corpus and write `tests/fuzz/corpus.tar.gz`.
    FuzzCorpus,
}

fn main() -> ExitCode {
    match Arguments::parse().command.map_or_else(print_help, execute) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("\nerror: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn print_help() -> Result {
    Arguments::command().print_help().map_err(|error| error.to_string())
}

fn execute(command: Command) -> Result {
    let at = &Shells::open()?;
    match command {
        Command::Fmt { language } => chosen(language).into_iter().try_for_each(|language| language.fmt(at)),
        Command::Lint { language } => chosen(language).into_iter().try_for_each(|language| language.lint(at)),
        Command::Build { language } => {
            chosen(language).into_iter().try_for_each(|language| language.build(at))
        }
        Command::Generate { check } => generate::generate(at, check),
        Command::Test { language: Some(language), text, .. } => language.test(at, text.as_deref()),
        Command::Test { list: true, .. } => {
            test::list();
            Ok(())
        }
        Command::Test { full, only, .. } => test::test(at, &test::Selection { full, only }),
        Command::Bench { quick, case, json } => bench::bench(at, &bench::Selection { quick, case, json }),
        Command::Instructions { write } => bench::instructions::instructions(at, write),
        Command::Compatibility => compatibility::write(at),
        Command::Demo => demo::demo(at),
        Command::FuzzCorpus => fuzz::keep_corpus(at),
    }
}
