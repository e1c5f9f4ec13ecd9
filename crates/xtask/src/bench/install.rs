//! The environments of the programs: the peers by exact version, and the packages built for release.

use std::fs;
use std::path::{Path, PathBuf};

use xshell::cmd;

use crate::node::{self, NPM};
use crate::run::{Result, Shells, executable, fresh, mark, root, run, target};
use crate::{python, setup};

/// Returns a folder below `target/bench`.
pub fn folder(name: &str) -> PathBuf {
    target().join("bench").join(name)
}

/// Returns a program of the bench crate.
pub fn program(name: &str) -> PathBuf {
    target().join("release").join(executable(name))
}

/// Builds the programs of the bench crate.
pub fn rust(at: &Shells) -> Result {
    run(cmd!(at.top, "cargo build --release --quiet --package crankwheel-bench")
        .env("CARGO_INCREMENTAL", "0"))
}

/// Builds the wheel, and installs it next to its peers.
pub fn python(at: &Shells) -> Result {
    setup::prepare(at, &[setup::SetUp::PythonTools])?;
    let environment = folder("python");
    python::separate(at, &environment, &root().join("tests/bench/requirements.txt"))?;
    let wheels = folder("wheel");
    let _ = fs::remove_dir_all(&wheels);
    let build = python::python(at).args(["-m", "maturin", "build", "--release", "--quiet", "--out"]);
    run(build.arg(&wheels).env("CARGO_INCREMENTAL", "0"))?;
    let pip = python::program(&environment, "pip");
    let wheel = only_file(&wheels, ".whl")?;
    let quiet = ["--disable-pip-version-check", "--quiet", "--no-deps", "--force-reinstall"];
    run(cmd!(at.top, "{pip} install {quiet...} {wheel}"))
}

/// Builds the Node package, and installs it and the scripts next to its peers.
pub fn node(at: &Shells) -> Result {
    setup::prepare(at, &[setup::SetUp::NodeTools])?;
    let (from, folder) = (root().join("tests/bench/node"), folder("node"));
    let files = ["package.json", "package-lock.json"].map(|name| from.join(name));
    let stamp = folder.join("installed");
    fs::create_dir_all(&folder).map_err(|error| format!("cannot create {}: {error}", folder.display()))?;
    if !fresh(&stamp, &files) {
        for file in &files {
            at.top.copy_file(file, &folder).map_err(|error| error.to_string())?;
        }
        run(cmd!(at.top, "{NPM} ci --silent --no-audit --no-fund --prefix {folder}"))?;
        mark(&stamp, &files)?;
    }
    let addon = self::folder("addon");
    let _ = fs::remove_dir_all(&addon);
    let build = cmd!(at.npm, "{NPM} run --silent build:native -- --release --output-dir {addon}");
    run(build.env("CARGO_INCREMENTAL", "0"))?;
    // The TypeScript is compiled against the types that the build of the addon writes.
    let npm = root().join("npm");
    copy(&addon.join("binding.d.ts"), &npm.join("native").join("binding.d.ts"))?;
    node::compile(at)?;
    let package = folder.join("node_modules").join("crankwheel");
    let _ = fs::remove_dir_all(&package);
    for name in ["dist", "esm"] {
        copy_folder(&npm.join(name), &package.join(name))?;
    }
    copy(&npm.join("package.json"), &package.join("package.json"))?;
    let built = only_file(&addon, ".node")?;
    copy(&built, &package.join("native").join(built.file_name().unwrap_or_default()))?;
    // Scripts find packages from the folder that they are in.
    copy_folder(&from, &folder)
}

/// The one file of a folder whose name ends so.
pub fn only_file(folder: &Path, ending: &str) -> Result<PathBuf> {
    let entries =
        fs::read_dir(folder).map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let mut files = entries.flatten().map(|entry| entry.path());
    let file = files.find(|file| file.to_string_lossy().ends_with(ending));
    file.ok_or_else(|| format!("no {ending} file in {}", folder.display()))
}

fn copy_folder(from: &Path, to: &Path) -> Result {
    let entries = fs::read_dir(from).map_err(|error| format!("cannot read {}: {error}", from.display()))?;
    for entry in entries.flatten() {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() { copy_folder(&path, &to)? } else { copy(&path, &to)? }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result {
    let copied = to.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::copy(from, to));
    copied.map(drop).map_err(|error| format!("cannot copy {} to {}: {error}", from.display(), to.display()))
}
