//! Checks that documentation and messages use the field's words: `words.rs` lists what to replace.

mod prose;
mod search;
mod words;

use std::collections::BTreeMap;
use std::fs;

use xshell::cmd;

use crate::run::{Result, Shells, read, root};
use search::{Finding, search};

/// Files with words that are not the project's own: the glossary itself, responses of servers,
/// and the changelog, which has former names.
const EXEMPT: [&str; 3] = ["crates/xtask/src/glossary/", "tests/conformance/cases/", "CHANGELOG.md"];

/// Searches every tracked file. Prints each finding, then the number of findings per file.
pub fn glossary(at: &Shells) -> Result {
    let mut counts = BTreeMap::new();
    for path in read(cmd!(at.top, "git ls-files"))?.lines() {
        if EXEMPT.iter().any(|exempt| path.starts_with(exempt)) {
            continue;
        }
        // Binary files have no prose.
        let Ok(text) = fs::read_to_string(root().join(path)) else { continue };
        for Finding { line, found, write } in prose::prose(path, &text)?.iter().flat_map(search) {
            println!("{path}:{line}: {found:?}; write {write}");
            *counts.entry(path.to_owned()).or_insert(0_usize) += 1;
        }
    }
    if counts.is_empty() {
        return Ok(());
    }
    let total: usize = counts.values().sum();
    let mut files: Vec<_> = counts.into_iter().collect();
    files.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let files = files.iter().map(|(path, count)| format!("  {count:4} {path}")).collect::<Vec<_>>();
    Err(format!(
        "the glossary (crates/xtask/src/glossary/words.rs) replaces {total} words in {} files:\n{}",
        files.len(),
        files.join("\n")
    ))
}

#[cfg(test)]
mod tests;
