//! Reading one string, number or id from JSON.

/// Reads a string.
pub(crate) fn read_text(text: &str) -> Option<Box<str>> {
    // Most strings contain no escape: what is between the quotes is the string.
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') { serde_json::from_str(text).ok() } else { Some(inner.into()) }
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
