//! Lines for the logger `crankwheel`, one at the end of every attempt.
//!
//! Nothing is logged unless the program has imported `logging` itself and enabled DEBUG for that logger; this is looked at
//! when a call starts. Worker threads only note what happened, in a list that belongs to the call; the thread that gets
//! the answer writes the lines while it has the interpreter anyway. So no worker ever waits for a handler, and no handler
//! for a worker.

use std::cell::Cell;
use std::future::Future;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crankwheel::{Attribute, RequestEvent, RequestPhase};
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{IntoPyDict, PyDict};

/// What happened in one call so far.
#[derive(Clone, Default)]
pub struct Notes(Arc<Mutex<Vec<Note>>>);

/// The end of one attempt.
struct Note {
    method: &'static str,
    template: &'static str,
    attempt: u32,
    outcome: Outcome,
    duration: Duration,
    attributes: Vec<(String, Attribute)>,
}

enum Outcome {
    Answered { status: u16, request_id: Option<String>, headers: Vec<(&'static str, String)> },
    Failed(&'static str),
}

tokio::task_local! {
    static NOTES: Option<Notes>;
}

thread_local! {
    /// Whether this thread is writing lines: a handler may use a client itself, and would have no end.
    static WRITING: Cell<bool> = const { Cell::new(false) };
}

/// Every client's observer: notes the event if its call is logged.
pub fn observe(event: &RequestEvent<'_>) {
    // Outside of a call there is nobody to tell.
    let _ = NOTES.try_with(|notes| {
        if let Some(Notes(notes)) = notes
            && let Some(note) = Note::of(event)
        {
            notes.lock().unwrap_or_else(PoisonError::into_inner).push(note);
        }
    });
}

/// A call, its events noted where `notes` says.
pub fn noted<F: Future>(notes: Option<Notes>, call: F) -> impl Future<Output = F::Output> {
    NOTES.scope(notes, call)
}

/// A list for a call that starts now; `None` if nobody wants to read of it.
pub fn notes(py: Python<'_>) -> PyResult<Option<Notes>> {
    const DEBUG: u8 = 10;
    if WRITING.get() {
        return Ok(None);
    }
    let Some(logger) = logger(py)? else { return Ok(None) };
    let wanted = logger.call_method1("isEnabledFor", (DEBUG,))?.is_truthy()?;
    Ok(wanted.then(Notes::default))
}

/// The logger, if the program has imported `logging`.
fn logger(py: Python<'_>) -> PyResult<Option<&Bound<'_, PyAny>>> {
    static LOGGER: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    if let Some(logger) = LOGGER.get(py) {
        return Ok(Some(logger.bind(py)));
    }
    let modules = py.import("sys")?.getattr("modules")?.cast_into::<PyDict>()?;
    // A module that another thread is importing just now has no function yet.
    let known = modules.get_item("logging")?.and_then(|logging| logging.getattr("getLogger").ok());
    let Some(get) = known else { return Ok(None) };
    LOGGER.get_or_try_init(py, || get.call1(("crankwheel",)).map(Bound::unbind)).map(|it| Some(it.bind(py)))
}

/// Passes on what the core warns of, at WARNING: Python shows that even where no logging was set up.
pub fn pass_on_warnings(py: Python<'_>) -> PyResult<()> {
    let warnings = crankwheel::take_warnings();
    if warnings.is_empty() {
        return Ok(());
    }
    let logger = py.import("logging")?.call_method1("getLogger", ("crankwheel",))?;
    unharmed(&logger, warnings.iter(), |text| logger.call_method1("warning", ("%s", text)).map(drop))
}

/// Writes lines. A handler that fails does not make the call fail; Ctrl-C in one is passed on.
fn unharmed<T>(
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
        outcome => outcome,
    });
    WRITING.set(before);
    written
}

impl Notes {
    /// Writes the lines.
    pub fn write(&self, py: Python<'_>) -> PyResult<()> {
        let notes = mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let Some(logger) = logger(py)? else { return Ok(()) };
        unharmed(logger, notes.iter(), |note| note.write(logger))
    }
}

impl Note {
    fn of(event: &RequestEvent<'_>) -> Option<Self> {
        let (outcome, duration) = match event.phase {
            RequestPhase::Begins => return None,
            RequestPhase::Completed { status, request_id, headers, duration } => {
                let (request_id, headers) = (request_id.map(str::to_owned), headers.iter().collect());
                (Outcome::Answered { status, request_id, headers }, duration)
            }
            RequestPhase::Failed { problem, duration } => (Outcome::Failed(problem), duration),
        };
        let RequestEvent { method, template, attempt, .. } = *event;
        Some(Note { method, template, attempt, outcome, duration, attributes: event.attributes() })
    }

    fn write(&self, logger: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = logger.py();
        let milliseconds = self.duration.as_millis();
        let fields = PyDict::new(py);
        fields.set_item("method", self.method)?;
        fields.set_item("template", self.template)?;
        fields.set_item("attempt", self.attempt)?;
        fields.set_item("duration", self.duration.as_secs_f64())?;
        let what = match &self.outcome {
            Outcome::Answered { status, request_id, headers } => {
                fields.set_item("status_code", status)?;
                fields.set_item("request_id", request_id)?;
                fields.set_item("headers", headers.iter().into_py_dict(py)?)?;
                let id = request_id.as_ref().map(|id| format!(", request {id}")).unwrap_or_default();
                format!("{status} in {milliseconds} ms{id}")
            }
            Outcome::Failed(problem) => {
                fields.set_item("problem", problem)?;
                format!("{problem} after {milliseconds} ms")
            }
        };
        let attributes = PyDict::new(py);
        for (name, value) in &self.attributes {
            match value {
                Attribute::String(text) => attributes.set_item(name, text)?,
                Attribute::Number(number) => attributes.set_item(name, number)?,
                Attribute::Strings(texts) => attributes.set_item(name, texts)?,
            }
        }
        fields.set_item("attributes", attributes)?;
        let extra = PyDict::new(py);
        extra.set_item("crankwheel", fields)?;
        let keywords = PyDict::new(py);
        keywords.set_item("extra", extra)?;
        let arguments = ("%s %s (attempt %d): %s", self.method, self.template, self.attempt, what);
        logger.call_method("debug", arguments, Some(&keywords)).map(drop)
    }
}
