//! `NativeClient`: the core's client, as the Python classes hold it.

use crankwheel::CrankWheel;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::logging;
use crate::input::{client, options};
use crate::output::{ImpersonationKey, Outcome};

/// Where other Python packages are told which certificates to trust.
const CA_VARIABLES: [&str; 2] = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

/// A client of the core: options and connections.
#[pyclass(frozen, module = "crankwheel._native")]
pub struct NativeClient(pub CrankWheel);

#[pymethods]
impl NativeClient {
    #[new]
    #[pyo3(signature = (options, deferred_key=false))]
    fn new(py: Python<'_>, options: &Bound<'_, PyDict>, deferred_key: bool) -> Outcome<Self> {
        let mut options = options::read(options)?
            .binding(binding(py))
            .ca_variables(&CA_VARIABLES)
            .observer(logging::observe);
        if deferred_key {
            // The real key is put in before each call, on the caller's thread.
            options = options.api_key_from(|| Err("the key was not asked for yet".into()));
        }
        Ok(NativeClient(CrankWheel::build(options)?))
    }

    /// A copy with some options changed; it shares the connections.
    fn with_options(&self, options: &Bound<'_, PyDict>) -> Outcome<Self> {
        Ok(NativeClient(self.0.with_options(options::read(options)?)?))
    }

    /// A copy whose calls go out under the impersonation key of a client.
    fn impersonating(&self, client: &Bound<'_, PyAny>) -> Outcome<Self> {
        let key = self.0.impersonation_key(self::client(client)?)?;
        Ok(NativeClient(self.0.with_options(crankwheel::Options::new().api_key(key.reveal()))?))
    }

    /// Refuses what names no client.
    fn check_client(&self, client: &Bound<'_, PyAny>) -> Outcome<()> {
        self.0.check_client(self::client(client)?)?;
        Ok(())
    }

    fn impersonation_key(&self, client: &Bound<'_, PyAny>) -> Outcome<ImpersonationKey> {
        Ok(ImpersonationKey(self.0.impersonation_key(self::client(client)?)?))
    }

    fn close(&self) {
        self.0.close();
    }

    fn diagnose(&self, py: Python<'_>) -> String {
        // Reads files of certificates.
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

/// Returns `python 3.11.7` or alike, for the `User-Agent` header.
fn binding(py: Python<'_>) -> String {
    let version = py.version_info();
    format!("python {}.{}.{}", version.major, version.minor, version.patch)
}
