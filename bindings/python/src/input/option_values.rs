//! Converts the values of options.

use std::time::Duration;

use crankwheel::{Error, Options};
use pyo3::prelude::*;
use pyo3::types::{PyDelta, PyMapping, PyString};

use super::time::span_from_python;
use crate::output::Result;
use crate::scalar;
use crate::scalar::class_of;

/// Returns the error for a value of a wrong type. It does not show the value, which can contain a
/// secret.
fn refuse(name: &str, what: &str, value: &Bound<'_, PyAny>) -> Error {
    Error::configuration(format!("{name}: must be {what}, got {}", class_of(value)))
}

/// Converts a `str`.
pub fn string(name: &str, value: &Bound<'_, PyAny>) -> Result<String> {
    let plain = scalar::plain(value);
    if !plain.is_instance_of::<PyString>() {
        return Err(refuse(name, "a string", value).into());
    }
    plain.extract::<String>().map_err(|_| {
        let problem = "must be valid Unicode, got a string with half of a surrogate pair";
        Error::configuration(format!("{name}: {problem}")).into()
    })
}

/// Converts a `str` or a path.
pub fn path(name: &str, value: &Bound<'_, PyAny>) -> Result<std::path::PathBuf> {
    value.extract().map_err(|_| refuse(name, "a path", value).into())
}

/// Converts a `bool`.
pub fn boolean(name: &str, value: &Bound<'_, PyAny>) -> Result<bool> {
    scalar::boolean(value).map_err(|problem| problem.of_option(name))
}

/// Converts an `int` of 0 or more.
pub fn integer<T: TryFrom<i64>>(name: &str, value: &Bound<'_, PyAny>) -> Result<T> {
    let problem = |_| scalar::Problem::expected("an integer of 0 or more", value).of_option(name);
    let number = scalar::integer(value).map_err(problem)?;
    T::try_from(number)
        .map_err(|_| scalar::Problem::expected("an integer of 0 or more", value).of_option(name))
}

/// Converts seconds or a `timedelta`. The core checks the range.
pub fn duration(name: &str, value: &Bound<'_, PyAny>) -> Result<Duration> {
    span("more than 0 and at most 30 days", value).map_err(|problem| problem.of_option(name))
}

/// Converts the seconds or the `timedelta` that a method may wait.
pub fn wait(name: &str, value: &Bound<'_, PyAny>) -> Result<Duration> {
    const RANGE: &str = "at least 0 and at most 30 days";
    const LONGEST: Duration = Duration::from_secs(30 * 86_400);
    let wait = span(RANGE, value).map_err(|problem| problem.of(name))?;
    if wait <= LONGEST {
        return Ok(wait);
    }
    Err(scalar::Problem(format!("must be {RANGE}, got {} seconds", wait.as_secs_f64())).of(name))
}

/// Converts seconds or a `timedelta`, neither of which can be negative. `range` is for messages.
fn span(range: &str, value: &Bound<'_, PyAny>) -> std::result::Result<Duration, scalar::Problem> {
    // Numbers first: for a `timedelta`, `datetime` is imported.
    match scalar::number("a number of seconds or a timedelta", value) {
        Ok(seconds) => Duration::try_from_secs_f64(seconds)
            .map_err(|_| scalar::Problem(format!("must be {range}, got {seconds} seconds"))),
        Err(problem) => {
            let Ok(delta) = value.cast::<PyDelta>() else { return Err(problem) };
            Duration::try_from(span_from_python(delta)?)
                .map_err(|_| scalar::Problem(format!("must not be negative, got {delta}")))
        }
    }
}

/// Sets headers from a mapping of names to values; `None` removes one. No message shows a value.
pub fn headers(mut options: Options, name: &str, value: &Bound<'_, PyAny>) -> Result<Options> {
    let Ok(mapping) = value.cast::<PyMapping>() else {
        return Err(refuse(name, "a mapping of names to values", value).into());
    };
    // A mapping can be an object of the caller, and its methods can fail.
    let failed = |_: PyErr| refuse(name, "a mapping of names to values that can be read", value);
    for item in mapping.items().map_err(failed)? {
        let (header, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract().map_err(failed)?;
        let header = string(name, &header)?;
        options = if value.is_none() {
            options.without_header(header)
        } else {
            let value = string(&format!("{name}[{header:?}]"), &value)?;
            options.header(header, value)
        };
    }
    Ok(options)
}
