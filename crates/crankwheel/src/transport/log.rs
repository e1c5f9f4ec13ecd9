//! Log lines on standard error.

use std::io::Write;

/// The environment variable that turns on log lines on standard error: `info` for the end of every
/// attempt, `debug` also for its beginning and for the headers of its response that contain no
/// secrets.
pub const LOG_VARIABLE: &str = "CRANKWHEEL_LOG";

/// The level that [`LOG_VARIABLE`] asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Log {
    Off,
    Info,
    Debug,
}

impl Log {
    /// Reads the level from the environment.
    pub fn from_env() -> Self {
        match std::env::var(LOG_VARIABLE).as_deref() {
            Ok("info") => Log::Info,
            Ok("debug") => Log::Debug,
            _ => Log::Off,
        }
    }
}

/// Writes a line. If standard error is closed, the line is lost; `eprintln!` would panic.
pub(super) fn write_line(text: &str) {
    let _ = stderr().and_then(|mut stderr| stderr.write_all(format!("crankwheel: {text}\n").as_bytes()));
}

/// Returns standard error without Rust's lock. If another thread held the lock at a fork, the child
/// would wait for it forever.
#[cfg(unix)]
fn stderr() -> std::io::Result<std::fs::File> {
    use std::os::fd::AsFd;
    Ok(std::io::stderr().as_fd().try_clone_to_owned()?.into())
}

#[cfg(not(unix))]
fn stderr() -> std::io::Result<std::io::Stderr> {
    Ok(std::io::stderr())
}
