//! The contract as other tools see it: its lint, and the clients that they generate from it.

use std::path::PathBuf;

use crate::node;
use crate::python::Python;
use crate::run::{Outcome, cargo, fresh, mark, program, root, run, target};

const CONTRACT: &str = "crates/crankwheel/openapi.json";
const FOLDER: &str = "tests/contract";

/// Lints the contract with Redocly CLI, by the rules of `tests/contract/redocly.yaml`.
pub fn lint() -> Outcome {
    let mut redocly = program(node_tools()?.join(node::script("redocly")), "");
    redocly.env("REDOCLY_TELEMETRY", "off").env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
    let config = format!("{FOLDER}/redocly.yaml");
    run(redocly.args(["lint", "--config", &config, CONTRACT]))
}

/// Generates clients with other projects' tools, and compares what they do with plain HTTP.
pub fn foreign_clients() -> Outcome {
    node_tools()?;
    let requirements = root().join(FOLDER).join("requirements.txt");
    let python = Python::find()?.separate(&target().join("contract").join("venv"), &requirements)?;
    run(cargo().args(["build", "--quiet", "--package", "crankwheel-sandbox"]))?;
    run(program(python, FOLDER).env("PYTHONDONTWRITEBYTECODE", "1").arg("check_clients.py"))
}

/// Installs the tools that npm has, and returns the folder of their programs.
fn node_tools() -> Outcome<PathBuf> {
    let folder = target().join("contract").join("node");
    let files = ["package.json", "package-lock.json"].map(|name| root().join(FOLDER).join(name));
    let stamp = folder.join("installed");
    if !fresh(&stamp, &files) {
        std::fs::create_dir_all(&folder)
            .map_err(|error| format!("cannot create {}: {error}", folder.display()))?;
        for file in &files {
            let copy = folder.join(file.file_name().unwrap_or_default());
            std::fs::copy(file, copy).map_err(|error| format!("cannot copy {}: {error}", file.display()))?;
        }
        let mut npm = program(node::script("npm"), "");
        run(npm.arg("ci").args(["--silent", "--no-audit", "--no-fund", "--prefix"]).arg(&folder))?;
        mark(&stamp, &files)?;
    }
    Ok(folder.join("node_modules").join(".bin"))
}
