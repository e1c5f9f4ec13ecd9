//! The sandbox, in-process: the reseller API in memory, on its own thread.

use std::ffi::OsString;
use std::process::ExitCode;

use crankwheel::Options;
use crankwheel_sandbox::{Role, Sandbox, SandboxError, SandboxOptions, run_program};
use jiff::{SignedDuration, Timestamp};
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyDateTime, PyDelta, PyDict, PyMapping, PyMemoryView, PyString};
use serde_json::{Value, json};

use crate::input::{self, Problem};
use crate::output::{Result, ascii_ellipsis, loads, time_to_python};
use crate::run::NativeClient;

/// A running sandbox; `crankwheel.sandbox.Sandbox` is its Python face.
#[pyclass(frozen, module = "crankwheel._native")]
pub struct SandboxHandle(Sandbox);

fn refused(error: SandboxError) -> PyErr {
    // The control path calls a client by its id; here it is one argument.
    let message = error.to_string();
    let message =
        message.strip_prefix("client_id: ").map_or(message.clone(), |rest| format!("client: {rest}"));
    exception(&error, &message)
}

fn exception(error: &SandboxError, message: &str) -> PyErr {
    // The sandbox has no language: its null is `None` here.
    const JSON: &str = "null";
    let message =
        message.replace(&format!(" or {JSON}"), " or None").replace(&format!("got {JSON}"), "got None");
    let message = shortened(ascii_ellipsis(&message));
    match error {
        SandboxError::Listen { .. } | SandboxError::Thread(_) => PyOSError::new_err(message),
        _ => PyValueError::new_err(message),
    }
}

/// Cuts a long value out of a message: what is wrong is before it, and what to do after it.
fn shortened(message: String) -> String {
    const PART: usize = 160;
    let message = message.replace(char::is_control, " ");
    let count = message.chars().count();
    if count <= 3 * PART {
        return message;
    }
    let (start, end): (String, String) =
        (message.chars().take(PART).collect(), message.chars().skip(count - PART).collect());
    format!("{start}... ({count} characters) ...{end}")
}

/// A moment: an aware datetime, or an RFC 3339 string.
fn moment(name: &str, value: &Bound<'_, PyAny>) -> Result<Timestamp> {
    if let Ok(time) = value.cast::<PyDateTime>() {
        return input::moment(time).map_err(|problem| problem.of(name));
    }
    let refused = || Problem::expected("an RFC 3339 time such as 2019-03-01T12:00:00Z", value).of(name);
    if !value.is_instance_of::<PyString>() {
        return Err(refused());
    }
    input::string(name, value)?.parse().map_err(|_| refused())
}

/// A `timedelta`.
fn span(name: &str, value: &Bound<'_, PyAny>) -> Result<SignedDuration> {
    if !value.is_instance_of::<PyDelta>() {
        return Err(Problem::expected("a timedelta", value).of(name));
    }
    input::span_from_python(value).map_err(|problem| problem.of(name))
}

/// An integer of 0 or more.
fn count<T: TryFrom<i64>>(name: &str, value: &Bound<'_, PyAny>) -> Result<T> {
    input::integer_of("an integer of 0 or more", value).map_err(|problem| problem.of(name))
}

/// The bytes of a body.
fn bytes(name: &str, value: &Bound<'_, PyAny>) -> Result<Vec<u8>> {
    if value.is_instance_of::<PyString>() {
        return Ok(input::string(name, value)?.into_bytes());
    }
    let binary = value.is_instance_of::<PyBytes>()
        || value.is_instance_of::<PyByteArray>()
        || value.is_instance_of::<PyMemoryView>();
    if !binary {
        return Err(Problem::expected("a string or bytes", value).of(name));
    }
    Ok(value.py().get_type::<PyBytes>().call1((value,))?.extract()?)
}

