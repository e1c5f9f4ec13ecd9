//! The Node side: Node itself, the packages that build, the addon and the compiled TypeScript.

use std::fs;

use xshell::{Cmd, cmd};

use crate::run::{Result, Shells, fresh, mark, read, root, run};

const OLDEST: u32 = 20;

/// npm's program.
pub const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// Returns the file name of a program that npm installs, on this system.
pub fn script(name: &str) -> String {
    if cfg!(windows) { format!("{name}.cmd") } else { name.to_owned() }
}

/// Installs what builds and checks the package.
pub fn install(at: &Shells) -> Result {
    let version = read(cmd!(at.npm, "node --version")).unwrap_or_default();
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
    if major.is_none_or(|major: u32| major < OLDEST) {
        return Err(format!("Node {OLDEST} or newer is needed (as `node`)"));
    }
    let folder = root().join("npm");
    let stamp = folder.join("node_modules").join(".installed");
    let files = [folder.join("package-lock.json")];
    if fresh(&stamp, &files) {
        return Ok(());
    }
    // Not `ci`: it refuses a lock file that lacks other platforms' optional packages, which a registry may not have.
    run(cmd!(at.npm, "{NPM} install --no-save --no-audit --no-fund"))?;
    mark(&stamp, &files)
}

/// Compiles the addon and the TypeScript.
pub fn build(at: &Shells) -> Result {
    run(cmd!(at.npm, "{NPM} run --silent build:native"))?;
    compile(at)
}

/// Compiles the TypeScript.
pub fn compile(at: &Shells) -> Result {
    run(cmd!(at.npm, "{NPM} run --silent build"))
}

/// Formats the package, its tests and its examples, and sorts their imports.
pub fn fmt(at: &Shells) -> Result {
    run(cmd!(at.npm, "{NPM} exec -- biome check --write --linter-enabled=false ."))
}

/// Checks format, lints and types.
pub fn lint(at: &Shells) -> Result {
    run(cmd!(at.npm, "{NPM} run --silent lint"))
}

/// Runs all tests.
pub fn tests(at: &Shells) -> Cmd<'_> {
    cmd!(at.npm, "{NPM} test")
}

/// Runs the tests whose names match `text`, a regular expression.
pub fn test(at: &Shells, text: Option<&str>) -> Result {
    let Some(text) = text else { return run(tests(at)) };
    let folder = root().join("npm/test");
    let entries =
        fs::read_dir(&folder).map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let files = names.filter(|name| name.contains(".test.")).map(|name| format!("test/{name}"));
    run(cmd!(at.npm, "node --test --test-name-pattern {text}").args(files))
}
