//! Timestamps: the forms that the API sends, and the forms that it takes.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

mod digits;

pub(crate) use digits::{Timestamps, integer};

/// Reads a timestamp in any form that the API sends: `Z` with 0, 1 or 6 digits, without a time zone
/// (which is UTC), or with a blank instead of the `T`. Returns `None` if it is not a timestamp.
///
/// ```
/// let one = crankwheel::parse_timestamp("2019-02-28T10:09:30.701107").unwrap();
/// assert_eq!(one, "2019-02-28T10:09:30.701107Z".parse().unwrap());
/// ```
pub fn parse_timestamp(text: &str) -> Option<Timestamp> {
    match Timestamps::default().read(text.as_bytes()) {
        Some((micros, b"")) => Timestamp::from_microsecond(micros).ok(),
        _ => parse_any_timestamp(text),
    }
}

/// Reads a timestamp in any form.
fn parse_any_timestamp(text: &str) -> Option<Timestamp> {
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp);
    }
    let naive = text.parse::<DateTime>().ok()?;
    TimeZone::UTC.to_timestamp(naive).ok()
}

/// Formats a timestamp for a query: RFC 3339 in UTC, rounded down to the microsecond, without
/// trailing zeros.
pub(crate) fn query_form(timestamp: Timestamp) -> String {
    let micros = Timestamp::from_microsecond(timestamp.as_microsecond()).unwrap_or(timestamp);
    micros.to_string()
}

/// Formats the timestamp of a soft or hard limit for an update: `YYYY-MM-DD HH:mm:SS.0Z`.
pub(crate) fn limit_form(timestamp: Timestamp) -> String {
    timestamp.strftime("%Y-%m-%d %H:%M:%S.0Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_timestamp_is_read() {
        for (text, utc) in [
            ("2019-02-28T23:59:59Z", "2019-02-28T23:59:59Z"),
            ("2019-02-01T00:00:00.0Z", "2019-02-01T00:00:00Z"),
            ("2020-04-23T09:56:02.000001Z", "2020-04-23T09:56:02.000001Z"),
            ("2019-02-28T10:09:30.701107", "2019-02-28T10:09:30.701107Z"),
            ("2019-03-03 15:08:10.0Z", "2019-03-03T15:08:10Z"),
            ("2019-03-03T16:08:10+01:00", "2019-03-03T15:08:10Z"),
        ] {
            assert_eq!(parse_timestamp(text), Some(utc.parse().unwrap()), "{text}");
        }
        for text in ["", "yesterday", "2019-13-01T00:00:00Z", "12", "2019-02-28T25:00:00Z"] {
            assert_eq!(parse_timestamp(text), None, "{text}");
        }
    }

    #[test]
    fn every_form_of_a_timestamp_is_written() {
        let timestamp: Timestamp = "2019-03-03T15:08:10.25Z".parse().unwrap();
        assert_eq!(query_form(timestamp), "2019-03-03T15:08:10.25Z");
        assert_eq!(limit_form(timestamp), "2019-03-03 15:08:10.0Z");
    }
}
