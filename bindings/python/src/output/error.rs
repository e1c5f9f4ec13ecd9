//! Converts errors of the core to the exceptions of `crankwheel/_errors.py`.
//!
//! Those are Python classes because attributes, several base classes and pickling then work by
//! themselves.

use crankwheel::{Error, ErrorKind};
use pyo3::prelude::*;
use pyo3::types::PyDict;

pub use crate::failure::{Failure, Result};

impl From<Failure> for PyErr {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Core(error) => Python::attach(|py| exception(py, &error)),
            Failure::Python(error) => error,
        }
    }
}

/// Returns the exception for an error. What a key function raised is raised as it is.
pub fn exception(py: Python<'_>, error: &Error) -> PyErr {
    let cause = error.cause_object().and_then(|cause| cause.downcast_ref::<Py<PyAny>>());
    let cause = cause.map(|cause| PyErr::from_value(cause.bind(py).clone()));
    match (cause, build(py, error)) {
        (Some(cause), _) if error.kind() == ErrorKind::Configuration => cause,
        (cause, Ok(exception)) => {
            let exception = PyErr::from_value(exception);
            if cause.is_some() {
                exception.set_cause(py, cause);
            }
            exception
        }
        (_, Err(error)) => error,
    }
}

fn build<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    let fields = PyDict::new(py);
    let by_field = PyDict::new(py);
    for (field, messages) in error.errors() {
        let messages: Vec<String> = messages.iter().map(|message| ascii_ellipsis(message)).collect();
        by_field.set_item(ascii_ellipsis(field), messages)?;
    }
    // generated: attributes
    fields.set_item("status_code", error.status_code())?;
    fields.set_item("request_id", error.request_id())?;
    fields.set_item("code", error.code())?;
    fields.set_item("errors", by_field)?;
    fields.set_item("body", error.body())?;
    fields.set_item("headers", headers(py, error.headers())?)?;
    fields.set_item("method", error.method())?;
    fields.set_item("path", error.path())?;
    fields.set_item("attempts", error.attempts())?;
    fields.set_item("elapsed", error.elapsed().map(|time| time.as_secs_f64()))?;
    fields.set_item("retry_stopped_by", error.retry_stopped_by())?;
    fields.set_item("existing_id", error.existing_id())?;
    fields.set_item("retry_after", error.retry_after().map(|wait| wait.as_secs_f64()))?;
    fields.set_item("maybe_applied", error.maybe_applied())?;
    // end of generated: attributes
    let class = py.import("crankwheel._errors")?.getattr(error.kind().class_name())?;
    class.call((ascii_ellipsis(error.message()),), Some(&fields))
}

/// Writes the mark of a shortened value in ASCII, so that a message prints on every terminal. Values
/// stay as the caller or the API wrote them: escaped, names of other languages would be unreadable.
pub fn ascii_ellipsis(message: &str) -> String {
    message.replace('…', "...")
}

/// Returns headers as a dict; values of a repeated header are joined by commas.
pub fn headers<'py>(py: Python<'py>, headers: &[(String, String)]) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (name, value) in headers {
        match dict.get_item(name)? {
            Some(before) => dict.set_item(name, format!("{}, {value}", before.extract::<String>()?))?,
            None => dict.set_item(name, value)?,
        }
    }
    Ok(dict)
}
