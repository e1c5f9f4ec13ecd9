//! The raw request, the only call that is not an operation of the contract.

use pyo3::prelude::*;

use super::call::PreparedCall;
use super::native_client::NativeClient;
use crate::input;
use crate::output::Result;

#[pyfunction]
#[pyo3(signature = (native, method, path, query, json))]
fn raw_request(
    py: Python<'_>,
    native: &NativeClient,
    method: &Bound<'_, PyAny>,
    path: &Bound<'_, PyAny>,
    query: Option<&Bound<'_, PyAny>>,
    json: Option<&Bound<'_, PyAny>>,
) -> Result<PreparedCall> {
    let (method, path) = (input::string("method", method)?, input::string("path", path)?);
    let query = input::query(query)?;
    let query: Vec<(&str, &str)> =
        query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let body = json.map(|value| input::json("json", value)).transpose()?;
    Ok(native.prepared(py, native.cw.request(&method, &path, &query, body.as_ref())))
}

/// Adds the function to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(raw_request, module)?)
}
