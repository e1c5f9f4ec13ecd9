//! The Python side: an interpreter, a virtual environment, the package built into it.

use std::path::{Path, PathBuf};

use xshell::{Cmd, cmd};

use crate::run::{Result, Shells, executable, fresh, mark, read, root, run};

const OLDEST: (u32, u32) = (3, 10);

/// The folders with Python sources that are formatted and linted, from `python/`.
const FOLDERS: [&str; 2] = [".", "../tests/bench"];

/// The environment's Python, which starts in `python/`.
pub fn python(at: &Shells) -> Cmd<'_> {
    let environment = environment();
    at.python.cmd(program(&environment, "python")).env("VIRTUAL_ENV", environment)
}

/// Returns the path of a program that a package of the environment installs.
pub fn tool(name: &str) -> PathBuf {
    program(&environment(), name)
}

/// Installs what builds the package.
pub fn install_builder(at: &Shells) -> Result {
    install(at, "build", "requirements-build.txt")
}

/// Installs what builds and checks the package.
pub fn install_tools(at: &Shells) -> Result {
    install_builder(at)?;
    install(at, "dev", "requirements-dev.txt")
}

/// Compiles the extension and installs the package, editable, into the environment.
pub fn build(at: &Shells) -> Result {
    run(python(at).args(["-m", "maturin", "develop", "--quiet"]))
}

/// Formats the package, its tests and its examples, and sorts their imports.
pub fn fmt(at: &Shells) -> Result {
    run(python(at).args(["-m", "ruff", "check", "--select", "I", "--fix"]).args(FOLDERS))?;
    run(python(at).args(["-m", "ruff", "format"]).args(FOLDERS))
}

/// Checks format, lints and types.
pub fn lint(at: &Shells) -> Result {
    run(python(at).args(["-m", "ruff", "format", "--check"]).args(FOLDERS))?;
    run(python(at).args(["-m", "ruff", "check"]).args(FOLDERS))?;
    run(python(at).args(["-m", "mypy"]))
}

/// Runs pytest.
pub fn pytest(at: &Shells) -> Cmd<'_> {
    python(at).args(["-m", "pytest", "-q"])
}

/// Runs the tests that match `text`, an expression of pytest's `-k`.
pub fn test(at: &Shells, text: Option<&str>) -> Result {
    run(pytest(at).args(text.map(|text| ["-k", text]).into_iter().flatten()))
}

/// Creates a virtual environment apart from the package's, with the packages of a file of requirements.
pub fn separate(at: &Shells, environment: &Path, requirements: &Path) -> Result {
    let stamp = environment.join("installed");
    let files = [requirements.to_owned()];
    if fresh(&stamp, &files) {
        return Ok(());
    }
    create(at, environment)?;
    let pip = program(environment, "pip");
    run(cmd!(at.top, "{pip} install --disable-pip-version-check --quiet --requirement {requirements}"))?;
    mark(&stamp, &files)
}

fn install(at: &Shells, name: &str, requirements: &str) -> Result {
    let environment = environment();
    if !program(&environment, "python").exists() {
        create(at, &environment)?;
    }
    let stamp = environment.join(format!("{name}.installed"));
    let files = [root().join("python").join(requirements)];
    if fresh(&stamp, &files) {
        return Ok(());
    }
    let pip = ["-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--requirement"];
    run(python(at).args(pip).arg(requirements))?;
    mark(&stamp, &files)
}

/// Creates a virtual environment with the first interpreter that is new enough.
fn create(at: &Shells, environment: &Path) -> Result {
    let version = "import sys; print(*sys.version_info[:2])";
    for name in ["python3", "python"] {
        let Ok(found) = read(cmd!(at.top, "{name} -c {version}")) else { continue };
        let mut parts = found.split(' ').map(|part| part.parse().unwrap_or(0));
        if (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= OLDEST {
            return run(cmd!(at.top, "{name} -m venv --clear {environment}"));
        }
    }
    Err(format!("Python {}.{} or newer is needed (as `python3` or `python`)", OLDEST.0, OLDEST.1))
}

fn environment() -> PathBuf {
    root().join("python").join(".venv")
}

/// A program of a virtual environment.
pub fn program(environment: &Path, name: &str) -> PathBuf {
    environment.join(if cfg!(windows) { "Scripts" } else { "bin" }).join(executable(name))
}
