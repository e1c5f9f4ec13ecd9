//! Timestamps: the five shapes that the API sends, and the forms that it takes.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Reads a timestamp in any shape that the API sends: `Z` with 0, 1 or 6 digits, no zone at all, or a
/// blank instead of the `T`. What has no zone is UTC. `None`: not a timestamp.
///
/// ```
/// let one = crankwheel::parse_timestamp("2019-02-28T10:09:30.701107").unwrap();
/// assert_eq!(one, "2019-02-28T10:09:30.701107Z".parse().unwrap());
/// ```
pub fn parse_timestamp(text: &str) -> Option<Timestamp> {
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp);
    }
    let naive = text.parse::<DateTime>().ok()?;
    TimeZone::UTC.to_timestamp(naive).ok()
}

/// RFC 3339 in UTC with `Z`, to the microsecond, as few digits as say it: for query parameters.
pub(crate) fn query_form(timestamp: Timestamp) -> String {
    let micros = Timestamp::from_microsecond(timestamp.as_microsecond()).unwrap_or(timestamp);
    micros.to_string()
}

/// `YYYY-MM-DD HH:mm:SS.0Z`: the form in which soft and hard limits are written.
pub(crate) fn limit_form(timestamp: Timestamp) -> String {
    timestamp.strftime("%Y-%m-%d %H:%M:%S.0Z").to_string()
}

/// `YYYY-MM-DDTHH:MM:SS.ffffffZ`: the form of the usage history.
pub(crate) fn six_digits(micros: i64, out: &mut String) {
    use std::fmt::Write;
    if let Ok(timestamp) = Timestamp::from_microsecond(micros) {
        // Writing to a String cannot fail.
        let _ = write!(out, "{}", timestamp.strftime("%Y-%m-%dT%H:%M:%S.%6fZ"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_five_shapes() {
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
    fn written_forms() {
        let timestamp: Timestamp = "2019-03-03T15:08:10.25Z".parse().unwrap();
        assert_eq!(query_form(timestamp), "2019-03-03T15:08:10.25Z");
        assert_eq!(limit_form(timestamp), "2019-03-03 15:08:10.0Z");
        let mut out = String::new();
        six_digits(timestamp.as_microsecond(), &mut out);
        assert_eq!(out, "2019-03-03T15:08:10.250000Z");
    }
}
