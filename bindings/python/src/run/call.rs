//! A prepared call, and the ways to run it: for a waiting thread, for an event loop, or not at all.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use crankwheel::{self as core, Call, Error};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyType};

use crate::output::convert::loads;
use crate::output::error::{self, Outcome};
use crate::output::results::Output;
use crate::run::completion::{self, Ticket};
use crate::run::logging::{self, noted};
use crate::run::runtime;

/// How a call ended: the answer beside what it means.
pub type Ended = Result<core::RawResponse<Output>, Error>;

/// How long a waiting thread looks away from signals. Ctrl-C takes effect within this time.
const SLICE: Duration = Duration::from_millis(50);

/// One operation with its arguments, to be run once.
#[pyclass(frozen, module = "crankwheel._native")]
pub struct PreparedCall(Mutex<Option<Call<Output>>>);

impl PreparedCall {
    pub fn new(call: Call<Output>) -> Self {
        PreparedCall(Mutex::new(Some(call)))
    }

    fn take(&self) -> PyResult<Call<Output>> {
        let call = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        call.ok_or_else(|| PyRuntimeError::new_err("this call was run already"))
    }
}

#[pymethods]
impl PreparedCall {
    /// Runs the call and waits. Signals are looked at meanwhile, so Ctrl-C ends the wait and drops the request.
    fn run<'py>(&self, py: Python<'py>, raw: bool) -> PyResult<Bound<'py, PyAny>> {
        let notes = logging::notes(py)?;
        let running = noted(notes.clone(), self.take()?.run(raw));
        let (sender, mut receiver) = channel();
        let task = runtime::get()?.spawn(async move {
            // Nobody waits any more: the answer has no use.
            let _ = sender.send(running.await);
        });
        let ended = loop {
            let waited;
            (receiver, waited) = py.detach(move || {
                let waited = receiver.recv_timeout(SLICE);
                (receiver, waited)
            });
            match waited {
                Ok(ended) => break Ok(ended),
                Err(RecvTimeoutError::Timeout) => {
                    if let Err(interrupt) = py.check_signals() {
                        task.abort();
                        break Err(interrupt);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => break Err(lost()),
            }
        };
        if let Some(notes) = notes {
            notes.write(py)?;
        }
        result(py, ended?, raw)
    }

    /// Runs the call for the running event loop; the ticket's future gets the answer.
    fn start(&self, py: Python<'_>, raw: bool) -> PyResult<Ticket> {
        completion::start(py, self.take()?.run(raw), raw)
    }

    /// What would be sent.
    fn dry_run(&self) -> Outcome<DryRun> {
        Ok(DryRun(self.take()?.dry_run()?))
    }
}

/// A call whose task ended without an answer: a defect of this package, not of the caller's.
pub fn lost() -> PyErr {
    PyRuntimeError::new_err(
        "the call ended without an answer; this is a defect of crankwheel, please report it",
    )
}

/// The object that the caller gets, or the exception.
pub fn result(py: Python<'_>, ended: Ended, raw: bool) -> PyResult<Bound<'_, PyAny>> {
    logging::pass_on_warnings(py)?;
    let response = ended.map_err(|error| error::to_python(py, &error))?;
    if raw {
        return Ok(Bound::new(py, RawResponse::new(py, response))?.into_any());
    }
    let output = response.parse().map_err(|error| error::to_python(py, &error))?;
    output.into_python(py)
}

/// An answer as it came: status, headers and body, and what it means (`parse()`).
#[pyclass(frozen, module = "crankwheel")]
pub struct RawResponse {
    status_code: u16,
    headers: Vec<(String, String)>,
    request_id: Option<String>,
    attempts: u32,
    body: Bytes,
    parsed: PyResult<Py<PyAny>>,
}

impl RawResponse {
    fn new(py: Python<'_>, response: core::RawResponse<Output>) -> Self {
        RawResponse {
            status_code: response.status_code(),
            headers: response.headers(),
            request_id: response.request_id().map(str::to_owned),
            attempts: response.attempts(),
            body: response.body().clone(),
            parsed: match response.parse() {
                Ok(output) => output.into_python(py).map(Bound::unbind),
                Err(error) => Err(error::to_python(py, &error)),
            },
        }
    }
}

#[pymethods]
impl RawResponse {
    /// The HTTP status.
    #[getter]
    fn status_code(&self) -> u16 {
        self.status_code
    }

    /// The headers, names in lower case.
    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        error::headers(py, &self.headers)
    }

    /// The answer's `x-request-id`.
    #[getter]
    fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// How often the request was sent.
    #[getter]
    fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The body. That of a grant-token answer is a credential.
    #[getter]
    fn content<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.body)
    }

    /// What the answer means, as the call without `with_raw_response` would have given it.
    fn parse(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        match &self.parsed {
            Ok(value) => Ok(value.clone_ref(py)),
            Err(error) => Err(error.clone_ref(py)),
        }
    }

    fn __repr__(&self) -> String {
        shown("RawResponse", self.status_code, self.request_id.as_deref(), self.body.len())
    }

    #[classmethod]
    fn __class_getitem__<'py>(
        class: &Bound<'py, PyType>,
        item: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        class.py().import("types")?.getattr("GenericAlias")?.call1((class, item))
    }
}

