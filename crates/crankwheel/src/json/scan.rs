//! Splitting JSON into its values without building a tree: every value borrows from the body.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use memchr::{memchr2, memmem};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::decode_error::DecodeError;
use super::path::Path;
use super::scalar::read_any_text;

/// The byte-order mark, which some servers write before the body.
pub(crate) const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Checks that a body is one JSON value, and returns it. A byte-order mark before it is skipped.
pub(crate) fn parse(body: &Bytes) -> Result<&RawValue, DecodeError> {
    serde_json::from_str(text(body)?)
        .map_err(|error| DecodeError::new(&Path::Root, format!("not valid JSON: {error}")))
}

/// Returns the text of a body, without white space around it. It is not nested too deeply. Whether it
/// is JSON is not yet checked.
pub(crate) fn text(body: &Bytes) -> Result<&str, DecodeError> {
    let text = std::str::from_utf8(body).map_err(|error| {
        DecodeError::new(&Path::Root, format!("not valid UTF-8 at byte {}", error.valid_up_to()))
    })?;
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    if text.trim().is_empty() {
        return Err(DecodeError::new(&Path::Root, "the body is empty"));
    }
    check_depth(text)?;
    Ok(text.trim_matches([' ', '\n', '\r', '\t']))
}

/// The maximum nesting. Documented responses have five levels. Without a limit, code that recurses
/// over the raw JSON could overflow the stack.
pub(crate) const MAX_DEPTH: usize = 100;

fn check_depth(text: &str) -> Result<(), DecodeError> {
    let bytes = text.as_bytes();
    // Most bodies have fewer brackets than the limit, which is counted quickly.
    let brackets = |bytes: &[u8]| bytes.iter().map(|byte| u8::from(matches!(byte, b'{' | b'['))).sum::<u8>();
    if bytes.chunks(usize::from(u8::MAX)).map(|bytes| usize::from(brackets(bytes))).sum::<usize>()
        <= MAX_DEPTH
    {
        return Ok(());
    }
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'"' => at += string_len(bytes.get(at..).unwrap_or_default()),
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

/// Returns the size of a string and its closing quote, or of all if it is not closed.
fn string_len(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += found + 1;
        if bytes.get(at - 1) == Some(&b'"') {
            return at;
        }
        at += 1;
    }
    bytes.len()
}

/// Returns the elements of a list, and checks that it is valid JSON.
pub(crate) fn list<'de>(json: &'de str, at: &Path<'_>) -> Result<Vec<&'de RawValue>, DecodeError> {
    if !json.starts_with('[') {
        return Err(DecodeError::expected(at, "a list", json));
    }
    serde_json::from_str(json).map_err(|error| DecodeError::new(at, error.to_string()))
}

/// Returns the members of an object in their order in the JSON. A name with half a surrogate pair
/// keeps the escape.
pub(crate) fn members<'de>(
    json: &'de str,
    at: &Path<'_>,
) -> Result<Vec<(Cow<'de, str>, &'de RawValue)>, DecodeError> {
    let mut members = Vec::new();
    each_member(json, at, |name, value| members.push((name, value)))?;
    Ok(members)
}

/// Calls `visit` with the members of an object, and checks that it is valid JSON. After an error, the
/// members before it have been visited.
pub(crate) fn each_member<'de>(
    json: &'de str,
    at: &Path<'_>,
    mut visit: impl FnMut(Cow<'de, str>, &'de RawValue),
) -> Result<(), DecodeError> {
    // Names are read faster as strings, but half a surrogate pair is no string.
    let surrogates =
        ["\\ud", "\\uD"].iter().any(|escape| memmem::find(json.as_bytes(), escape.as_bytes()).is_some());
    if surrogates {
        visit_members(json, at, |key: Key<'de>, value| visit(key.text(), value))
    } else {
        visit_members(json, at, |Name(name), value| visit(name, value))
    }
}

fn visit_members<'de, K: Deserialize<'de>>(
    json: &'de str,
    at: &Path<'_>,
    visit: impl FnMut(K, &'de RawValue),
) -> Result<(), DecodeError> {
    if !json.starts_with('{') {
        return Err(DecodeError::expected(at, "an object", json));
    }
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let visited = deserializer.deserialize_map(Members(visit, PhantomData));
    visited.and_then(|()| deserializer.end()).map_err(|error| DecodeError::new(at, error.to_string()))
}

/// Returns the JSON of an object with the members of an object that are not known; `None` if there
/// are none.
pub(crate) fn unknown_json(object: &str, known: impl Fn(&str) -> bool) -> Option<String> {
    let mut unknown = Vec::new();
    visit_members(object, &Path::Root, |name: Key<'_>, value| {
        if !known(&name.text()) {
            unknown.push((name.json(), value.get()));
        }
    })
    .ok()?;
    object_json(unknown.into_iter())
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
    if let Ok(members) = members(raw.get(), &Path::Root) {
        return members.into_iter().map(|(name, raw)| (name.into_owned(), value(raw.get()))).collect();
    }
    match list(raw.get(), &Path::Root) {
        Ok(items) => items.into_iter().map(|raw| value(raw.get())).collect(),
        Err(_) => raw.get().into(),
    }
}

struct Members<F, K>(F, PhantomData<K>);

impl<'de, F: FnMut(K, &'de RawValue), K: Deserialize<'de>> Visitor<'de> for Members<F, K> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key()? {
            self.0(key, map.next_value()?);
        }
        Ok(())
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

/// The name of a member, which has no half of a surrogate pair.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Take;

        impl<'de> Visitor<'de> for Take {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_str(Take)
    }
}
