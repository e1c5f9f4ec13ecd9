//! The end of a call: a response, an error or, by a defect, neither.

use crankwheel::{Error, RawResponse as CoreResponse};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::output::{Output, RawResponse, exception};

/// The response with its value, or the error.
pub type Ended = Result<CoreResponse<Output>, Error>;

/// The end of a task that an event loop waits for.
pub enum End {
    Call(Ended),
    /// No call of the client is in flight.
    Drained,
}

/// Returns the exception for a call whose task ended without a result, which is a defect of this
/// package.
pub fn lost() -> PyErr {
    PyRuntimeError::new_err(
        "the call ended without a response; this is a defect of crankwheel, please report it",
    )
}

/// Returns the object that the caller receives, or the exception. Log lines were written before.
pub fn result(py: Python<'_>, ended: Ended, raw: bool) -> PyResult<Bound<'_, PyAny>> {
    let response = ended.map_err(|error| exception(py, &error))?;
    let value = |parsed: Result<Output, Error>| match parsed {
        Ok(output) => output.into_python(py),
        Err(error) => Err(exception(py, &error)),
    };
    if raw {
        return RawResponse::create(py, response, value).map(Bound::into_any);
    }
    value(response.parse())
}
