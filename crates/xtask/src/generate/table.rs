//! Tables in TOML.

use std::fs;

use serde::de::DeserializeOwned;

use crate::run::{Result, root};

/// Reads the text of a table, by its path in the checkout.
pub fn text(path: &str) -> Result<String> {
    fs::read_to_string(root().join(path)).map_err(|error| format!("cannot read {path}: {error}"))
}

/// Parses a table. The message for a wrong row names the line.
pub fn parse<T: DeserializeOwned>(path: &str, text: &str) -> Result<T> {
    toml::from_str(text).map_err(|error| format!("{path}: {error}"))
}
