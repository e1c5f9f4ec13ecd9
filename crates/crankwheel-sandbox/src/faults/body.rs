//! The body of a response, as a fault has it in JSON.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Reads a string, or another value as the JSON that it is.
pub(super) fn string_or_json<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Null => String::new(),
        Value::String(string) => string,
        value => value.to_string(),
    })
}
