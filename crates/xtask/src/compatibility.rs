//! The compatibility tables of the packages' READMEs: each row is run with the packed package.
//!
//! The tools are installed into `target/compatibility`, about 2 GB, and kept there.

use xshell::cmd;

use crate::python;
use crate::run::{Result, Shells, root, run, target};
use crate::setup::{SetUp, prepare};

/// Runs all rows and writes the tables.
pub fn write(at: &Shells) -> Result {
    prepare(at, &[SetUp::NodePackage, SetUp::PythonPackage, SetUp::TestServers])?;
    node(at, true)?;
    python(at, true)
}

/// Runs the Node package in other programs' runtimes, test runners, bundlers and compilers.
pub fn node(at: &Shells, write: bool) -> Result {
    let folder = target().join("compatibility").join("node");
    let write = write.then_some("--write");
    run(cmd!(at.top, "node tests/compatibility/node/matrix.mjs {folder} {write...}"))
}

/// Runs the wheel with all versions of CPython, with frameworks, type checkers and PyInstaller.
pub fn python(at: &Shells, write: bool) -> Result {
    let folder = target().join("compatibility").join("python");
    let matrix = root().join("tests/compatibility/python/matrix.py");
    run(python::python(at).arg(matrix).arg(folder).args(write.then_some("--write")))
}
