//! The formatter of each language, so that templates need neither wrap lines nor sort names.

use xshell::{Cmd, cmd};

use super::outputs::Output;
use crate::python;
use crate::run::{Outcome, Shells, root};

/// Formats the text of an output; Markdown stays as it is. The tools of Python and Node are installed.
pub fn format(at: &Shells, output: &Output, text: &str) -> Outcome<String> {
    let mut text = text.to_owned();
    for formatter in formatters(at, output) {
        let failed = |problem: String| format!("{}: {problem}", output.path);
        let formatted = formatter.quiet().stdin(text).output().map_err(|error| failed(error.to_string()))?;
        text = String::from_utf8(formatted.stdout).map_err(|error| failed(error.to_string()))?;
    }
    Ok(text)
}

/// The programs for an output, one after the other.
fn formatters<'a>(at: &'a Shells, output: &Output) -> Vec<Cmd<'a>> {
    let (top, name) = (root(), root().join(output.path));
    match output.path.rsplit('.').next().unwrap_or_default() {
        "rs" => vec![cmd!(at.top, "rustfmt --config-path {top} --edition 2024")],
        "py" | "pyi" => {
            let ruff = |arguments: &[&str]| {
                let ruff = python::python(at).args(["-m", "ruff"]).args(arguments);
                ruff.args(["--quiet", "-", "--stdin-filename"]).arg(&name)
            };
            vec![ruff(&["check", "--fix-only", "--select", "I001,RUF022"]), ruff(&["format"])]
        }
        "ts" => {
            let biome = "node_modules/@biomejs/biome/bin/biome";
            vec![cmd!(at.npm, "node {biome} format").arg(format!("--stdin-file-path={}", name.display()))]
        }
        _ => Vec::new(),
    }
}