/// A key, which no message shows.
fn secret(name: &str, value: &Bound<'_, PyAny>) -> Result<String> {
    let text = value.cast::<PyString>().ok().and_then(|text| text.extract().ok());
    text.ok_or_else(|| Problem("must be a string of visible ASCII characters".to_owned()).of(name))
}

/// Describes a value in a few words, for messages.
#[pyfunction]
fn describe(value: &Bound<'_, PyAny>) -> String {
    input::shown(value)
}

/// Returns a value as JSON. Errors name it, and the members of a mapping by their own names.
#[pyfunction]
fn json_text(name: &str, value: &Bound<'_, PyAny>) -> Result<String> {
    Ok(match value.cast::<PyMapping>() {
        Ok(members) => Value::Object(input::members(name, members)?).to_string(),
        Err(_) => input::json(name, value)?.to_string(),
    })
}

/// Headers: a mapping of names to values.
fn headers(value: Option<&Bound<'_, PyAny>>) -> Result<Vec<(String, String)>> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let refused = || Problem::expected("a mapping of names to values, both strings", value).of("headers");
    let mapping = value.cast::<PyMapping>().map_err(|_| refused())?;
    let pairs = input::object("headers", mapping)?.into_iter();
    pairs.map(|(name, value)| Ok((name, value.as_str().ok_or_else(refused)?.to_owned()))).collect()
}

#[pymethods]
impl SandboxHandle {
    /// Starts a sandbox with the options in a dict.
    #[new]
    fn new(py: Python<'_>, options: &Bound<'_, PyDict>) -> Result<Self> {
        let options = Value::Object(input::members("options", options.as_mapping())?).to_string();
        let start = || Sandbox::start(SandboxOptions::from_json(&options)?);
        Ok(py.detach(start).map(SandboxHandle).map_err(refused)?)
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

    /// Returns a copy of a client that takes the current time from the sandbox's clock.
    fn with_clock(&self, py: Python<'_>, client: &NativeClient) -> Result<NativeClient> {
        client.changed(py, Options::new().clock(self.0.clock()))
    }

    fn requests<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let requests = serde_json::to_string(&self.0.requests());
        loads(py, &requests.map_err(|error| PyValueError::new_err(error.to_string()))?)
    }

    fn clear_requests(&self) {
        self.0.clear_requests();
    }

