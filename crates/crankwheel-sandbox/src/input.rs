//! Reads JSON from the sandbox's owner. Errors name the field, the invalid value and what to do.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::error::SandboxError;
use crate::time;

/// Longer values are cut in messages.
const MAX_SHOWN_CHARACTERS: usize = 80;

/// Creates the error of an invalid argument.
pub(crate) fn invalid(message: impl Into<String>) -> SandboxError {
    SandboxError::Invalid(message.into())
}

/// Cuts a long string for a message.
pub(crate) fn short(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}… ({} bytes)", text.get(..end).unwrap_or_default(), text.len()),
        None => text.to_owned(),
    }
}

/// Quotes a string for a message.
pub(crate) fn quoted(text: &str) -> String {
    format!("{:?}", short(text))
}

/// Describes a value for a message. Languages spell truth values differently, so they are not shown.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "a boolean".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::String(text) => quoted(text),
        Value::Number(number) => short(&number.to_string()),
    }
}

/// Reads a body as JSON.
pub(crate) fn parse(body: &[u8]) -> Result<Value, SandboxError> {
    if body.trim_ascii().is_empty() {
        return Err(invalid("body: must not be empty; send a JSON object"));
    }
    serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        invalid(format!("body: not valid JSON at line {line}, column {column}; send a JSON object"))
    })
}

/// The fields of one object that are still to be read.
pub(crate) struct Input(Map<String, Value>);

impl Input {
    /// Takes an object that has none but these fields.
    pub(crate) fn new(value: Value, valid: &[&str]) -> Result<Self, SandboxError> {
        let fields = match value {
            Value::Object(fields) => fields,
            value => {
                let valid = valid.join(", ");
                let got = shown(&value);
                return Err(invalid(format!("body: must be an object with the fields {valid}, got {got}")));
            }
        };
        match fields.keys().find(|name| !valid.contains(&name.as_str())) {
            Some(name) => {
                let valid = valid.join(", ");
                Err(invalid(format!("{}: unknown field; valid fields are {valid}", short(name))))
            }
            None => Ok(Self(fields)),
        }
    }

    /// Takes a field that must be there.
    pub(crate) fn required<T: FromJson>(&mut self, name: &str) -> Result<T, SandboxError> {
        match self.0.remove(name) {
            None => Err(invalid(format!("{name}: missing; must be {}", T::EXPECTED))),
            Some(value) => read(name, &value),
        }
    }

    /// Takes a field that may be missing or null.
    pub(crate) fn optional<T: FromJson>(&mut self, name: &str) -> Result<Option<T>, SandboxError> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => read(name, &value).map(Some),
        }
    }
}

fn read<T: FromJson>(name: &str, value: &Value) -> Result<T, SandboxError> {
    T::from_json(value)
        .ok_or_else(|| invalid(format!("{name}: must be {}, got {}", T::EXPECTED, shown(value))))
}

/// A type that a field can have.
pub(crate) trait FromJson: Sized {
    /// Follows "must be" in messages.
    const EXPECTED: &'static str;

    fn from_json(value: &Value) -> Option<Self>;
}

impl FromJson for i64 {
    const EXPECTED: &'static str = "an integer";

    fn from_json(value: &Value) -> Option<Self> {
        value.as_i64()
    }
}

impl FromJson for u64 {
    const EXPECTED: &'static str = "an integer of 0 or more";

    fn from_json(value: &Value) -> Option<Self> {
        value.as_u64()
    }
}

impl FromJson for u32 {
    const EXPECTED: &'static str = "an integer between 0 and 4294967295";

    fn from_json(value: &Value) -> Option<Self> {
        value.as_u64()?.try_into().ok()
    }
}

impl FromJson for bool {
    const EXPECTED: &'static str = "a boolean";

    fn from_json(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl FromJson for String {
    const EXPECTED: &'static str = "a string";

    fn from_json(value: &Value) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
}

impl FromJson for Value {
    const EXPECTED: &'static str = "a JSON value";

    fn from_json(value: &Value) -> Option<Self> {
        Some(value.clone())
    }
}

/// An instant, in microseconds since 1970.
pub(crate) struct Instant(pub(crate) i64);

impl FromJson for Instant {
    const EXPECTED: &'static str = "an RFC 3339 time with a zone, such as 2019-03-01T12:00:00Z";

    fn from_json(value: &Value) -> Option<Self> {
        value.as_str().and_then(time::parse_rfc3339).map(Self)
    }
}

/// Header fields by name.
pub(crate) type Headers = BTreeMap<String, String>;

impl FromJson for Headers {
    const EXPECTED: &'static str = "an object whose values are strings";

    fn from_json(value: &Value) -> Option<Self> {
        let headers = value.as_object()?.iter();
        headers.map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn message<T>(result: Result<T, SandboxError>) -> String {
        result.err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn each_error_names_the_field_and_the_value() {
        let valid = ["count", "name", "at"];
        let input = |value| Input::new(value, &valid);
        let unknown = message(input(json!({ "cuont": 1 })));
        assert_eq!(unknown, "cuont: unknown field; valid fields are count, name, at");
        let list = message(input(json!([1])));
        assert_eq!(list, "body: must be an object with the fields count, name, at, got a list");
        let missing = message(input(json!({})).unwrap().required::<i64>("count"));
        assert_eq!(missing, "count: missing; must be an integer");
        for (value, shown) in [
            (json!("5"), "\"5\""),
            (json!(5.5), "5.5"),
            (json!(null), "null"),
            (json!(true), "a boolean"),
            (json!({}), "an object"),
            (json!(-1), "-1"),
            (json!(4_294_967_296_u64), "4294967296"),
        ] {
            let got = message(input(json!({ "count": value })).unwrap().required::<u32>("count"));
            assert_eq!(got, format!("count: must be an integer between 0 and 4294967295, got {shown}"));
        }
        let at = message(input(json!({ "at": "2019-03-01" })).unwrap().optional::<Instant>("at"));
        assert!(at.starts_with("at: must be an RFC 3339 time") && at.ends_with("got \"2019-03-01\""), "{at}");
        assert!(input(json!({ "at": null })).unwrap().optional::<Instant>("at").unwrap().is_none());
    }

    #[test]
    fn long_values_are_cut() {
        let name = json!({ "name": "x".repeat(10_000_000) });
        let error = message(Input::new(name, &["name"]).unwrap().required::<u64>("name"));
        assert!(error.len() < 250, "{}", error.len());
        assert!(error.contains("10000000 bytes"), "{error}");
    }

    #[test]
    fn a_body_that_is_not_json_is_explained() {
        for (body, expected) in [
            ("", "body: must not be empty"),
            (" \n", "body: must not be empty"),
            ("{\"a\": ", "body: not valid JSON at line 1, column 6"),
            ("\u{feff}{}", "body: not valid JSON"),
        ] {
            let got = message(parse(body.as_bytes()));
            assert!(got.starts_with(expected), "{got}");
        }
    }
}
