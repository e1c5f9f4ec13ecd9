//! `NativeClient`: the core's client, which the classes in Python wrap.

use crankwheel::{Call, CrankWheel, Options};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pyo3::{PyTraverseError, PyVisit};

use super::call::PreparedCall;
use super::closing;
use super::completion::Ticket;
use super::keys::{key_now, request_key};
use super::{logging, runtime};
use crate::input::{self, client, options};
use crate::output::{ImpersonationKey, Result, ToPython};

/// The environment variables by which other Python packages select the certificates to trust.
const CA_VARIABLES: [&str; 2] = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

/// A client of the core, with its options and connections.
#[pyclass(frozen, module = "crankwheel._native")]
pub struct NativeClient {
    pub cw: CrankWheel,
    /// The function that returns the key, if it is not fixed.
    key: Option<Py<PyAny>>,
    /// After `cw`, because fields are dropped in this order.
    _unused: Unused,
}

/// Closes the connections that nothing needs any more when a client is dropped.
struct Unused;

impl Drop for Unused {
    fn drop(&mut self) {
        runtime::close_unused();
    }
}

impl NativeClient {
    fn of(cw: CrankWheel, key: Option<Py<PyAny>>) -> Self {
        NativeClient { cw, key, _unused: Unused }
    }

    /// Returns an operation that is ready to be sent.
    pub fn prepared<T: ToPython + Send + 'static>(&self, py: Python<'_>, call: Call<T>) -> PreparedCall {
        PreparedCall::new(call, self.key.as_ref().map(|key| key.clone_ref(py)))
    }

    /// Returns a copy with some of the core's options changed.
    pub fn changed(&self, py: Python<'_>, options: Options) -> Result<Self> {
        let key = self.key.as_ref().map(|key| key.clone_ref(py));
        Ok(NativeClient::of(self.cw.with_options(options)?, key))
    }
}

#[pymethods]
impl NativeClient {
    #[new]
    #[pyo3(signature = (options, key=None))]
    fn new(py: Python<'_>, options: &Bound<'_, PyDict>, key: Option<Py<PyAny>>) -> Result<Self> {
        let options = options::read(options)?
            .binding(binding(py))
            .ca_variables(&CA_VARIABLES)
            .observer(logging::observe);
        Ok(NativeClient::of(CrankWheel::build(asked(options, key.is_some()))?, key))
    }

    /// Returns a copy with some options changed; it shares the connections.
    #[pyo3(signature = (options, key=None))]
    fn with_options(
        &self,
        py: Python<'_>,
        options: &Bound<'_, PyDict>,
        key: Option<Py<PyAny>>,
    ) -> Result<Self> {
        let replaced = key.is_some() || options.contains("api_key")?;
        let own = self.key.as_ref().filter(|_| !replaced).map(|own| own.clone_ref(py));
        let cw = self.cw.with_options(asked(options::read(options)?, key.is_some()))?;
        Ok(NativeClient::of(cw, key.or(own)))
    }

    /// Returns a copy that uses the impersonation key of a client.
    fn impersonating(&self, client: &Bound<'_, PyAny>) -> Result<Self> {
        let key = self.key.as_ref().map(|key| key.clone_ref(client.py()));
        Ok(NativeClient::of(self.cw.impersonating(self::client("client", client)?)?, key))
    }

    /// Checks an argument that names a client.
    fn check_client(&self, client: &Bound<'_, PyAny>) -> Result<()> {
        self.cw.check_client(self::client("client", client)?)?;
        Ok(())
    }

    fn impersonation_key(&self, client: &Bound<'_, PyAny>) -> Result<ImpersonationKey> {
        let argument = self::client("client", client)?;
        let Some(function) = &self.key else {
            return Ok(ImpersonationKey(self.cw.impersonation_key(argument)?));
        };
        self.cw.check_client(self::client("client", client)?)?;
        let key = key_now(function.bind(client.py())).map_err(crankwheel::Error::from)?;
        let cw = self.cw.with_options(Options::new().api_key(key))?;
        Ok(ImpersonationKey(cw.impersonation_key(argument)?))
    }

    fn close(&self) {
        self.cw.close();
        runtime::close_unused();
    }

    /// Closes the client and waits until the calls in flight have ended. Those that have not ended
    /// after `timeout` fail.
    #[pyo3(signature = (timeout=None))]
    fn drain(&self, py: Python<'_>, timeout: Option<&Bound<'_, PyAny>>) -> Result<()> {
        let timeout = timeout.map(|value| input::wait("timeout", value)).transpose()?;
        Ok(closing::wait(py, &self.cw, timeout)?)
    }

    /// Like `drain`, for the running event loop. Returns `None` if no call is in flight.
    #[pyo3(signature = (timeout=None))]
    fn start_draining(&self, py: Python<'_>, timeout: Option<&Bound<'_, PyAny>>) -> Result<Option<Ticket>> {
        let timeout = timeout.map(|value| input::wait("timeout", value)).transpose()?;
        Ok(closing::start(py, &self.cw, timeout)?)
    }

    fn diagnose(&self, py: Python<'_>) -> String {
        // This reads certificate files.
        py.detach(|| self.cw.diagnose().to_string())
    }

    #[getter]
    fn closed(&self) -> bool {
        self.cw.is_closed()
    }

    #[getter]
    fn base_url(&self) -> &str {
        self.cw.base_url()
    }

    #[getter]
    fn read_only(&self) -> bool {
        self.cw.read_only()
    }

    // A function can refer to the client.
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.key.as_ref().map_or(Ok(()), |key| visit.call(key))
    }

    fn __repr__(&self) -> String {
        format!("NativeClient(base_url='{}')", self.cw.base_url())
    }
}

/// Returns the options, with the function that requests the key if there is one.
fn asked(options: Options, key: bool) -> Options {
    if key { options.api_key_asked(|_| request_key()) } else { options }
}

/// Returns a string such as `python 3.11.7`, for the `User-Agent` header.
fn binding(py: Python<'_>) -> String {
    let version = py.version_info();
    format!("python {}.{}.{}", version.major, version.minor, version.patch)
}
