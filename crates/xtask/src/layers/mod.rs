//! Checks the layers: no module imports from a level above its own, and no imports form a circle.
//!
//! The levels are the tables below, from the bottom up. A module is a file or a folder directly
//! below a crate's `src`; those of one level may import from each other as long as that forms no circle.
//! Circles are also looked for in the Python and TypeScript sources, which have no levels.

mod circles;
mod imports;
mod modules;
mod scripts;

use std::collections::BTreeSet;
use std::path::Path;

use crate::run::{Result, root};
use modules::{Crate, Import};

/// A crate's levels, each a list of top-level modules; a level imports from itself and from those
/// before it. A crate without levels is checked for circles only.
struct Levels {
    source: &'static str,
    levels: &'static [&'static [&'static str]],
}

const CRATES: &[Levels] = &[
    Levels {
        source: "crates/crankwheel/src",
        levels: &[
            &["error", "secret", "spelling", "json", "warnings"],
            &["time", "period"],
            &["transport"],
            &["model", "table"],
            &["call"],
            &["api"],
            &["client", "config", "diagnose", "fuzzing", "lib"],
        ],
    },
    Levels {
        source: "crates/crankwheel-sandbox/src",
        levels: &[
            &["error", "response", "time", "input", "endpoints", "hosts", "options", "access"],
            &["faults"],
            &["state"],
            &["demo"],
            &["api"],
            &["control"],
            &["http"],
            &["handle", "program", "lib"],
        ],
    },
    Levels {
        source: "bindings/python/src",
        levels: &[
            &["failure", "logger"],
            &["scalar"],
            &["output"],
            &["input"],
            &["run"],
            &["interpreter", "sandbox", "lib"],
        ],
    },
    Levels { source: "bindings/node/src", levels: &[] },
];

/// Folders of Python and TypeScript modules.
const SCRIPTS: [&str; 2] = ["python/src/crankwheel", "npm/src"];

/// Checks every crate and every folder of scripts.
pub fn layers() -> Result {
    let mut problems = Vec::new();
    for Levels { source, levels } in CRATES {
        problems.extend(check(&Crate::read(&root(), source)?, levels));
    }
    for folder in SCRIPTS {
        problems.extend(circles::circles(&scripts::edges(&root(), Path::new(folder))?));
    }
    if problems.is_empty() { Ok(()) } else { Err(format!("the layers are broken:\n{}", problems.join("\n"))) }
}

/// The problems of one crate. Imports from above form circles too: those are reported once they are gone.
fn check(read: &Crate, levels: &[&[&str]]) -> Vec<String> {
    let mut problems = if levels.is_empty() { Vec::new() } else { level_problems(read, levels) };
    for edges in [read.file_edges(), read.module_edges()] {
        if problems.is_empty() {
            problems = circles::circles(&edges);
        }
    }
    problems
}

/// The imports from a level above, and the modules that have no level.
fn level_problems(read: &Crate, levels: &[&[&str]]) -> Vec<String> {
    let level = |module: &str| levels.iter().position(|level| level.contains(&module)).map(|at| at + 1);
    let mut problems = Vec::new();
    for name in read.top_modules().filter(|name| level(name).is_none()) {
        problems.push(format!(
            "  {}: module `{name}` has no level; add it to the table in crates/xtask/src/layers/mod.rs",
            read.source
        ));
    }
    let mut reported = BTreeSet::new();
    for Import { file, line, path, from, to } in read.imports() {
        if let (Some(own), Some(other)) = (level(from), level(to))
            && other > own
            && reported.insert((file, to))
        {
            problems.push(format!(
                "  {file}:{line}: `{from}` (level {own}) imports from `{to}` (level {other}) with `{path}`; move \
                 what both need to level {own} or below, or pass it in as an argument"
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests;
