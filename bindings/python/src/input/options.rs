//! Options of a client, from the dict that the Python constructor fills.

use std::time::Duration;

use crankwheel::{Error, Options};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDelta, PyDict};

use super::describe::class_of;
use super::time::span_from_python;
use crate::output::Outcome;

/// Reads options by name. `None` is no value: whoever built the dict left the option out.
pub fn read(given: &Bound<'_, PyDict>) -> Outcome<Options> {
    let mut options = Options::new();
    for (name, value) in given {
        let name: String = name.extract()?;
        let name = name.as_str();
        options = match name {
            "api_key" => options.api_key(text(name, &value)?),
            "base_url" => options.base_url(text(name, &value)?),
            "timeout" => options.timeout(duration(name, &value)?),
            "connect_timeout" => options.connect_timeout(duration(name, &value)?),
            "attempt_timeout" => options.attempt_timeout(duration(name, &value)?),
            "idle_timeout" => options.idle_timeout(duration(name, &value)?),
            "max_retries" => options.max_retries(number(name, &value)?),
            "retry_writes" => options.retry_writes(flag(name, &value)?),
            "max_connections" => options.max_connections(number(name, &value)?),
            "max_idle_connections" => options.max_idle_connections(number(name, &value)?),
            "read_only" => options.read_only(flag(name, &value)?),
            "allow_insecure_http" => options.allow_insecure_http(flag(name, &value)?),
            "proxy" => options.proxy(text(name, &value)?),
            "ca_file" => options.ca_file(path(name, &value)?),
            "client_certificate" => options.client_certificate(path(name, &value)?),
            "user_agent_suffix" => options.user_agent_suffix(text(name, &value)?),
            _ => return Err(PyTypeError::new_err(format!("unknown option {name:?}")).into()),
        };
    }
    Ok(options)
}

/// `python 3.11.7`, for the `User-Agent` header.
pub fn surface(py: Python<'_>) -> String {
    let version = py.version_info();
    format!("python {}.{}.{}", version.major, version.minor, version.patch)
}

/// The value itself is not shown: it can be a key, or hold a password.
fn refuse(name: &str, what: &str, value: &Bound<'_, PyAny>) -> Error {
    Error::configuration(format!("`{name}` must be {what}, not {}", class_of(value)))
}

fn text(name: &str, value: &Bound<'_, PyAny>) -> Outcome<String> {
    value.extract::<String>().map_err(|_| refuse(name, "a text", value).into())
}

fn path(name: &str, value: &Bound<'_, PyAny>) -> Outcome<std::path::PathBuf> {
    value.extract().map_err(|_| refuse(name, "a path", value).into())
}

fn flag(name: &str, value: &Bound<'_, PyAny>) -> Outcome<bool> {
    value.extract().map_err(|_| refuse(name, "True or False", value).into())
}

fn number<T: TryFrom<i64>>(name: &str, value: &Bound<'_, PyAny>) -> Outcome<T> {
    const WHAT: &str = "a whole number of 0 or more";
    let plain = (!value.is_instance_of::<PyBool>()).then(|| value.extract::<i64>().ok()).flatten();
    let Some(number) = plain else { return Err(refuse(name, WHAT, value).into()) };
    T::try_from(number)
        .map_err(|_| Error::configuration(format!("`{name}` must be {WHAT}, not {number}")).into())
}

/// Seconds, or a `timedelta`. What is too much or too little the core says.
fn duration(name: &str, value: &Bound<'_, PyAny>) -> Outcome<Duration> {
    const WHAT: &str = "seconds or a timedelta";
    if let Ok(delta) = value.cast::<PyDelta>() {
        let span = span_from_python(delta)?;
        return Duration::try_from(span)
            .map_err(|_| Error::configuration(format!("`{name}` must not be negative")).into());
    }
    let seconds = (!value.is_instance_of::<PyBool>()).then(|| value.extract::<f64>().ok()).flatten();
    let Some(seconds) = seconds else { return Err(refuse(name, WHAT, value).into()) };
    Duration::try_from_secs_f64(seconds).map_err(|_| {
        Error::configuration(format!(
            "`{name}` must be more than nothing and at most 30 days, not {seconds} s"
        ))
        .into()
    })
}