    fn now<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        time_to_python(py, self.0.now())
    }

    fn set_now(&self, time: &Bound<'_, PyAny>) -> Result<()> {
        self.0.set_now(moment("time", time)?);
        Ok(())
    }

    /// Moves the clock by a `timedelta` and by units, which are the arguments of `timedelta`.
    fn advance(&self, by: Option<&Bound<'_, PyAny>>, units: &Bound<'_, PyDict>) -> Result<()> {
        for (name, value) in units {
            let name = name.extract::<String>()?;
            input::number("a number", &value).map_err(|problem| problem.of(&name))?;
        }
        let by = by.map(|by| span("by", by)).transpose()?.unwrap_or_default();
        let units = units.py().get_type::<PyDelta>().call((), Some(units)).ok();
        let units = units.and_then(|units| input::span_from_python(&units).ok());
        let Some(sum) = units.and_then(|units| units.checked_add(by)) else {
            let problem = "must add up to at most 999999999 days, got more".to_owned();
            return Err(Problem(problem).of("by, days, hours, minutes, seconds, milliseconds"));
        };
        self.0.advance(sum);
        Ok(())
    }

    fn freeze(&self) {
        self.0.freeze();
    }

    fn unfreeze(&self) {
        self.0.unfreeze();
    }

    fn add_user(
        &self,
        client: &Bound<'_, PyAny>,
        email: &Bound<'_, PyAny>,
        role: &Bound<'_, PyAny>,
    ) -> Result<()> {
        let (client, email) = (input::client_id("client", client)?, input::string("email", email)?);
        let role = match input::string("role", role)?.as_str() {
            "user" => Role::User,
            "admin" => Role::Admin,
            "owner" => Role::Owner,
            _ => return Err(Problem::expected("user, admin or owner", role).of("role")),
        };
        Ok(self.0.add_user(client, &email, role).map_err(refused)?)
    }

    fn add_session(
        &self,
        client: &Bound<'_, PyAny>,
        email: &Bound<'_, PyAny>,
        start: &Bound<'_, PyAny>,
        duration: &Bound<'_, PyAny>,
        viewers: &Bound<'_, PyAny>,
    ) -> Result<()> {
        let (client, email) = (input::client_id("client", client)?, input::string("email", email)?);
        let (start, duration) = (moment("start", start)?, span("duration", duration)?);
        let viewers = count("viewers", viewers)?;
        Ok(self.0.add_session(client, &email, start, duration, viewers).map_err(refused)?)
    }

    fn add_plan(
        &self,
        api_name: &Bound<'_, PyAny>,
        human_name: &Bound<'_, PyAny>,
        session_limit: &Bound<'_, PyAny>,
        license_count: &Bound<'_, PyAny>,
    ) -> Result<()> {
        let names = (input::string("api_name", api_name)?, input::string("human_name", human_name)?);
        let limits = (count("session_limit", session_limit)?, count("license_count", license_count)?);
        Ok(self.0.add_plan(&names.0, &names.1, limits.0, limits.1).map_err(refused)?)
    }

    /// Sets the plan of a client as of a time, by default now.
    fn add_plan_change(
        &self,
        py: Python<'_>,
        client: &Bound<'_, PyAny>,
        plan: &Bound<'_, PyAny>,
        at: Option<&Bound<'_, PyAny>>,
        set_by: Option<&Bound<'_, PyAny>>,
    ) -> Result<()> {
        let body = json!({
            "client_id": input::client_id("client", client)?,
            "api_name": input::plan_name("plan", plan)?,
            "at": at.map(|at| moment("at", at)).transpose()?.map(|at| at.to_string()),
            "set_by": set_by.map(|it| input::string("set_by", it)).transpose()?,
        });
        let body = body.to_string();
        let added = py.detach(|| self.0.control("POST", "plan_changes", &body));
        added.map_err(|error| match error.to_string().strip_prefix("api_name: ") {
            Some(rest) => exception(&error, &format!("plan: {rest}")),
            None => refused(error),
        })?;
        Ok(())
    }

    /// Adds a canned response. A body as JSON has the content type of JSON.
    #[allow(clippy::too_many_arguments)]
    fn respond(
        &self,
        method: &Bound<'_, PyAny>,
        path: &Bound<'_, PyAny>,
        status: &Bound<'_, PyAny>,
        json: Option<&Bound<'_, PyAny>>,
        body: &Bound<'_, PyAny>,
        headers: Option<&Bound<'_, PyAny>>,
        times: Option<&Bound<'_, PyAny>>,
    ) -> Result<()> {
        let (method, path) = (input::string("method", method)?, input::string("path", path)?);
        let status = input::integer_of("a status between 200 and 999", status);
        let status = status.map_err(|problem| problem.of("status"))?;
        let mut headers = self::headers(headers)?;
        let mut body = bytes("body", body)?;
        if let Some(value) = json {
            if !body.is_empty() {
                let problem = "cannot be combined with body; pass only one of them";
                return Err(Problem(problem.to_owned()).of("json"));
            }
            body = input::json("json", value)?.to_string().into_bytes();
            if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
                headers.push(("content-type".to_owned(), "application/json".to_owned()));
            }
        }
        let times = times.map(|times| count("times", times)).transpose()?;
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Ok(self.0.respond(&method, &path, status, &headers, body, times).map_err(refused)?)
    }

    fn add_key(
        &self,
        key: &Bound<'_, PyAny>,
        read_only: &Bound<'_, PyAny>,
        owner: &Bound<'_, PyAny>,
    ) -> Result<()> {
        let (key, owner) = (secret("key", key)?, input::string("owner", owner)?);
        let read_only = input::boolean("read_only", read_only)?;
        Ok(self.0.add_key(&key, read_only, &owner).map_err(refused)?)
    }

    /// Adds a fault rule.
    fn fail(&self, kind: &str, scope: &Bound<'_, PyDict>, members: &Bound<'_, PyDict>) -> Result<()> {
        let mut rule = input::members("scope", scope.as_mapping())?;
        let mut fault = input::members("members", members.as_mapping())?;
        fault.insert("kind".to_owned(), kind.into());
        // The body as a value.
        if let Some(value) = fault.remove("json") {
            fault.insert("body".to_owned(), value.to_string().into());
            let headers = fault.entry("headers").or_insert_with(|| json!({}));
            if let Some(headers) = headers.as_object_mut() {
                headers.entry("content-type").or_insert_with(|| "application/json".into());
            }
        }
        rule.insert("fault".to_owned(), Value::Object(fault));
        Ok(self.0.fail_json(&Value::Object(rule).to_string()).map_err(refused)?)
    }

    /// Adds a client with these fields.
    fn add_client<'py>(
        &self,
        fields: &Bound<'py, PyDict>,
        current_plan: Option<&Bound<'py, PyAny>>,
    ) -> Result<Bound<'py, PyAny>> {
        let py = fields.py();
        let mut body = input::members("fields", fields.as_mapping())?;
        if let Some(plan) = current_plan {
            body.insert("current_plan".to_owned(), input::plan_name("current_plan", plan)?.into());
        }
        let body = Value::Object(body).to_string();
        let response = py.detach(|| self.0.control("POST", "clients", &body)).map_err(refused)?;
        Ok(loads(py, &response)?)
    }

    fn clear_faults(&self) {
        self.0.clear_faults();
    }

    fn snapshot(&self, py: Python<'_>) -> PyResult<String> {
        py.detach(|| self.0.snapshot()).map_err(refused)
    }

    fn restore(&self, py: Python<'_>, snapshot: &Bound<'_, PyAny>) -> Result<()> {
        let text = input::string("snapshot", snapshot)?;
        py.detach(|| self.0.restore(&text)).map_err(|_| {
            let got = input::shown(snapshot);
            let problem = format!("not a valid snapshot, got {got}; pass a string that snapshot() returned");
            Problem(problem).of("snapshot")
        })
    }

    /// Does a request of the control path without HTTP.
    fn control<'py>(
        &self,
        py: Python<'py>,
        method: &Bound<'py, PyAny>,
        path: &Bound<'py, PyAny>,
        body: Option<&Bound<'py, PyAny>>,
    ) -> Result<Bound<'py, PyAny>> {
        let (method, path) = (input::string("method", method)?, input::string("path", path)?);
        let body = match body.map(|body| (body, body.cast::<PyMapping>())) {
            None => String::new(),
            Some((_, Ok(members))) => Value::Object(input::members("body", members)?).to_string(),
            Some((body, Err(_))) => input::json("body", body)?.to_string(),
        };
        let response = py.detach(|| self.0.control(&method, &path, &body));
        // The names are those of the body.
        let response = response.map_err(|error| exception(&error, &error.to_string()))?;
        Ok(loads(py, &response)?)
    }

    fn reset(&self) {
        self.0.reset();
    }

    fn stop(&self, py: Python<'_>) {
        py.detach(|| self.0.stop());
    }
}

/// Runs the sandbox as a program until Ctrl-C, SIGTERM or SIGHUP; returns its exit status.
#[pyfunction]
fn run_sandbox(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    let status = py.detach(|| run_program(arguments.into_iter()));
    // A status can be compared, but not read.
    [0, 2].into_iter().find(|code| status == ExitCode::from(*code)).unwrap_or(1)
}

/// Adds the class and the function to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<SandboxHandle>()?;
    module.add_function(wrap_pyfunction!(describe, module)?)?;
    module.add_function(wrap_pyfunction!(json_text, module)?)?;
    module.add_function(wrap_pyfunction!(run_sandbox, module)?)
}
