//! `cargo xtask bench`: measures the packages and the core next to their peers, in one run.
//!
//! The rows, their floors and goals are in `tests/bench/goals.toml`; the programs that are measured are
//! next to it. Everything that is installed or generated is below `target/bench`.

mod install;
pub mod instructions;
mod measure;
mod report;
mod server;
mod table;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde_json::json;
use xshell::cmd;

use crate::run::{Result, Shells, read, run, step};
use install::{folder, program};
use report::Line;
use server::Server;
use table::Table;

/// The choice of rows and sizes.
pub struct Selection {
    /// Small sizes and few rounds.
    pub quick: bool,
    /// Only the rows that contain this text.
    pub case: Option<String>,
    /// The file for the results as JSON.
    pub json: Option<PathBuf>,
}

/// Measures the selected rows, prints the report, and fails if a floor does not hold.
pub fn bench(at: &Shells, selection: &Selection) -> Result {
    let mut table = Table::read()?;
    if let Some(text) = &selection.case {
        table.select(text)?;
    }
    let lines = measured(at, &table, selection)?;
    let text = report::text(&lines, selection.quick);
    println!("\n{text}");
    if let Some(file) = &selection.json {
        let rows: Vec<_> = lines.iter().map(Line::json).collect();
        let result = json!({"quick": selection.quick, "versions": versions(at), "rows": rows});
        fs::write(file, format!("{result:#}\n"))
            .map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    }
    // Small sizes say little about the floors, which are for the full ones.
    let failed = lines.iter().filter(|line| line.verdict().fails()).count();
    if failed == 0 || selection.quick {
        return Ok(());
    }
    Err(format!("{failed} of {} rows are below their floor or could not be measured", lines.len()))
}

fn measured(at: &Shells, table: &Table, selection: &Selection) -> Result<Vec<Line>> {
    let needs = |kind: &str| table.cases.iter().any(|case| case.program.starts_with(kind));
    let variant = |name: &str| table.variants().any(|variant| variant.starts_with(name));
    step("Build the server and the core's cases", || install::rust(at))?;
    if needs("python/") || variant("wheel") {
        step("Python: build the wheel, install it and its peers", || install::python(at))?;
    }
    if needs("node/") || variant("addon") || variant("require") {
        step("Node: build the package, install it and its peers", || install::node(at))?;
    }
    let data = folder("data");
    let mut sets = BTreeSet::new();
    for case in &table.cases {
        for variant in case.variants() {
            sets.insert(table.dataset(case, variant, selection.quick)?);
        }
    }
    let generate = program("bench-server");
    step("Generate the responses", || run(cmd!(at.top, "{generate} write {data} {sets...}").quiet()))?;
    let server = Server::start(&data)?;
    eprintln!("    served by {}", server.name);
    let mut lines = Vec::new();
    for case in &table.cases {
        step(&case.name, || {
            let figures = measure::case(table, case, &server, selection.quick)?;
            lines.extend(case.rows.iter().map(|row| Line::new(case, row, &figures)));
            Ok(())
        })?;
    }
    Ok(lines)
}

/// The versions that the figures belong to.
fn versions(at: &Shells) -> serde_json::Value {
    let python = crate::python::program(&folder("python"), "python");
    let version = |command| read(command).unwrap_or_default();
    json!({
        "python": version(cmd!(at.top, "{python} --version")),
        "node": version(cmd!(at.top, "node --version")),
        "rust": version(cmd!(at.top, "rustc --version")),
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
    })
}
