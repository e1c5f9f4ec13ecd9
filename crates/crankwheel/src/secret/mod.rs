//! Secrets, and how they are kept out of messages, logs and debug output.

mod header_values;
mod hidden;
mod impersonation;
mod redactor;
mod segment;

pub(crate) use header_values::secrets_of_header;
pub(crate) use impersonation::{IMPERSONATION_PREFIX, impersonated_client, impersonation_key};
pub(crate) use redactor::Redactor;
pub(crate) use segment::encode_segment;

pub use hidden::Secret;
