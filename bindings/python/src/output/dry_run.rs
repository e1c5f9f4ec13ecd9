//! `DryRun`: a request that was not sent.

use crankwheel as core;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::convert::loads;
use super::error::headers;
use super::wire::equal;

/// A request that was not sent. It does not contain the API key.
#[pyclass(frozen, module = "crankwheel")]
#[derive(PartialEq)]
pub struct DryRun(core::DryRun);

impl From<core::DryRun> for DryRun {
    fn from(request: core::DryRun) -> Self {
        DryRun(request)
    }
}

#[pymethods]
impl DryRun {
    /// The HTTP method.
    #[getter]
    fn method(&self) -> &str {
        self.0.method
    }

    /// The URL with its query.
    #[getter]
    fn url(&self) -> &str {
        &self.0.url
    }

    /// The headers, names in lower case; the key is `***`.
    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        headers(py, &self.0.headers)
    }

    /// The JSON body, as it would be sent; `None` if the request has no body.
    #[getter]
    fn body(&self) -> Option<&str> {
        self.0.body.as_deref()
    }

    /// Returns the JSON body as Python values.
    fn json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        loads(py, self.0.body.as_deref().unwrap_or("null"))
    }

    /// A `curl` command that sends the same request, with the key from `$CRANKWHEEL_API_KEY`.
    #[getter]
    fn curl(&self) -> String {
        self.0.curl()
    }

    fn __repr__(&self) -> String {
        format!("DryRun({} {})", self.0.method, self.0.url)
    }

    fn __eq__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        equal(self, other)
    }
}
