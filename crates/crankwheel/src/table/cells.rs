//! Reading the values of single cells.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::columns::NULL_INT;
use crate::json::{DecodeError, Path, read_integer, read_text};
use crate::time::parse_timestamp;

/// Reads a string, borrowed if it contains no escape.
pub(super) fn text<'de>(
    raw: Option<&'de RawValue>,
    at: &Path<'_>,
) -> Result<Option<Cow<'de, str>>, DecodeError> {
    let Some(json) = raw.map(RawValue::get).filter(|json| *json != "null") else { return Ok(None) };
    match json.strip_prefix('"').and_then(|json| json.strip_suffix('"')) {
        Some(inner) if !inner.contains('\\') => Ok(Some(Cow::Borrowed(inner))),
        _ => match read_text(json) {
            Some(text) => Ok(Some(Cow::Owned(text.into()))),
            None => Err(DecodeError::expected(at, "a string", json)),
        },
    }
}

/// Reads a timestamp as microseconds since 1970.
pub(super) fn time(raw: Option<&RawValue>, at: &Path<'_>) -> Result<Option<i64>, DecodeError> {
    let Some(written) = text(raw, at)? else { return Ok(None) };
    match parse_timestamp(&written) {
        Some(timestamp) => Ok(Some(timestamp.as_microsecond())),
        None => Err(DecodeError::expected(at, "a timestamp", &written)),
    }
}

/// Reads a count or a number of seconds.
pub(super) fn count(raw: &RawValue, at: &Path<'_>) -> Result<Option<i64>, DecodeError> {
    match raw.get() {
        "null" => Ok(None),
        json => match read_integer(json).filter(|count| *count != NULL_INT) {
            Some(count) => Ok(Some(count)),
            None => Err(DecodeError::expected(at, "an integer", json)),
        },
    }
}
