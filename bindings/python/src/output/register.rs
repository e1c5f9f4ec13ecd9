//! Adds the classes of this folder to the module.

use pyo3::prelude::*;

use super::dry_run::DryRun;
use super::raw::{RawBody, RawResponse};
use super::table::{Memory, Table};
use super::{history, list, models, secret};

/// Adds the classes to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    models::register(module)?;
    list::register(module)?;
    history::register(module)?;
    secret::register(module)?;
    module.add_class::<Table>()?;
    module.add_class::<Memory>()?;
    module.add_class::<RawBody>()?;
    module.add_class::<RawResponse>()?;
    module.add_class::<DryRun>()
}
