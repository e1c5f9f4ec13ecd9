//! Secrets, and keeping them out of sight.

mod redactor;

pub(crate) use redactor::Redactor;
