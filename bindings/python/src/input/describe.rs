//! Describes values in error messages.

use crankwheel::brief;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString};

use super::numpy::plain;

/// The largest number of characters of a value that a message shows.
const MOST: usize = 60;

/// Returns the name of a value's class.
pub fn class_of(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map(|name| brief(&name.to_string())).unwrap_or_default()
}

/// Describes a value in a few words: `"acmecorp"`, `5`, `None`, `list`. It never fails.
pub fn shown(value: &Bound<'_, PyAny>) -> String {
    if value.is_none() {
        return "None".to_owned();
    }
    let value = plain(value);
    if let Ok(flag) = value.cast::<PyBool>() {
        return if flag.is_true() { "True" } else { "False" }.to_owned();
    }
    if let Ok(text) = value.cast::<PyString>() {
        let text = text.to_string_lossy();
        let characters = text.chars().count();
        let start: String = text.chars().take(MOST).map(|c| if c.is_control() { ' ' } else { c }).collect();
        return match characters > MOST {
            true => format!("\"{start}...\" ({characters} characters)"),
            false => format!("\"{start}\""),
        };
    }
    if value.is_instance_of::<PyInt>() {
        // Python writes no integer of thousands of digits.
        let digits = value.py().get_type::<PyInt>().call_method1("__repr__", (&value,));
        let digits = digits.ok().and_then(|digits| digits.extract::<String>().ok());
        return match digits.filter(|digits| digits.len() <= MOST) {
            Some(digits) => digits,
            None => "an integer of more than 60 digits".to_owned(),
        };
    }
    if let Ok(number) = value.cast::<PyFloat>() {
        let number = number.value();
        return match number.is_finite() {
            true => format!("{number:?}"),
            false => number.to_string().to_lowercase(),
        };
    }
    class_of(&value)
}
