//! Lines for the logger `crankwheel`, one at the end of every attempt.
//!
//! Nothing is logged unless the program has imported `logging` itself and enabled DEBUG for that
//! logger, which is checked when a call starts. Worker threads only record the attempts, in a list
//! that belongs to the call. The thread that receives the result writes the lines, because it is
//! attached to the interpreter anyway, and in the context of the caller. So no worker ever waits for a
//! handler, and no handler waits for a worker.

use std::future::Future;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crankwheel::{Attribute, RequestEvent, RequestPhase};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{IntoPyDict, PyDict};

use crate::logger::{is_writing, write_lines};

/// The attempts of one call.
#[derive(Clone, Default)]
pub struct CallLog(Arc<Mutex<Attempts>>);

#[derive(Default)]
struct Attempts {
    ended: Vec<Attempt>,
    /// The attempt that is in flight, and the time at which it began.
    running: Option<(Request, Instant)>,
    /// True after the call was cancelled: later events of it are not recorded.
    cancelled: bool,
}

/// The request of one attempt.
struct Request {
    call_id: u64,
    method: &'static str,
    template: &'static str,
    attempt: u32,
    attributes: Vec<(String, Attribute)>,
}

/// One attempt that has ended.
struct Attempt {
    request: Request,
    end: AttemptEnd,
    duration: Duration,
}

enum AttemptEnd {
    Completed { status: u16, request_id: Option<String>, headers: Vec<(&'static str, String)> },
    Failed(&'static str),
}

/// The problem of an attempt that was in flight when its call was cancelled.
const CANCELLED: &str = "cancelled";

tokio::task_local! {
    static CURRENT: Option<CallLog>;
}

/// Observes the requests of every client: records an attempt if its call is logged.
pub fn observe(event: &RequestEvent<'_>) {
    // Outside of a call, there is no list to record it in.
    let _ = CURRENT.try_with(|log| {
        if let Some(log) = log {
            log.lock().record(event);
        }
    });
}

/// Runs a call and records its attempts in `log`.
pub fn logged<F: Future>(log: Option<CallLog>, call: F) -> impl Future<Output = F::Output> {
    CURRENT.scope(log, call)
}

/// Returns the logger, if the program has imported `logging`.
fn logger(py: Python<'_>) -> PyResult<Option<&Bound<'_, PyAny>>> {
    static LOGGER: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    if let Some(logger) = LOGGER.get(py) {
        return Ok(Some(logger.bind(py)));
    }
    // Importing `sys` takes longer than all the rest. The dict of modules can be replaced, the module
    // cannot.
    static SYS: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let sys = SYS.get_or_try_init(py, || py.import("sys").map(Bound::unbind))?.bind(py);
    let modules = sys.getattr(intern!(py, "modules"))?.cast_into::<PyDict>()?;
    let Some(logging) = modules.get_item(intern!(py, "logging"))? else { return Ok(None) };
    // While another thread imports the module, its functions may not exist yet.
    let Ok(get) = logging.getattr(intern!(py, "getLogger")) else { return Ok(None) };
    LOGGER.get_or_try_init(py, || get.call1(("crankwheel",)).map(Bound::unbind)).map(|it| Some(it.bind(py)))
}

impl CallLog {
    /// Returns a list for a call that starts now; `None` if the logger is not enabled.
    pub fn begin(py: Python<'_>) -> PyResult<Option<Self>> {
        const DEBUG: u8 = 10;
        if is_writing() {
            return Ok(None);
        }
        let Some(logger) = logger(py)? else { return Ok(None) };
        let enabled = logger.call_method1(intern!(py, "isEnabledFor"), (DEBUG,))?.is_truthy()?;
        Ok(enabled.then(CallLog::default))
    }

    fn lock(&self) -> MutexGuard<'_, Attempts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records that the call was cancelled, with the attempt that was in flight. The worker that
    /// drops the request would record it later than the lines are written.
    pub fn cancel(&self) {
        let mut attempts = self.lock();
        attempts.cancelled = true;
        if let Some((mut request, began)) = attempts.running.take() {
            let kind = Attribute::String(CANCELLED.to_owned());
            request.attributes.push(("error.type".to_owned(), kind));
            let end = AttemptEnd::Failed(CANCELLED);
            attempts.ended.push(Attempt { request, end, duration: began.elapsed() });
        }
    }

    /// Writes the lines.
    pub fn write(&self, py: Python<'_>) -> PyResult<()> {
        let attempts = mem::take(&mut self.lock().ended);
        let Some(logger) = logger(py)? else { return Ok(()) };
        write_lines(logger, attempts.iter(), |attempt| attempt.write(logger))
    }
}

impl Attempts {
    fn record(&mut self, event: &RequestEvent<'_>) {
        if self.cancelled {
            return;
        }
        let (end, duration) = match event.phase {
            RequestPhase::Begins => {
                self.running = Some((Request::of(event), Instant::now()));
                return;
            }
            RequestPhase::Completed { status, request_id, headers, duration } => {
                let (request_id, headers) = (request_id.map(str::to_owned), headers.iter().collect());
                (AttemptEnd::Completed { status, request_id, headers }, duration)
            }
            RequestPhase::Failed { problem, duration } => (AttemptEnd::Failed(problem), duration),
        };
        self.running = None;
        self.ended.push(Attempt { request: Request::of(event), end, duration });
    }
}

impl Request {
    fn of(event: &RequestEvent<'_>) -> Self {
        let RequestEvent { call_id, method, template, attempt, .. } = *event;
        Request { call_id, method, template, attempt, attributes: event.attributes() }
    }
}

impl Attempt {
    fn write(&self, logger: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = logger.py();
        let milliseconds = self.duration.as_millis();
        let Request { call_id, method, template, attempt, attributes: known } = &self.request;
        let fields = PyDict::new(py);
        fields.set_item("call_id", call_id)?;
        fields.set_item("method", method)?;
        fields.set_item("template", template)?;
        fields.set_item("attempt", attempt)?;
        fields.set_item("duration", self.duration.as_secs_f64())?;
        let result = match &self.end {
            AttemptEnd::Completed { status, request_id, headers } => {
                fields.set_item("status_code", status)?;
                fields.set_item("request_id", request_id)?;
                fields.set_item("headers", headers.iter().into_py_dict(py)?)?;
                let id = request_id.as_ref().map(|id| format!(", request {id}")).unwrap_or_default();
                format!("{status} in {milliseconds} ms{id}")
            }
            AttemptEnd::Failed(problem) => {
                fields.set_item("problem", problem)?;
                format!("{problem} after {milliseconds} ms")
            }
        };
        let attributes = PyDict::new(py);
        for (name, value) in known {
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
        let arguments = ("%s %s (attempt %d): %s", method, template, attempt, result);
        logger.call_method("debug", arguments, Some(&keywords)).map(drop)
    }
}
