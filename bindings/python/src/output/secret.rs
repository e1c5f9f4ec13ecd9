//! Login links and impersonation keys: credentials that only their own attributes and methods
//! reveal.

use crankwheel as core;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::convert::time_to_python;
use super::wire::equal;

/// A URL that logs its user in: whoever has it can act as that user. It is valid for two minutes.
///
/// Only `url`, `dashboard_only` and `popup_only` reveal it. Printing and `to_dict()` hide it, and
/// it cannot be pickled.
#[pyclass(frozen, module = "crankwheel")]
#[derive(PartialEq)]
pub struct LoginLink(pub core::LoginLink);

#[pymethods]
impl LoginLink {
    /// The link, which opens the dashboard, and the pop-up if CrankWheel is installed.
    #[getter]
    fn url(&self) -> &str {
        self.0.url()
    }

    /// The link that opens only the dashboard.
    #[getter]
    fn dashboard_only(&self) -> String {
        self.0.dashboard_only()
    }

    /// The link that opens only the pop-up; open it in a new window or tab.
    #[getter]
    fn popup_only(&self) -> String {
        self.0.popup_only()
    }

    /// The time at which the link expires: two minutes after it was requested, by the local clock.
    #[getter]
    fn expires_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        time_to_python(py, self.0.expires_at())
    }

    /// Returns the raw JSON with the link hidden.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        dict.set_item("login_url", "***")?;
        Ok(dict)
    }

    fn __repr__(&self) -> String {
        self.0.to_string()
    }

    fn __eq__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        equal(self, other)
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a LoginLink is a credential and cannot be pickled; pickle its .url if you must",
        ))
    }
}

/// A key for requests as an administrator of one client. It contains your own API key.
///
/// `reveal()` returns it. Printing hides it, and it cannot be pickled.
#[pyclass(frozen, module = "crankwheel")]
#[derive(PartialEq)]
pub struct ImpersonationKey(pub core::Secret);

#[pymethods]
impl ImpersonationKey {
    /// Returns the key. Keep it out of logs.
    fn reveal(&self) -> &str {
        self.0.reveal()
    }

    fn __repr__(&self) -> &'static str {
        "ImpersonationKey(***)"
    }

    fn __eq__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        equal(self, other)
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "an ImpersonationKey is a credential and cannot be pickled; create it where it is used",
        ))
    }
}

/// Adds the classes to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<LoginLink>()?;
    module.add_class::<ImpersonationKey>()
}
