//! Running other programs, visibly.

use std::env::consts::EXE_SUFFIX;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// What went wrong, in words for the person at the terminal.
pub type Outcome<T = ()> = Result<T, String>;

/// The top of the checkout.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// The folder that cargo builds into.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Runs one named step, and tells when it begins and how long it took.
pub fn step(name: &str, run: impl FnOnce() -> Outcome) -> Outcome {
    eprintln!("\n==> {name}");
    let began = Instant::now();
    run()?;
    eprintln!("    {name}: done in {:.1} s", began.elapsed().as_secs_f64());
    Ok(())
}

/// A program in a folder of the checkout, its output on the terminal. Keys of the caller's environment do not reach it.
pub fn program(program: impl AsRef<OsStr>, folder: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root().join(folder)).stdin(Stdio::null());
    command.env_remove("CRANKWHEEL_API_KEY").env_remove("CRANKWHEEL_BASE_URL");
    command
}

/// The cargo that runs this.
pub fn cargo() -> Command {
    program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), "")
}

/// Installs a cargo command that is missing.
pub fn cargo_command(name: &str, package: &str) -> Outcome {
    if run(cargo().args([name, "--version"])).is_ok() {
        return Ok(());
    }
    run(cargo().args(["install", "--quiet", "--locked", package]))
}

/// Runs a program to its end.
pub fn run(command: &mut Command) -> Outcome {
    let shown = shown(command);
    eprintln!("    $ {shown}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{shown}` failed ({status})")),
        Err(error) => Err(format!("`{shown}` could not be started: {error}")),
    }
}

/// Runs a program to its end; what it prints goes into a file.
pub fn run_into(command: &mut Command, file: std::fs::File) -> Outcome {
    let both = file.try_clone().map_err(|error| error.to_string())?;
    run(command.stdout(file).stderr(both))
}

/// Runs a program and gives back what it printed.
pub fn output(command: &mut Command) -> Outcome<String> {
    let shown = shown(command);
    match command.stderr(Stdio::inherit()).output() {
        Ok(output) if output.status.success() => {
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        }
        Ok(output) => Err(format!("`{shown}` failed ({})", output.status)),
        Err(error) => Err(format!("`{shown}` could not be started: {error}")),
    }
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut shown = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    for argument in command.get_args() {
        shown.push(' ');
        shown.push_str(&argument.to_string_lossy());
    }
    shown
}

/// Whether `stamp` holds the contents of these files already: what was installed from them is still right.
pub fn fresh(stamp: &Path, files: &[PathBuf]) -> bool {
    contents(files).is_ok_and(|contents| std::fs::read_to_string(stamp).is_ok_and(|old| old == contents))
}

/// Notes the contents of these files.
pub fn mark(stamp: &Path, files: &[PathBuf]) -> Outcome {
    std::fs::write(stamp, contents(files)?)
        .map_err(|error| format!("cannot write {}: {error}", stamp.display()))
}

fn contents(files: &[PathBuf]) -> Outcome<String> {
    let read = |file: &PathBuf| {
        std::fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))
    };
    files.iter().map(read).collect()
}

/// A program's file name on this system.
pub fn executable(name: &str) -> String {
    format!("{name}{EXE_SUFFIX}")
}
