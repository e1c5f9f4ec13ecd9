//! Converts the values of options.

use std::time::Duration;

use crankwheel::Error;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDelta};

use super::describe::class_of;
use super::time::span_from_python;
use crate::output::Result;

/// Returns the error for a value of a wrong type. It does not show the value, which can contain a
/// secret.
fn refuse(name: &str, what: &str, value: &Bound<'_, PyAny>) -> Error {
    Error::configuration(format!("{name}: must be {what}, got {}", class_of(value)))
}

/// Converts a `str`.
pub fn string(name: &str, value: &Bound<'_, PyAny>) -> Result<String> {
    value.extract::<String>().map_err(|_| refuse(name, "a string", value).into())
}

/// Converts a `str` or a path.
pub fn path(name: &str, value: &Bound<'_, PyAny>) -> Result<std::path::PathBuf> {
    value.extract().map_err(|_| refuse(name, "a path", value).into())
}

/// Converts a `bool`.
pub fn boolean(name: &str, value: &Bound<'_, PyAny>) -> Result<bool> {
    value.extract().map_err(|_| refuse(name, "True or False", value).into())
}

/// Converts an `int` of 0 or more.
pub fn integer<T: TryFrom<i64>>(name: &str, value: &Bound<'_, PyAny>) -> Result<T> {
    const WHAT: &str = "an integer of 0 or more";
    let plain = (!value.is_instance_of::<PyBool>()).then(|| value.extract::<i64>().ok()).flatten();
    let Some(number) = plain else { return Err(refuse(name, WHAT, value).into()) };
    T::try_from(number)
        .map_err(|_| Error::configuration(format!("{name}: must be {WHAT}, got {number}")).into())
}

/// Converts seconds or a `timedelta`. The core checks the range.
pub fn duration(name: &str, value: &Bound<'_, PyAny>) -> Result<Duration> {
    const WHAT: &str = "a number of seconds or a timedelta";
    if let Ok(delta) = value.cast::<PyDelta>() {
        let span = span_from_python(delta)?;
        return Duration::try_from(span)
            .map_err(|_| Error::configuration(format!("{name}: must not be negative, got {delta}")).into());
    }
    let seconds = (!value.is_instance_of::<PyBool>()).then(|| value.extract::<f64>().ok()).flatten();
    let Some(seconds) = seconds else { return Err(refuse(name, WHAT, value).into()) };
    Duration::try_from_secs_f64(seconds).map_err(|_| {
        Error::configuration(format!(
            "{name}: must be more than 0 and at most 30 days, got {seconds} seconds"
        ))
        .into()
    })
}
