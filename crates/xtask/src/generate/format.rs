//! The formatter of each language, so that templates need neither wrap lines nor sort names.

use std::io::Write;
use std::process::{Command, Stdio};

use super::outputs::Output;
use crate::node::Node;
use crate::python::Python;
use crate::run::{Outcome, program, root};

/// The interpreters whose packages format Python and TypeScript; Rust's comes with the toolchain.
pub struct Formatters {
    /// Has ruff.
    pub python: Python,
    /// Has biome.
    pub node: Node,
}

impl Formatters {
    /// Installs the formatters where they are missing.
    pub fn install(&self) -> Outcome {
        self.python.install_tools()?;
        self.node.install()
    }

    /// Formats the text of an output; Markdown stays as it is.
    pub fn format(&self, output: &Output, text: &str) -> Outcome<String> {
        let mut text = text.to_owned();
        for mut formatter in self.of(output) {
            text = piped(&mut formatter, &text).map_err(|problem| format!("{}: {problem}", output.path))?;
        }
        Ok(text)
    }

    /// The programs for an output, one after the other.
    fn of(&self, output: &Output) -> Vec<Command> {
        let name = root().join(output.path);
        match output.path.rsplit('.').next().unwrap_or_default() {
            "rs" => {
                let mut rustfmt = program("rustfmt", "");
                rustfmt.arg("--config-path").arg(root()).args(["--edition", "2024"]);
                vec![rustfmt]
            }
            "py" | "pyi" => {
                let ruff = |arguments: &[&str]| {
                    let mut ruff = self.python.program();
                    ruff.args(["-m", "ruff"]).args(arguments).args(["--quiet", "--stdin-filename"]);
                    ruff.arg(&name).arg("-");
                    ruff
                };
                vec![ruff(&["check", "--fix-only", "--select", "I001,RUF022"]), ruff(&["format"])]
            }
            "ts" => {
                let mut biome = self.node.program();
                biome.args(["node_modules/@biomejs/biome/bin/biome", "format"]);
                biome.arg(format!("--stdin-file-path={}", name.display()));
                vec![biome]
            }
            _ => Vec::new(),
        }
    }
}

/// Runs a formatter on a text.
fn piped(command: &mut Command, text: &str) -> Outcome<String> {
    let failed = |error: std::io::Error| format!("{command:?} failed: {error}", command = "the formatter");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let mut input = child.stdin.take().ok_or("the formatter takes no input")?;
    let text = text.to_owned();
    // On a thread of its own: a formatter may print before it has read everything.
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().map_err(failed)?;
    if !output.status.success() {
        return Err(format!(
            "the formatter failed ({}): {}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    match writer.join() {
        Ok(written) => written.map_err(failed)?,
        Err(_) => return Err("the formatter's input could not be written".to_owned()),
    }
    String::from_utf8(output.stdout).map_err(|error| error.to_string())
}
