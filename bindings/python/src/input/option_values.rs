//! Values of options, from Python's types.

use std::time::Duration;

use crankwheel::Error;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDelta};

use super::describe::class_of;
use super::time::span_from_python;
use crate::output::Outcome;

/// The value itself is not shown: it can be a key, or hold a password.
fn refuse(name: &str, what: &str, value: &Bound<'_, PyAny>) -> Error {
    Error::configuration(format!("{name}: must be {what}, got {}", class_of(value)))
}

/// A `str`.
pub fn string(name: &str, value: &Bound<'_, PyAny>) -> Outcome<String> {
    value.extract::<String>().map_err(|_| refuse(name, "a string", value).into())
}

/// A `str` or a path.
pub fn path(name: &str, value: &Bound<'_, PyAny>) -> Outcome<std::path::PathBuf> {
    value.extract().map_err(|_| refuse(name, "a path", value).into())
}

/// A `bool`.
pub fn boolean(name: &str, value: &Bound<'_, PyAny>) -> Outcome<bool> {
    value.extract().map_err(|_| refuse(name, "True or False", value).into())
}

/// An `int` of 0 or more.
pub fn integer<T: TryFrom<i64>>(name: &str, value: &Bound<'_, PyAny>) -> Outcome<T> {
    const WHAT: &str = "an integer of 0 or more";
    let plain = (!value.is_instance_of::<PyBool>()).then(|| value.extract::<i64>().ok()).flatten();
    let Some(number) = plain else { return Err(refuse(name, WHAT, value).into()) };
    T::try_from(number)
        .map_err(|_| Error::configuration(format!("{name}: must be {WHAT}, got {number}")).into())
}

/// Seconds, or a `timedelta`. What is too much or too little the core says.
pub fn duration(name: &str, value: &Bound<'_, PyAny>) -> Outcome<Duration> {
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
