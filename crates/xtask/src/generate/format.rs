//! The formatter of each language, so that templates need not wrap lines, choose imports or sort
//! names.

use xshell::{Cmd, cmd};

use super::outputs::Output;
use crate::python;
use crate::run::{Result, Shells, root};

/// Formats the text of an output; Markdown stays as it is. The tools of Python and Node are installed.
pub fn format(at: &Shells, output: &Output, text: &str) -> Result<String> {
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
            // A region leaves the imports of its file alone.
            let rules = if output.region.is_some() { "RUF022" } else { "I001,F401,RUF022" };
            vec![ruff(&["check", "--fix-only", "--select", rules]), ruff(&["format"])]
        }
        "ts" => {
            let biome = |arguments: &[&str]| {
                let biome = cmd!(at.npm, "node node_modules/@biomejs/biome/bin/biome").args(arguments);
                biome.arg(format!("--stdin-file-path={}", name.display()))
            };
            let rules = ["correctness/noUnusedImports", "style/useImportType", "source/organizeImports"];
            let rules = rules.map(|rule| format!("--only={rule}"));
            let mut imports = vec!["check", "--write", "--unsafe"];
            imports.extend(rules.iter().map(String::as_str));
            // The format first, because the other one accepts a syntax error.
            vec![biome(&["format"]), biome(&imports)]
        }
        _ => Vec::new(),
    }
}
