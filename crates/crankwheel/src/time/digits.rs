//! The usual forms of integers and timestamps, read from their digits.
//!
//! Each function reads from the beginning of the bytes, and returns the value and the bytes after it.
//! `None` means that the value can only be read as general JSON.

use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Reads an integer without a sign.
pub(crate) fn integer(bytes: &[u8]) -> Option<(i64, &[u8])> {
    // 18 digits fit.
    let len = bytes.iter().take(19).take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, after) = bytes.split_at_checked(len)?;
    let valid = match digits {
        [] | [b'0', _, ..] => false,
        _ => len < 19,
    };
    valid.then(|| (number(digits), after))
}

/// Reads timestamps. The date of the last one is remembered.
#[derive(Debug, Default)]
pub(crate) struct Timestamps {
    date: [u8; 10],
    /// The microseconds from 1970 to the beginning of the date.
    midnight: i64,
}

impl Timestamps {
    /// Reads a timestamp in UTC as microseconds since 1970. A fraction of more than six digits is not
    /// read, because it would have to be rounded.
    pub fn read<'a>(&mut self, bytes: &'a [u8]) -> Option<(i64, &'a [u8])> {
        let (date, bytes) = bytes.split_first_chunk()?;
        let (&[separator, h1, h2, b':', m1, m2, b':', s1, s2], bytes) = bytes.split_first_chunk()? else {
            return None;
        };
        let pair = |tens: u8, ones: u8| {
            (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| number(&[tens, ones]))
        };
        let (hour, minute, second) = (pair(h1, h2)?, pair(m1, m2)?, pair(s1, s2)?);
        if !matches!(separator, b'T' | b' ') || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let (micros, bytes) = match bytes.strip_prefix(b".") {
            Some(bytes) => fraction(bytes)?,
            None => (0, bytes),
        };
        let bytes = bytes.strip_prefix(b"Z").unwrap_or(bytes);
        let seconds = (hour * 60 + minute) * 60 + second;
        Some((self.midnight(date)? + seconds * 1_000_000 + micros, bytes))
    }

    fn midnight(&mut self, date: &[u8; 10]) -> Option<i64> {
        if self.date != *date {
            self.midnight = midnight(date)?;
            self.date = *date;
        }
        Some(self.midnight)
    }
}

/// Reads the fraction of a second as microseconds.
fn fraction(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let len = bytes.iter().take(7).take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, after) = bytes.split_at_checked(len)?;
    let scale = 10_i64.pow(6_u32.checked_sub(u32::try_from(len).ok()?)?);
    (len > 0).then(|| (number(digits) * scale, after))
}

/// Reads a date of the years in which there can be sessions.
fn midnight(&[y1, y2, y3, y4, b1, m1, m2, b2, d1, d2]: &[u8; 10]) -> Option<i64> {
    let digits = [y1, y2, y3, y4, m1, m2, d1, d2];
    if b1 != b'-' || b2 != b'-' || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let part = |digits: &[u8]| i16::try_from(number(digits)).ok();
    let (month, day) = (i8::try_from(part(&[m1, m2])?).ok()?, i8::try_from(part(&[d1, d2])?).ok()?);
    let date = Date::new(part(&[y1, y2, y3, y4])?, month, day).ok()?;
    let midnight = TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()?;
    (1970..2200).contains(&date.year()).then(|| midnight.as_microsecond())
}

/// Returns the number that at most 18 digits mean.
fn number(digits: &[u8]) -> i64 {
    digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit & 0x0f))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json::read_integer;
    use crate::time::parse_any_timestamp;

    #[test]
    fn only_what_is_read_exactly_is_read() {
        for (text, micros) in [
            ("2019-02-28T23:59:59Z", Some(1_551_398_399_000_000)),
            ("2019-02-28T23:59:59.5", Some(1_551_398_399_500_000)),
            ("2019-02-28 23:59:59.0Z", Some(1_551_398_399_000_000)),
            ("2020-02-29T00:00:00.000001Z", Some(1_582_934_400_000_001)),
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2019-02-29T00:00:00Z", None),
            ("2019-02-28T24:00:00Z", None),
            ("2019-02-28T23:59:60Z", None),
            ("2019-02-28T23:59:59.Z", None),
            ("2019-02-28T23:59:59.1234567Z", None),
            ("1969-12-31T23:59:59Z", None),
            ("2019-02-28t23:59:59Z", None),
            ("2019-02-28", None),
            ("0000000000T00:00:00Z", None),
            ("", None),
        ] {
            let read = Timestamps::default().read(text.as_bytes());
            assert_eq!(read, micros.map(|micros| (micros, &b""[..])), "{text}");
        }
        for (text, expected) in [
            ("0,", Some((0, &b","[..]))),
            ("7", Some((7, b""))),
            ("123456789012345678}", Some((123_456_789_012_345_678, b"}"))),
            ("5.0", Some((5, b".0"))),
            ("1234567890123456789", None),
            ("07", None),
            ("-7", None),
            ("", None),
        ] {
            assert_eq!(integer(text.as_bytes()), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn timestamps_mean_what_the_general_path_reads(texts in prop::collection::vec(
            "(19|20|2[12])[0-9][0-9]-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,8})?Z?", 1..4
        )) {
            let mut timestamps = Timestamps::default();
            for text in texts {
                if let Some((micros, after)) = timestamps.read(text.as_bytes()) {
                    prop_assert_eq!(after, b"");
                    prop_assert_eq!(parse_any_timestamp(&text).map(|time| time.as_microsecond()), Some(micros), "{}", text);
                }
            }
        }

        #[test]
        fn integers_mean_what_the_general_path_reads(text in "-?[0-9]{0,20}") {
            if let Some((value, b"")) = integer(text.as_bytes()) {
                prop_assert_eq!(read_integer(&text), Some(value));
            }
        }
    }
}
