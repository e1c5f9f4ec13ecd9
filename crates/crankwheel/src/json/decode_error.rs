//! The error for JSON that does not have the expected form.

use std::fmt;

use super::excerpt::excerpt;
use super::path::Path;

/// A response that does not have the documented form: the place in it, and what was found there.
#[derive(Debug)]
pub struct DecodeError {
    /// The place, as [`Path`] displays it.
    pub at: String,
    /// The expected form, and what was found.
    pub problem: String,
}

impl DecodeError {
    pub(crate) fn new(at: &Path<'_>, problem: impl Into<String>) -> Self {
        DecodeError { at: at.to_string(), problem: problem.into() }
    }

    pub(crate) fn expected(at: &Path<'_>, what: &str, found: &str) -> Self {
        Self::new(at, format!("expected {what}, found {}", excerpt(found)))
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {}: {}", self.at, self.problem)
    }
}
