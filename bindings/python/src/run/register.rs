//! Adds the classes and functions of this folder to the module.

use pyo3::prelude::*;

use super::call::PreparedCall;
use super::completion::Ticket;
use super::native_client::NativeClient;
use super::{operations, request};

/// Adds the classes and functions to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    operations::register(module)?;
    request::register(module)?;
    module.add_class::<PreparedCall>()?;
    module.add_class::<Ticket>()?;
    module.add_class::<NativeClient>()
}
