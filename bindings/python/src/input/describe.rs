//! Describes values in error messages.

use crankwheel::brief;
use pyo3::prelude::*;

/// Returns the name of a value's class.
pub fn class_of(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map(|name| brief(&name.to_string())).unwrap_or_default()
}
