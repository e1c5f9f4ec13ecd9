//! Members that every response, and every part of one, has.

use std::borrow::Cow;

use crankwheel::Error;
use pyo3::prelude::*;

/// A response, or a part of one.
pub trait Wire: Sized + PartialEq {
    /// The names of the documented attributes.
    const NAMES: &'static [&'static str];
    /// Returns the documented attributes that the mapping has.
    fn names(&self) -> Vec<&'static str> {
        Self::NAMES.to_vec()
    }
    /// Returns the members that this version does not know as JSON, `None` if there are none.
    fn unknown(&self) -> Option<String>;
    /// Returns the raw JSON.
    fn json_text(&self) -> Cow<'_, str>;
    /// Parses the raw JSON.
    fn from_json_text(text: &str) -> Result<Self, Error>;
    /// Returns what a pickle contains.
    fn pickled(&self) -> Cow<'_, str> {
        self.json_text()
    }
    /// Parses what a pickle contains, which can be the raw JSON.
    fn from_pickled(text: &str) -> Result<Self, Error> {
        Self::from_json_text(text)
    }
    /// Returns the fields that `repr` shows, with their values.
    fn shown(&self, py: Python<'_>) -> PyResult<Vec<Shown>>;
    /// Returns a hash of the fields that equality compares.
    fn hash_value(&self) -> u64;
}

/// A field that `repr` shows, with the `repr` of its value.
pub type Shown = (&'static str, String);
