//! Tables in TOML.

use std::fs;

use serde::de::DeserializeOwned;

use crate::run::{Outcome, root};

/// The text of a table, by its path in the checkout.
pub fn text(path: &str) -> Outcome<String> {
    fs::read_to_string(root().join(path)).map_err(|error| format!("cannot read {path}: {error}"))
}

/// The rows of a table. The message for a wrong one names the line.
pub fn parse<T: DeserializeOwned>(path: &str, text: &str) -> Outcome<T> {
    toml::from_str(text).map_err(|error| format!("{path}: {error}"))
}
