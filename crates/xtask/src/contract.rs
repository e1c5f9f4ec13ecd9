//! The contract as other tools see it: its lint, the clients that they generate from it, and the
//! sandbox driven from it.

use std::path::PathBuf;

use xshell::cmd;

use crate::node::NPM;
use crate::run::{Result, Shells, fresh, mark, root, run, target};
use crate::{node, python};

/// Lints the contract with Redocly CLI, by the rules of `tests/contract/redocly.yaml`.
pub fn lint(at: &Shells) -> Result {
    let redocly = node_tools(at)?.join(node::script("redocly"));
    let lint =
        cmd!(at.top, "{redocly} lint --config tests/contract/redocly.yaml crates/crankwheel/openapi.json");
    run(lint.envs([("REDOCLY_TELEMETRY", "off"), ("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")]))
}

/// Generates clients with other projects' tools, and compares their requests and results with plain HTTP.
pub fn foreign_clients(at: &Shells) -> Result {
    node_tools(at)?;
    let environment = target().join("contract").join("venv");
    python::separate(at, &environment, &root().join("tests/contract/requirements.txt"))?;
    run(cmd!(at.top, "cargo build --quiet --package crankwheel-sandbox"))?;
    let python = python::program(&environment, "python");
    run(cmd!(at.top, "{python} tests/contract/check_clients.py").env("PYTHONDONTWRITEBYTECODE", "1"))
}

/// Drives the sandbox with requests that schemathesis generates from the contract.
pub fn drive_sandbox(at: &Shells) -> Result {
    let environment = target().join("schemathesis");
    python::separate(at, &environment, &root().join("tests/sandbox/schemathesis/requirements.txt"))?;
    run(cmd!(at.top, "cargo build --quiet --package crankwheel-sandbox"))?;
    let schemathesis = python::program(&environment, "schemathesis");
    run(cmd!(at.top, "sh tests/sandbox/schemathesis/run").env("SCHEMATHESIS", schemathesis))
}

/// Installs the tools from npm, and returns the folder of their programs.
fn node_tools(at: &Shells) -> Result<PathBuf> {
    let folder = target().join("contract").join("node");
    let files = ["package.json", "package-lock.json"].map(|name| root().join("tests/contract").join(name));
    let stamp = folder.join("installed");
    if !fresh(&stamp, &files) {
        at.top.create_dir(&folder).map_err(|error| error.to_string())?;
        for file in &files {
            at.top.copy_file(file, &folder).map_err(|error| error.to_string())?;
        }
        run(cmd!(at.top, "{NPM} ci --silent --no-audit --no-fund --prefix {folder}"))?;
        mark(&stamp, &files)?;
    }
    Ok(folder.join("node_modules").join(".bin"))
}
