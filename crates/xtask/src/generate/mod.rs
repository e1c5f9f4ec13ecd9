//! `cargo xtask generate`: prints every file that would otherwise repeat a fact by hand.
//!
//! The facts are in `crates/crankwheel/openapi.json` (models, fields, operations) and, as far as a
//! contract of the API can't hold them, in `crates/crankwheel/tables/*.toml`. Each output is one
//! template under `crates/xtask/templates` that reads like the file it prints. `--check` writes
//! nothing and fails if a committed file differs from what would be printed.

mod columns;
mod contract;
mod docs;
mod document;
mod errors;
mod facts;
mod format;
mod operations;
mod options;
mod outputs;
mod sandbox;
mod spelling;
mod table;

use std::fs;
use std::path::Path;

use minijinja::Environment;
use minijinja::syntax::SyntaxConfig;

use crate::run::{Result, Shells, root};
use crate::setup::{SetUp, prepare};
use facts::Facts;
use outputs::{OUTPUTS, Output};

/// Prints all outputs, or checks that they are up to date.
pub fn generate(at: &Shells, check: bool) -> Result {
    // The formatters.
    prepare(at, &[SetUp::PythonTools, SetUp::NodeTools])?;
    let facts = Facts::read()?;
    let templates = templates()?;
    let mut stale = Vec::new();
    for output in OUTPUTS {
        let path = root().join(output.path);
        let committed = fs::read_to_string(&path).unwrap_or_default();
        let printed = render(&templates, &facts, output)?;
        let whole = format::format(at, output, &output.embed(&committed, &printed)?)?;
        if whole == committed {
            continue;
        }
        if check {
            stale.push(format!("  {}: {}", output.path, first_difference(&committed, &whole)));
        } else {
            eprintln!("    {}", output.path);
            write(&path, &whole)?;
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!(
        "these files differ from what `cargo xtask generate` prints; run it, and change the contract, the \
         tables or the templates instead of the files:\n{}",
        stale.join("\n")
    ))
}

fn render(templates: &Environment<'_>, facts: &Facts, output: &Output) -> Result<String> {
    let template =
        templates.get_template(output.template).map_err(|error| format!("{}: {error:#}", output.template))?;
    template.render(facts.context(output)).map_err(|error| format!("{}: {error:#}", output.template))
}

fn templates() -> Result<Environment<'static>> {
    let mut templates = Environment::new();
    let syntax =
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    templates.set_syntax(syntax.map_err(|error| error.to_string())?);
    templates.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    docs::add_filters(&mut templates);
    spelling::add_filters(&mut templates);
    for output in OUTPUTS {
        let path = root().join("crates/xtask/templates").join(output.template);
        let text = fs::read_to_string(&path)
            .map_err(|error| format!("cannot read the template {}: {error}", path.display()))?;
        templates
            .add_template_owned(output.template, text)
            .map_err(|error| format!("{}: {error:#}", output.template))?;
    }
    Ok(templates)
}

fn write(path: &Path, text: &str) -> Result {
    fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// The first line that differs, for the message of `--check`.
fn first_difference(committed: &str, printed: &str) -> String {
    let mut lines = committed.lines().zip(printed.lines()).enumerate();
    match lines.find(|(_, (committed, printed))| committed != printed) {
        Some((index, (committed, printed))) => {
            format!("line {} is {committed:?}, expected {printed:?}", index + 1)
        }
        None => format!("{} lines, expected {}", committed.lines().count(), printed.lines().count()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hand_edit_is_reported_with_its_line() {
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), r#"line 2 is "b", expected "c""#);
        assert_eq!(first_difference("a\n", "a\nc\n"), "1 lines, expected 2");
    }

    #[test]
    fn every_template_renders_from_the_facts_of_the_checkout() {
        let (templates, facts) = (templates().unwrap(), Facts::read().unwrap());
        for output in OUTPUTS {
            assert!(!render(&templates, &facts, output).unwrap().is_empty(), "{}", output.path);
        }
    }
}
