//! Reading the values of single cells.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::columns::NULL_INT;
use crate::json::{DecodeError, Path, read_any_text, read_integer};
use crate::time::parse_timestamp;

/// A string, and true if it is exact: half a surrogate pair is not.
pub(super) type Text<'de> = (Option<Cow<'de, str>>, bool);

/// Reads a string.
pub(super) fn text<'de>(raw: Option<&'de RawValue>, at: &Path<'_>) -> Result<Text<'de>, DecodeError> {
    let Some(json) = raw.map(RawValue::get).filter(|json| *json != "null") else { return Ok((None, true)) };
    match read_any_text(json) {
        Some((text, exact)) => Ok((Some(text), exact)),
        None => Err(DecodeError::expected(at, "a string", json)),
    }
}

/// Reads a timestamp as microseconds since 1970.
pub(super) fn time(raw: Option<&RawValue>, at: &Path<'_>) -> Result<Option<i64>, DecodeError> {
    let Some(written) = text(raw, at)?.0 else { return Ok(None) };
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
