//! Values for Python: models, lists, the usage history, credentials, raw responses, exceptions.

mod convert;
mod dry_run;
mod error;
mod history;
mod list;
mod mapping;
mod models;
mod pickled;
mod raw;
mod register;
mod response;
mod results;
mod secret;
mod shared_history;
mod table;
mod usage_stats;
mod wire;

use pyo3::prelude::*;

pub use convert::{ToPython, loads, time_to_python};
pub use dry_run::DryRun;
pub use error::{Failure, Result, ascii_ellipsis, exception};
pub use models::{Client, Plan};
pub use raw::RawResponse;
pub use register::register;
pub use results::Output;
pub use secret::ImpersonationKey;
pub use wire::equal;

/// Returns the raw JSON of a model or of a part of a history, or `None` for any other value.
pub fn raw_json(value: &Bound<'_, PyAny>) -> Option<serde_json::Value> {
    models::raw_json(value).or_else(|| history::raw_json(value))
}
