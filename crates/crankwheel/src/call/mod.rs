//! A call: one operation with its arguments, its raw response and its dry run.

mod prepared;

pub(crate) use prepared::{Context, Reader};

pub use prepared::{Call, DryRun, RawBody, RawResponse};
