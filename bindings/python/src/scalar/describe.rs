//! Describes values in error messages.

use std::borrow::Cow;

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

/// Returns a string that is not valid Unicode with escapes for the halves of surrogate pairs, as Python
/// writes them: `a\ud800`.
fn escaped(text: &Bound<'_, PyString>) -> String {
    let class = text.py().get_type::<PyString>();
    let bytes = class.call_method1("encode", (text, "utf-8", "backslashreplace"));
    let bytes = bytes.and_then(|bytes| bytes.extract::<Vec<u8>>());
    bytes.map_or_else(|_| String::new(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
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
        let text = text.to_cow().map_or_else(|_| escaped(text), Cow::into_owned);
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
