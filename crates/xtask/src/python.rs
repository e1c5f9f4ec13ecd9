//! The Python side: an interpreter, a virtual environment, the package built into it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Outcome, executable, fresh, mark, output, program, root, run, target};

const FOLDER: &str = "python";
const OLDEST: (u32, u32) = (3, 10);

/// A Python that is new enough, and its virtual environment in `python/.venv`.
pub struct Python {
    interpreter: String,
}

impl Python {
    /// Looks for an interpreter.
    pub fn find() -> Outcome<Self> {
        let version = "import sys; print(*sys.version_info[:2])";
        for name in ["python3", "python"] {
            let Ok(found) = output(program(name, "").args(["-c", version])) else { continue };
            let mut parts = found.split(' ').map(|part| part.parse().unwrap_or(0));
            let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
            if found >= OLDEST {
                return Ok(Python { interpreter: name.to_owned() });
            }
        }
        Err(format!("Python {}.{} or newer is needed (as `python3` or `python`)", OLDEST.0, OLDEST.1))
    }

    fn environment(&self) -> PathBuf {
        root().join(FOLDER).join(".venv")
    }

    fn bin(&self, name: &str) -> PathBuf {
        let folder = if cfg!(windows) { "Scripts" } else { "bin" };
        self.environment().join(folder).join(executable(name))
    }

    /// The environment's Python, to be run in `python/`.
    pub fn program(&self) -> Command {
        let mut command = program(self.bin("python"), FOLDER);
        command.env("VIRTUAL_ENV", self.environment()).env_remove("PYTHONPATH");
        command
    }

    /// Today in UTC, as `YYYY-MM-DD`.
    pub fn today(&self) -> Outcome<String> {
        let code = "import datetime as d; print(d.datetime.now(d.timezone.utc).date())";
        output(self.program().args(["-c", code]))
    }

    /// The virtual environment with what builds the package.
    pub fn install_builder(&self) -> Outcome {
        self.install("build", "requirements-build.txt")
    }

    /// The virtual environment with what builds and checks the package.
    pub fn install_tools(&self) -> Outcome {
        self.install_builder()?;
        self.install("dev", "requirements-dev.txt")
    }

    fn install(&self, name: &str, requirements: &str) -> Outcome {
        if !self.bin("python").exists() {
            run(program(&self.interpreter, FOLDER).args(["-m", "venv", ".venv"]))?;
        }
        let stamp = self.environment().join(format!("{name}.installed"));
        let files = [root().join(FOLDER).join(requirements)];
        if fresh(&stamp, &files) {
            return Ok(());
        }
        let pip = ["-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--requirement"];
        run(self.program().args(pip).arg(requirements))?;
        mark(&stamp, &files)
    }

    /// Compiles the extension and installs the package, editable, into the environment.
    pub fn build(&self) -> Outcome {
        run(self.program().args(["-m", "maturin", "develop"]))
    }

    /// The program `schemathesis`, in an environment of its own: it pins what the package's tests use, too.
    pub fn schemathesis(&self) -> Outcome<PathBuf> {
        let environment = target().join("schemathesis");
        let bin = environment.join(if cfg!(windows) { "Scripts" } else { "bin" });
        let installed = bin.join(executable("schemathesis"));
        if !installed.exists() {
            run(program(&self.interpreter, "").args(["-m", "venv"]).arg(&environment))?;
            let pip =
                ["-m", "pip", "install", "--disable-pip-version-check", "--quiet", "schemathesis~=4.32"];
            run(program(bin.join(executable("python")), "").args(pip))?;
        }
        Ok(installed)
    }

    /// A virtual environment apart from the package's, with what a file of requirements names; returns its Python.
    pub fn separate(&self, environment: &Path, requirements: &PathBuf) -> Outcome<PathBuf> {
        let bin = environment.join(if cfg!(windows) { "Scripts" } else { "bin" });
        let python = bin.join(executable("python"));
        let stamp = environment.join("installed");
        if !fresh(&stamp, std::slice::from_ref(requirements)) {
            run(program(&self.interpreter, "").args(["-m", "venv", "--clear"]).arg(environment))?;
            let pip = ["-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--requirement"];
            run(program(&python, "").args(pip).arg(requirements))?;
            mark(&stamp, std::slice::from_ref(requirements))?;
        }
        Ok(python)
    }

    /// Format, lints and types.
    pub fn lint(&self) -> Outcome {
        run(self.program().args(["-m", "ruff", "format", "--check", "."]))?;
        run(self.program().args(["-m", "ruff", "check", "."]))?;
        run(self.program().args(["-m", "mypy"]))
    }

    /// What runs all tests.
    pub fn tests(&self) -> Command {
        let mut command = self.program();
        command.args(["-m", "pytest", "-q"]);
        command
    }
}
