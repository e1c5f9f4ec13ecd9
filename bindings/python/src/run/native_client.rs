//! `NativeClient`: the core's client, which the classes in Python wrap.

use crankwheel::CrankWheel;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::logging;
use crate::input::{client, options};
use crate::output::{ImpersonationKey, Result};

/// The environment variables by which other Python packages select the certificates to trust.
const CA_VARIABLES: [&str; 2] = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

/// A client of the core, with its options and connections.
#[pyclass(frozen, module = "crankwheel._native")]
pub struct NativeClient(pub CrankWheel);

#[pymethods]
impl NativeClient {
    #[new]
    #[pyo3(signature = (options, deferred_key=false))]
    fn new(py: Python<'_>, options: &Bound<'_, PyDict>, deferred_key: bool) -> Result<Self> {
        let mut options = options::read(options)?
            .binding(binding(py))
            .ca_variables(&CA_VARIABLES)
            .observer(logging::observe);
        if deferred_key {
            // The current key is set before each call, on the caller's thread.
            options = options.api_key_from(|| Err("the key was not requested yet".into()));
        }
        Ok(NativeClient(CrankWheel::build(options)?))
    }

    /// Returns a copy with some options changed; it shares the connections.
    fn with_options(&self, options: &Bound<'_, PyDict>) -> Result<Self> {
        Ok(NativeClient(self.0.with_options(options::read(options)?)?))
    }

    /// Returns a copy that uses the impersonation key of a client.
    fn impersonating(&self, client: &Bound<'_, PyAny>) -> Result<Self> {
        let key = self.0.impersonation_key(self::client("client", client)?)?;
        Ok(NativeClient(self.0.with_options(crankwheel::Options::new().api_key(key.reveal()))?))
    }

    /// Checks an argument that names a client.
    fn check_client(&self, client: &Bound<'_, PyAny>) -> Result<()> {
        self.0.check_client(self::client("client", client)?)?;
        Ok(())
    }

    fn impersonation_key(&self, client: &Bound<'_, PyAny>) -> Result<ImpersonationKey> {
        Ok(ImpersonationKey(self.0.impersonation_key(self::client("client", client)?)?))
    }

    fn close(&self) {
        self.0.close();
    }

    fn diagnose(&self, py: Python<'_>) -> String {
        // This reads certificate files.
        py.detach(|| self.0.diagnose().to_string())
    }

    #[getter]
    fn closed(&self) -> bool {
        self.0.is_closed()
    }

    #[getter]
    fn base_url(&self) -> &str {
        self.0.base_url()
    }

    #[getter]
    fn read_only(&self) -> bool {
        self.0.read_only()
    }

    fn __repr__(&self) -> String {
        format!("NativeClient(base_url='{}')", self.0.base_url())
    }
}

/// Returns a string such as `python 3.11.7`, for the `User-Agent` header.
fn binding(py: Python<'_>) -> String {
    let version = py.version_info();
    format!("python {}.{}.{}", version.major, version.minor, version.patch)
}
