//! Raw responses: `RawBody` of a raw request, `RawResponse` of an operation.

use bytes::Bytes;
use crankwheel as core;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyType};

use super::convert::loads;
use super::error::{Result, headers};

/// The response to a raw request. Printing it does not show the body, which can be a credential.
#[pyclass(frozen, subclass, module = "crankwheel")]
pub struct RawBody {
    status_code: u16,
    headers: Vec<(String, String)>,
    request_id: Option<String>,
    attempts: u32,
    body: Bytes,
}

impl From<core::RawBody> for RawBody {
    fn from(response: core::RawBody) -> Self {
        RawBody {
            status_code: response.status_code(),
            headers: response.headers(),
            request_id: response.request_id().map(str::to_owned),
            attempts: response.attempts(),
            body: response.body().clone(),
        }
    }
}

#[pymethods]
impl RawBody {
    /// The HTTP status.
    #[getter]
    fn status_code(&self) -> u16 {
        self.status_code
    }

    /// The headers, names in lower case.
    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        headers(py, &self.headers)
    }

    /// The response's `x-request-id`.
    #[getter]
    fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The number of attempts.
    #[getter]
    fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The body as bytes. That of a grant-token response is a credential.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.body)
    }

    /// The body as a string; bytes that are not UTF-8 are replaced.
    #[getter]
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Parses the body as JSON; returns `None` if it is empty. Raises `APIResponseError` if it is
    /// not JSON.
    fn json<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyAny>> {
        // The core checks that the body is JSON; Python's parser keeps numbers of any size.
        if core::body_json(&self.body)?.is_null() {
            return Ok(py.None().into_bound(py));
        }
        // It refuses the byte-order mark, which the core has skipped.
        let text = self.text();
        Ok(loads(py, text.strip_prefix('\u{feff}').unwrap_or(&text))?)
    }

    fn __repr__(this: &Bound<'_, Self>) -> PyResult<String> {
        let class = this.get_type().name()?;
        let RawBody { status_code, request_id, body, .. } = this.get();
        let id = request_id.as_ref().map(|id| format!("request_id='{id}', ")).unwrap_or_default();
        Ok(format!("{class}(status_code={status_code}, {id}<{} bytes>)", body.len()))
    }
}

/// The response to an operation; `parse()` returns its value.
#[pyclass(frozen, extends = RawBody, module = "crankwheel")]
pub struct RawResponse {
    parsed: PyResult<Py<PyAny>>,
}

impl RawResponse {
    /// Creates the Python object for a response and its value.
    pub fn create<'py, T>(
        py: Python<'py>,
        response: core::RawResponse<T>,
        parsed: impl FnOnce(Result<T, core::Error>) -> PyResult<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, Self>> {
        let body = RawBody {
            status_code: response.status_code(),
            headers: response.headers(),
            request_id: response.request_id().map(str::to_owned),
            attempts: response.attempts(),
            body: response.body().clone(),
        };
        let parsed = parsed(response.parse()).map(Bound::unbind);
        Bound::new(py, PyClassInitializer::from(body).add_subclass(RawResponse { parsed }))
    }
}

#[pymethods]
impl RawResponse {
    /// Returns the value that the same call without `with_raw_response` returns, or raises its
    /// error.
    fn parse(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        match &self.parsed {
            Ok(value) => Ok(value.clone_ref(py)),
            Err(error) => Err(error.clone_ref(py)),
        }
    }

    #[classmethod]
    fn __class_getitem__<'py>(
        class: &Bound<'py, PyType>,
        item: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        class.py().import("types")?.getattr("GenericAlias")?.call1((class, item))
    }
}
