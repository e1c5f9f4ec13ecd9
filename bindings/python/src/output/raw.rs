//! Raw responses: `RawBody` of a raw request, `RawResponse` of an operation.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use crankwheel as core;
use pyo3::prelude::*;
use pyo3::sync::{MutexExt, PyOnceLock};
use pyo3::types::{PyBytes, PyDict, PyString, PyType};

use super::convert::loads;
use super::error::{Result, headers};

/// The response to a raw request. Printing it does not show the body, which can be a credential.
#[pyclass(frozen, subclass, module = "crankwheel")]
pub struct RawBody {
    status_code: u16,
    headers: Vec<(String, String)>,
    request_id: Option<String>,
    attempts: u32,
    body: Mutex<Body>,
    /// Created by the first access, as the body is.
    text: PyOnceLock<Py<PyString>>,
}

/// The bytes of a body, which can be hundreds of megabytes: they are copied once, and held once.
enum Body {
    Core(Bytes),
    Python(Py<PyBytes>),
}

impl RawBody {
    fn new(
        status_code: u16,
        headers: Vec<(String, String)>,
        request_id: Option<&str>,
        attempts: u32,
        body: &Bytes,
    ) -> Self {
        RawBody {
            status_code,
            headers,
            request_id: request_id.map(str::to_owned),
            attempts,
            body: Mutex::new(Body::Core(body.clone())),
            text: PyOnceLock::new(),
        }
    }

    fn lock(&self, py: Python<'_>) -> MutexGuard<'_, Body> {
        // Not while attached to the interpreter: the thread that holds the lock may wait for it.
        self.body.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<core::RawBody> for RawBody {
    fn from(response: core::RawBody) -> Self {
        RawBody::new(
            response.status_code(),
            response.headers(),
            response.request_id(),
            response.attempts(),
            response.body(),
        )
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
    fn body(&self, py: Python<'_>) -> Py<PyBytes> {
        let mut body = self.lock(py);
        let bytes = match &*body {
            Body::Python(bytes) => return bytes.clone_ref(py),
            Body::Core(bytes) => PyBytes::new(py, bytes).unbind(),
        };
        *body = Body::Python(bytes.clone_ref(py));
        bytes
    }

    /// The body as a string; bytes that are not UTF-8 are replaced.
    #[getter]
    fn text(&self, py: Python<'_>) -> Py<PyString> {
        let text = self.text.get_or_init(py, || {
            let body = self.body(py);
            PyString::new(py, &String::from_utf8_lossy(body.as_bytes(py))).unbind()
        });
        text.clone_ref(py)
    }

    /// Parses the body as JSON; returns `None` if it is empty. Raises `APIResponseError` if it is
    /// not JSON.
    fn json<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyAny>> {
        let body = self.body(py);
        // The core checks that the body is JSON; Python's parser keeps numbers of any size.
        if core::body_json(&Bytes::copy_from_slice(body.as_bytes(py)))?.is_null() {
            return Ok(py.None().into_bound(py));
        }
        // It refuses the byte-order mark, which the core has skipped.
        let text = String::from_utf8_lossy(body.as_bytes(py));
        Ok(loads(py, text.strip_prefix('\u{feff}').unwrap_or(&text))?)
    }

    fn __repr__(this: &Bound<'_, Self>) -> PyResult<String> {
        let class = this.get_type().name()?;
        let RawBody { status_code, request_id, .. } = this.get();
        let size = match &*this.get().lock(this.py()) {
            Body::Core(bytes) => bytes.len(),
            Body::Python(bytes) => bytes.as_bytes(this.py()).len(),
        };
        let id = request_id.as_ref().map(|id| format!("request_id='{id}', ")).unwrap_or_default();
        Ok(format!("{class}(status_code={status_code}, {id}<{size} bytes>)"))
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
        let body = RawBody::new(
            response.status_code(),
            response.headers(),
            response.request_id(),
            response.attempts(),
            response.body(),
        );
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
