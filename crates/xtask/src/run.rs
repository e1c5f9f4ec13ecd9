//! Runs other programs and shows their output.

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use xshell::{Cmd, Shell, cmd};

/// A result whose error is a message for the person at the terminal.
pub type Result<T = (), E = String> = std::result::Result<T, E>;

/// Variables of the caller's environment that would change the behaviour of the programs.
const NOT_PASSED_ON: [&str; 4] =
    ["CRANKWHEEL_ADDON", "CRANKWHEEL_API_KEY", "CRANKWHEEL_BASE_URL", "PYTHONPATH"];

/// A shell in each folder that commands run in.
pub struct Shells {
    /// The top of the checkout.
    pub top: Shell,
    /// `python/`
    pub python: Shell,
    /// `npm/`
    pub npm: Shell,
}

impl Shells {
    /// Opens the shells.
    pub fn open() -> Result<Self> {
        let open = |folder| {
            let shell = Shell::new().map_err(|error| error.to_string())?;
            shell.change_dir(root().join(folder));
            Ok::<_, String>(shell)
        };
        Ok(Shells { top: open("")?, python: open("python")?, npm: open("npm")? })
    }
}

/// Returns the top of the checkout.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Returns the folder that cargo builds into.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Runs one named step and prints how long it took.
pub fn step(name: &str, run: impl FnOnce() -> Result) -> Result {
    eprintln!("\n==> {name}");
    let began = Instant::now();
    run()?;
    eprintln!("    {name}: done in {:.1} s", began.elapsed().as_secs_f64());
    Ok(())
}

/// Runs a program; its output goes to the terminal.
pub fn run(command: Cmd<'_>) -> Result {
    prepared(command).run().map_err(|error| error.to_string())
}

/// Runs a program and returns its output.
pub fn read(command: Cmd<'_>) -> Result<String> {
    prepared(command).quiet().read().map_err(|error| error.to_string())
}

/// Runs a program; its output goes into a file.
pub fn run_into(command: Cmd<'_>, file: &Path) -> Result {
    let shown = command.to_string();
    eprintln!("$ {shown} > {}", file.display());
    let failed = |problem: String| format!("`{shown}` failed ({problem}); see {}", file.display());
    let output = fs::File::create(file).map_err(|error| failed(error.to_string()))?;
    let errors = output.try_clone().map_err(|error| failed(error.to_string()))?;
    let mut program = Command::from(prepared(command));
    let status = program.stdout(output).stderr(errors).status().map_err(|error| failed(error.to_string()))?;
    if status.success() { Ok(()) } else { Err(failed(status.to_string())) }
}

fn prepared(command: Cmd<'_>) -> Cmd<'_> {
    NOT_PASSED_ON.into_iter().fold(command, |command, name| command.env_remove(name))
}

/// Installs a cargo command that is missing.
pub fn cargo_command(at: &Shells, name: &str, package: &str) -> Result {
    if cmd!(at.top, "cargo {name} --version").quiet().ignore_stdout().ignore_stderr().run().is_ok() {
        return Ok(());
    }
    run(cmd!(at.top, "cargo install --quiet --locked {package}"))
}

/// Returns true if `stamp` holds the contents of these files: the installation from them is up to date.
pub fn fresh(stamp: &Path, files: &[PathBuf]) -> bool {
    contents(files).is_ok_and(|contents| fs::read_to_string(stamp).is_ok_and(|old| old == contents))
}

/// Writes the contents of these files into `stamp`.
pub fn mark(stamp: &Path, files: &[PathBuf]) -> Result {
    fs::write(stamp, contents(files)?).map_err(|error| format!("cannot write {}: {error}", stamp.display()))
}

fn contents(files: &[PathBuf]) -> Result<String> {
    let read = |file: &PathBuf| {
        fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))
    };
    files.iter().map(read).collect()
}

/// Returns the file name of a program on this system.
pub fn executable(name: &str) -> String {
    format!("{name}{EXE_SUFFIX}")
}
