//! The sandbox, in-process: the reseller API in memory, on its own thread.

use std::ffi::OsString;
use std::process::ExitCode;

use crankwheel::brief;
use crankwheel_sandbox::{Role, Sandbox, SandboxError, SandboxOptions, run_program};
use jiff::Timestamp;
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDateTime, PyDelta};

use crate::input::{naive, span_from_python, time_from_python};
use crate::output::{loads, time_to_python};

/// A running sandbox; `crankwheel.sandbox.Sandbox` is its Python face.
#[pyclass(frozen, module = "crankwheel._native")]
pub struct SandboxHandle(Sandbox);

fn refused(error: SandboxError) -> PyErr {
    match error {
        SandboxError::Listen { .. } | SandboxError::Thread(_) => PyOSError::new_err(error.to_string()),
        _ => PyValueError::new_err(error.to_string()),
    }
}

/// A moment: an aware datetime, or RFC 3339 text.
fn moment(value: &Bound<'_, PyAny>) -> PyResult<Timestamp> {
    if let Ok(time) = value.cast::<PyDateTime>() {
        return match time_from_python(time)? {
            Some(moment) => Ok(moment),
            None => Err(PyValueError::new_err(format!("time: {}", naive(value)?))),
        };
    }
    let text: String = value.extract()?;
    text.parse().map_err(|_| {
        PyValueError::new_err(format!(
            "time: must be an RFC 3339 time such as 2019-03-01T12:00:00Z, got {}",
            brief(&format!("{text:?}"))
        ))
    })
}

#[pymethods]
impl SandboxHandle {
    /// Starts a sandbox; `options` is a JSON object.
    #[new]
    fn new(py: Python<'_>, options: &str) -> PyResult<Self> {
        let start = || Sandbox::start(SandboxOptions::from_json(options)?);
        py.detach(start).map(SandboxHandle).map_err(refused)
    }

    #[getter]
    fn url(&self) -> &str {
        self.0.url()
    }

    #[getter]
    fn api_key(&self) -> &str {
        self.0.api_key()
    }

    #[getter]
    fn read_only_key(&self) -> &str {
        self.0.read_only_key()
    }

    fn requests<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let requests = serde_json::to_string(&self.0.requests());
        loads(py, &requests.map_err(|error| PyValueError::new_err(error.to_string()))?)
    }

    fn clear_requests(&self) {
        self.0.clear_requests();
    }

    fn now<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDateTime>> {
        time_to_python(py, self.0.now())
    }

    fn set_now(&self, time: &Bound<'_, PyAny>) -> PyResult<()> {
        self.0.set_now(moment(time)?);
        Ok(())
    }

    fn advance(&self, by: &Bound<'_, PyDelta>) -> PyResult<()> {
        self.0.advance(span_from_python(by)?);
        Ok(())
    }

    fn freeze(&self) {
        self.0.freeze();
    }

    fn unfreeze(&self) {
        self.0.unfreeze();
    }

    fn add_user(&self, client_id: i64, email: &str, role: &str) -> PyResult<()> {
        let role = match role {
            "user" => Role::User,
            "admin" => Role::Admin,
            "owner" => Role::Owner,
            _ => {
                return Err(PyValueError::new_err(format!(
                    "role: must be user, admin or owner, got {role:?}"
                )));
            }
        };
        self.0.add_user(client_id, email, role).map_err(refused)
    }

    fn add_session(
        &self,
        client_id: i64,
        email: &str,
        start: &Bound<'_, PyAny>,
        duration: &Bound<'_, PyDelta>,
        viewers: u32,
    ) -> PyResult<()> {
        let (start, duration) = (moment(start)?, span_from_python(duration)?);
        self.0.add_session(client_id, email, start, duration, viewers).map_err(refused)
    }

    fn add_plan(
        &self,
        api_name: &str,
        human_name: &str,
        session_limit: u64,
        license_count: u64,
    ) -> PyResult<()> {
        self.0.add_plan(api_name, human_name, session_limit, license_count).map_err(refused)
    }

    #[pyo3(signature = (method, path, status, headers, body, times))]
    fn respond(
        &self,
        method: &str,
        path: &str,
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
        times: Option<u32>,
    ) -> PyResult<()> {
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.0.respond(method, path, status, &headers, body, times).map_err(refused)
    }

    fn add_key(&self, key: &str, read_only: bool, owner: &str) -> PyResult<()> {
        self.0.add_key(key, read_only, owner).map_err(refused)
    }

    /// A fault rule, as JSON.
    fn fail(&self, rule: &str) -> PyResult<()> {
        self.0.fail_json(rule).map_err(refused)
    }

    fn clear_faults(&self) {
        self.0.clear_faults();
    }

    fn snapshot(&self, py: Python<'_>) -> PyResult<String> {
        py.detach(|| self.0.snapshot()).map_err(refused)
    }

    fn restore(&self, py: Python<'_>, snapshot: &str) -> PyResult<()> {
        py.detach(|| self.0.restore(snapshot)).map_err(refused)
    }

    /// Does a request of the control path without HTTP; `body` is JSON or empty.
    fn control<'py>(
        &self,
        py: Python<'py>,
        method: &str,
        path: &str,
        body: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let response = py.detach(|| self.0.control(method, path, body)).map_err(refused)?;
        loads(py, &response)
    }

    fn reset(&self) {
        self.0.reset();
    }

    fn stop(&self, py: Python<'_>) {
        py.detach(|| self.0.stop());
    }
}

/// Runs the sandbox as a program until Ctrl-C; returns its exit status.
#[pyfunction]
fn run_sandbox(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    let status = py.detach(|| run_program(arguments.into_iter()));
    // A status can be compared, but not read.
    [0, 2].into_iter().find(|code| status == ExitCode::from(*code)).unwrap_or(1)
}

/// Adds the class and the function to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<SandboxHandle>()?;
    module.add_function(wrap_pyfunction!(run_sandbox, module)?)
}
