//! Lines on standard error.

use std::io::Write;

/// The environment variable that turns on lines on standard error: `info` for the end of every
/// attempt, `debug` also for its beginning, and with those headers of the response that may be shown.
pub const LOG_VARIABLE: &str = "CRANKWHEEL_LOG";

/// The level that [`LOG_VARIABLE`] asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Log {
    Off,
    Info,
    Debug,
}

impl Log {
    pub fn from_env() -> Self {
        match std::env::var(LOG_VARIABLE).as_deref() {
            Ok("info") => Log::Info,
            Ok("debug") => Log::Debug,
            _ => Log::Off,
        }
    }
}

/// Standard error can be closed, or a pipe that is full: then the line is lost, and not the call (`eprintln!` panics).
pub(super) fn write_line(text: &str) {
    let _ = stderr().and_then(|mut stderr| stderr.write_all(format!("crankwheel: {text}\n").as_bytes()));
}

/// Standard error without the lock that Rust puts around it: another thread may hold that at a fork, and the child would wait
/// for it for ever.
#[cfg(unix)]
fn stderr() -> std::io::Result<std::fs::File> {
    use std::os::fd::AsFd;
    Ok(std::io::stderr().as_fd().try_clone_to_owned()?.into())
}

#[cfg(not(unix))]
fn stderr() -> std::io::Result<std::io::Stderr> {
    Ok(std::io::stderr())
}
