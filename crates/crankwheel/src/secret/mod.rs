//! Secrets, and keeping them out of everything that is shown.

mod hidden;
mod impersonation;
mod redactor;
mod segment;

pub(crate) use impersonation::{IMPERSONATION_PREFIX, impersonated, impersonation_key};
pub(crate) use redactor::Redactor;
pub(crate) use segment::encode_segment;

pub use hidden::Secret;
