//! Reading one string, number or id from JSON.

use std::borrow::Cow;
use std::fmt::{self, Write};

use serde::de::{Deserialize, Deserializer, Visitor};

/// Reads a string.
pub(crate) fn read_text(text: &str) -> Option<Box<str>> {
    // Most strings contain no escape: what is between the quotes is the string.
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') { serde_json::from_str(text).ok() } else { Some(inner.into()) }
}

/// Reads a string, and returns true if it is exact. JSON can contain half a surrogate pair, which a
/// `str` cannot: its escape stays in the string, as in `half \ud800`.
pub(crate) fn read_any_text(text: &str) -> Option<(Cow<'_, str>, bool)> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    if !inner.contains('\\') {
        return Some((Cow::Borrowed(inner), true));
    }
    if let Ok(text) = serde_json::from_str::<String>(text) {
        return Some((Cow::Owned(text), true));
    }
    let Wtf8(bytes) = serde_json::from_str(text).ok()?;
    let mut out = String::with_capacity(bytes.len());
    let mut rest = bytes.as_slice();
    loop {
        match std::str::from_utf8(rest) {
            Ok(valid) => {
                out.push_str(valid);
                return Some((Cow::Owned(out), false));
            }
            Err(error) => {
                let (valid, after) = rest.split_at(error.valid_up_to());
                out.push_str(std::str::from_utf8(valid).unwrap_or_default());
                let [0xED, high, low, tail @ ..] = after else { return None };
                let unit = 0xD000 | (u16::from(high & 0x3F) << 6) | u16::from(low & 0x3F);
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
                rest = tail;
            }
        }
    }
}

/// A string as UTF-8 in which each half of a surrogate pair is encoded like a character.
struct Wtf8(Vec<u8>);

impl<'de> Deserialize<'de> for Wtf8 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Take;

        impl Visitor<'_> for Take {
            type Value = Wtf8;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Wtf8, E> {
                Ok(Wtf8(bytes.to_vec()))
            }
        }

        deserializer.deserialize_bytes(Take)
    }
}

/// Reads an integer. `5.0` is one; `5.5` and `1e300` are not.
pub(crate) fn read_integer(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| {
        let number = read_number(text)?;
        let exact = number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0;
        exact.then_some(number as i64)
    })
}

/// Reads a finite number.
pub(crate) fn read_number(text: &str) -> Option<f64> {
    text.as_bytes().first().is_some_and(|b| b.is_ascii_digit() || *b == b'-').then_some(())?;
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Reads an id: an integer, or its digits as a string.
pub(crate) fn read_id(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_surrogate_pair_stays_an_escape() {
        for (json, text, exact) in [
            (r#""acme""#, "acme", true),
            (r#""caf\u00e9""#, "café", true),
            (r#""\ud83d\ude00""#, "😀", true),
            (r#""\uD800""#, r"\ud800", false),
            (r#""caf\u00e9 \udfff\n\ud83d\ude00""#, "café \\udfff\n😀", false),
            (r#""\ud800\ud800\udc00""#, "\\ud800\u{10000}", false),
        ] {
            assert_eq!(read_any_text(json), Some((text.into(), exact)), "{json}");
        }
        for wrong in ["", "\"", "5", r#""\x""#, r#""\ud8""#, "null"] {
            assert_eq!(read_any_text(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn numbers_and_ids() {
        assert_eq!(read_id("27084"), Some(27084));
        assert_eq!(read_id("\"27084\""), Some(27084));
        for wrong in ["\"\"", "-1", "1.0", "\"12a\"", "true", "99999999999999999999"] {
            assert_eq!(read_id(wrong), None, "{wrong}");
        }
        assert_eq!(read_integer("5.0"), Some(5));
        for wrong in ["5.5", "1e300", "\"5\"", "true"] {
            assert_eq!(read_integer(wrong), None, "{wrong}");
        }
        assert_eq!(read_number("0.02059690004832178"), Some(0.020_596_900_048_321_78));
        for wrong in ["1e999", "\"1\"", "nan", "inf", "null"] {
            assert_eq!(read_number(wrong), None, "{wrong}");
        }
    }
}