/// The body is never shown: it can be a credential, or long.
fn shown(class: &str, status: u16, request_id: Option<&str>, size: usize) -> String {
    match request_id {
        Some(id) => format!("{class}(status_code={status}, request_id='{id}', <{size} bytes>)"),
        None => format!("{class}(status_code={status}, <{size} bytes>)"),
    }
}

/// The answer to a raw request.
#[pyclass(frozen, module = "crankwheel")]
pub struct RawBody(pub core::RawBody);

#[pymethods]
impl RawBody {
    /// The HTTP status.
    #[getter]
    fn status_code(&self) -> u16 {
        self.0.status_code()
    }

    /// The headers, names in lower case.
    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        error::headers(py, &self.0.headers())
    }

    /// The answer's `x-request-id`.
    #[getter]
    fn request_id(&self) -> Option<&str> {
        self.0.request_id()
    }

    /// The body.
    #[getter]
    fn content<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.body())
    }

    /// The body as text; bytes that are not UTF-8 are replaced.
    #[getter]
    fn text(&self) -> String {
        String::from_utf8_lossy(self.0.body()).into_owned()
    }

    /// The body as JSON; `None` if it is empty. `APIResponseError` if it is not JSON.
    fn json<'py>(&self, py: Python<'py>) -> Outcome<Bound<'py, PyAny>> {
        // The core judges what is JSON; Python's reader keeps numbers of any size.
        if self.0.json()?.is_null() {
            return Ok(py.None().into_bound(py));
        }
        Ok(loads(py, &String::from_utf8_lossy(self.0.body()))?)
    }

    fn __repr__(&self) -> String {
        shown("RawBody", self.0.status_code(), self.0.request_id(), self.0.body().len())
    }
}

/// A request that was not sent, with the key taken out.
#[pyclass(frozen, module = "crankwheel")]
#[derive(PartialEq)]
pub struct DryRun(core::DryRun);

#[pymethods]
impl DryRun {
    /// The method.
    #[getter]
    fn method(&self) -> &str {
        self.0.method
    }

    /// The whole URL.
    #[getter]
    fn url(&self) -> &str {
        &self.0.url
    }

    /// The headers, names in lower case, the key as `***`.
    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        error::headers(py, &self.0.headers)
    }

    /// The JSON body as it would be sent; `None` if there is none.
    #[getter]
    fn body(&self) -> Option<&str> {
        self.0.body.as_deref()
    }

    /// The JSON body as Python values.
    fn json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        loads(py, self.0.body.as_deref().unwrap_or("null"))
    }

    /// A line for a shell that sends the same request, with the key from `$CRANKWHEEL_API_KEY`.
    #[getter]
    fn curl(&self) -> String {
        self.0.curl()
    }

    fn __repr__(&self) -> String {
        format!("DryRun({} {})", self.0.method, self.0.url)
    }

    fn __eq__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        crate::output::wire::equal(self, other)
    }
}

/// Adds the classes to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PreparedCall>()?;
    module.add_class::<completion::Ticket>()?;
    module.add_class::<RawResponse>()?;
    module.add_class::<RawBody>()?;
    module.add_class::<DryRun>()
}
