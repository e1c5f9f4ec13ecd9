//! Calls: an operation with its arguments, its raw response and its dry run.

mod context;
mod dry_run;
mod prepared;
mod raw_body;
mod raw_response;

pub(crate) use context::Context;

pub use dry_run::DryRun;
pub use prepared::{Call, InFlight};
pub use raw_body::{RawBody, body_json};
pub use raw_response::RawResponse;
