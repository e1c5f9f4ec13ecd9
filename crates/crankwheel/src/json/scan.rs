//! Splitting JSON into its values without building a tree: every value borrows from the body.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::decode_error::DecodeError;
use super::path::Path;
use super::scalar::read_any_text;

/// The byte-order mark, which some servers write before the body.
pub(crate) const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Checks that a body is one JSON value, and returns it. A byte-order mark before it is skipped.
pub(crate) fn parse(body: &Bytes) -> Result<&RawValue, DecodeError> {
    let text = std::str::from_utf8(body).map_err(|error| {
        DecodeError::new(&Path::Root, format!("not valid UTF-8 at byte {}", error.valid_up_to()))
    })?;
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    if text.trim().is_empty() {
        return Err(DecodeError::new(&Path::Root, "the body is empty"));
    }
    check_depth(text)?;
    serde_json::from_str(text)
        .map_err(|error| DecodeError::new(&Path::Root, format!("not valid JSON: {error}")))
}

/// The maximum nesting. Documented responses have five levels. Without a limit, code that recurses
/// over the raw JSON could overflow the stack.
pub(crate) const MAX_DEPTH: usize = 100;

fn check_depth(text: &str) -> Result<(), DecodeError> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            let problem = format!("nested more than {MAX_DEPTH} levels deep");
            return Err(DecodeError::new(&Path::Root, problem));
        }
    }
    Ok(())
}

/// Returns the elements of a list.
pub(crate) fn list<'de>(raw: &'de RawValue, at: &Path<'_>) -> Result<Vec<&'de RawValue>, DecodeError> {
    if !raw.get().starts_with('[') {
        return Err(DecodeError::expected(at, "a list", raw.get()));
    }
    serde_json::from_str(raw.get()).map_err(|error| DecodeError::new(at, error.to_string()))
}

/// Returns the members of an object in their order in the JSON. A name with half a surrogate pair
/// keeps the escape.
pub(crate) fn members<'de>(
    raw: &'de RawValue,
    at: &Path<'_>,
) -> Result<Vec<(Cow<'de, str>, &'de RawValue)>, DecodeError> {
    let members = raw_members(raw, at)?;
    Ok(members.into_iter().map(|(name, value)| (name.text(), value)).collect())
}

/// Returns the members of an object with the JSON of their names.
pub(crate) fn raw_members<'de>(
    raw: &'de RawValue,
    at: &Path<'_>,
) -> Result<Vec<(Key<'de>, &'de RawValue)>, DecodeError> {
    if !raw.get().starts_with('{') {
        return Err(DecodeError::expected(at, "an object", raw.get()));
    }
    let Members(members) =
        serde_json::from_str(raw.get()).map_err(|error| DecodeError::new(at, error.to_string()))?;
    Ok(members)
}

/// Returns the JSON of an object with the members of an object that are not known; `None` if there
/// are none.
pub(crate) fn unknown_json(object: &str, known: impl Fn(&str) -> bool) -> Option<String> {
    let members = raw_members(serde_json::from_str(object).ok()?, &Path::Root).ok()?;
    let unknown = members.iter().filter(|(name, _)| !known(&name.text()));
    object_json(unknown.map(|(name, value)| (name.json(), value.get())))
}

/// Returns the JSON of an object with these members, whose names are JSON, too; `None` if there are
/// none.
pub(crate) fn object_json<'a>(members: impl Iterator<Item = (&'a str, &'a str)>) -> Option<String> {
    let mut out = String::new();
    for (name, value) in members {
        out.push(if out.is_empty() { '{' } else { ',' });
        out.push_str(name);
        out.push(':');
        out.push_str(value);
    }
    (!out.is_empty()).then(|| out + "}")
}

/// Converts valid JSON to a value. A scalar that Rust cannot represent (a number out of the range
/// of `f64`, half a surrogate pair) becomes a string with its JSON, so that the rest is not lost.
pub(crate) fn value(text: &str) -> serde_json::Value {
    if let Ok(value) = serde_json::from_str(text) {
        return value;
    }
    let Ok(raw) = serde_json::from_str::<&RawValue>(text) else { return serde_json::Value::Null };
    if let Ok(members) = members(raw, &Path::Root) {
        return members.into_iter().map(|(name, raw)| (name.into_owned(), value(raw.get()))).collect();
    }
    match list(raw, &Path::Root) {
        Ok(items) => items.into_iter().map(|raw| value(raw.get())).collect(),
        Err(_) => raw.get().into(),
    }
}

struct Members<'de>(Vec<(Key<'de>, &'de RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::with_capacity(32);
                while let Some(key) = map.next_key()? {
                    members.push((key, map.next_value()?));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}

/// The JSON of a member's name. It is read as it is: a name with half a surrogate pair is valid JSON,
/// but not a `str`.
pub(crate) struct Key<'de>(&'de RawValue);

impl<'de> Key<'de> {
    /// Returns the name, borrowed if it contains no escape.
    pub fn text(&self) -> Cow<'de, str> {
        read_any_text(self.0.get()).map_or(Cow::Borrowed(self.0.get()), |(text, _)| text)
    }

    /// Returns the JSON of the name.
    pub fn json(&self) -> &'de str {
        self.0.get()
    }
}

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(Key)
    }
}
