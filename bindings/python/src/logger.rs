//! Writes lines to the logger `crankwheel`: those of calls (`run/logging.rs`), and warnings.

use std::cell::Cell;

use pyo3::exceptions::PyException;
use pyo3::prelude::*;

thread_local! {
    /// True while this thread writes lines: a handler that uses a client must not log its calls,
    /// without end.
    static WRITING: Cell<bool> = const { Cell::new(false) };
}

/// Returns true while this thread writes lines.
pub fn is_writing() -> bool {
    WRITING.get()
}

/// Logs warnings of the core, at WARNING: Python shows those even if logging was not set up.
pub fn write_warnings(py: Python<'_>, warnings: &[String]) -> PyResult<()> {
    if warnings.is_empty() {
        return Ok(());
    }
    let logger = py.import("logging")?.call_method1("getLogger", ("crankwheel",))?;
    write_lines(&logger, warnings.iter(), |text| logger.call_method1("warning", ("%s", text)).map(drop))
}

/// Writes lines. If a handler fails, the call does not fail; Ctrl-C in a handler is passed on.
pub fn write_lines<T>(
    logger: &Bound<'_, PyAny>,
    mut lines: impl Iterator<Item = T>,
    write: impl Fn(T) -> PyResult<()>,
) -> PyResult<()> {
    let before = WRITING.replace(true);
    let written = lines.try_for_each(|line| match write(line) {
        Err(error) if error.is_instance_of::<PyException>(logger.py()) => {
            error.write_unraisable(logger.py(), Some(logger));
            Ok(())
        }
        written => written,
    });
    WRITING.set(before);
    written
}
