//! The errors of code that can fail in the core or in Python.

use crankwheel::Error;
use pyo3::prelude::*;

/// A result of code that can fail in the core or in Python.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// An error of the core, or one of Python's own.
pub enum Failure {
    Core(Error),
    Python(PyErr),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Core(error)
    }
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Failure::Python(error)
    }
}
