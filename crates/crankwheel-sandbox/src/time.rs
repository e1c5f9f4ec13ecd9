//! Instants and how the API reads and writes them.
//!
//! In the sandbox an instant is a number of microseconds since 1970 in an `i64`.

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use jiff::fmt::temporal::DateTimePrinter;
use jiff::tz::Offset;

pub(crate) const SECOND: i64 = 1_000_000;
pub(crate) const HOUR: i64 = 3_600 * SECOND;
pub(crate) const DAY: i64 = 24 * HOUR;
/// The length of a period that a request does not name: 28 × 24 hours up to now.
pub(crate) const DEFAULT_PERIOD: i64 = 28 * DAY;

/// Six digits of fraction, as the API writes them.
const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(6));

/// The clock stays within jiff's range, so the fallback is never used.
fn timestamp(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or_default()
}

/// Reads RFC 3339 with a zone (`Z` or an offset) and any number of fraction digits.
///
/// Stricter than jiff, which also accepts a space for the `T` and a bracketed zone name.
pub(crate) fn parse_rfc3339(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.get(10) != Some(&b'T') || !bytes.first()?.is_ascii_digit() || text.contains('[') {
        return None;
    }
    let instant: Timestamp = text.parse().ok()?;
    Some(instant.as_microsecond())
}

/// Writes `2019-02-01T00:00:00.000000Z`: the form of the usage history and of default periods.
pub(crate) fn to_rfc3339(micros: i64) -> String {
    PRINTER.timestamp_to_string(&timestamp(micros))
}

/// Writes `2019-02-28T10:09:30.701107`: the form of plan changes, which the API writes without a
/// zone.
pub(crate) fn to_plan_time(micros: i64) -> String {
    PRINTER.datetime_to_string(&Offset::UTC.to_datetime(timestamp(micros)))
}

/// Reads `2019-03-03 15:08:10.0Z`: the form of a client's soft and hard limit.
pub(crate) fn parse_limit(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.get(10) != Some(&b' ') || !text.ends_with('Z') || !bytes.first()?.is_ascii_digit() {
        return None;
    }
    let instant: Timestamp = text.parse().ok()?;
    Some(instant.as_microsecond())
}

/// Writes the same form.
pub(crate) fn to_limit(micros: i64) -> String {
    timestamp(micros).strftime("%Y-%m-%d %H:%M:%S.%1fZ").to_string()
}

/// Writes an HTTP date, as in the `Date` header.
pub(crate) fn http_date(micros: i64) -> Option<String> {
    rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&timestamp(micros)).ok()
}

/// Lets serde read and write an instant as RFC 3339.
pub(crate) mod rfc3339 {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use super::{parse_rfc3339, to_rfc3339};

    pub(crate) fn serialize<S: Serializer>(micros: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&to_rfc3339(*micros))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_rfc3339(&text).ok_or_else(|| {
            let expected = "not a valid RFC 3339 time";
            D::Error::custom(format_args!("{expected}, got {text:?}; write 2019-03-01T12:00:00Z"))
        })
    }
}

/// The same for an instant that may be missing.
pub(crate) mod optional_rfc3339 {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Instant(#[serde(with = "super::rfc3339")] i64);

    pub(crate) fn serialize<S: Serializer>(micros: &Option<i64>, serializer: S) -> Result<S::Ok, S::Error> {
        micros.map(Instant).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
        Ok(Option::<Instant>::deserialize(deserializer)?.map(|instant| instant.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_of_the_api_is_written() {
        let at = parse_rfc3339("2019-02-28T10:09:30.701107Z").unwrap();
        assert_eq!(to_plan_time(at), "2019-02-28T10:09:30.701107");
        assert_eq!(to_rfc3339(at), "2019-02-28T10:09:30.701107Z");
        assert_eq!(to_limit(at), "2019-02-28 10:09:30.7Z");
        assert_eq!(http_date(at).unwrap(), "Thu, 28 Feb 2019 10:09:30 GMT");
        assert_eq!(parse_limit("2019-03-03 15:08:10.0Z"), parse_rfc3339("2019-03-03T15:08:10Z"));
        let whole = parse_rfc3339("2019-03-03T15:08:10Z").unwrap();
        assert_eq!(to_limit(whole), "2019-03-03 15:08:10.0Z");
        assert_eq!(to_plan_time(whole), "2019-03-03T15:08:10.000000");
        assert_eq!(to_rfc3339(-1), "1969-12-31T23:59:59.999999Z");
    }

    #[test]
    fn only_rfc_3339_with_a_zone_is_read() {
        assert_eq!(parse_rfc3339("2019-02-01T00:00:00.0Z"), parse_rfc3339("2019-02-01T01:00:00+01:00"));
        for text in [
            "",
            "2019-02-01",
            "2019-02-01T00:00:00",
            "2019-02-01 00:00:00Z",
            "2019-02-30T00:00:00Z",
            "2019-02-01T00:00:00Z[UTC]",
            "yesterday",
            "2019-02-01T00:00:00 01:00",
        ] {
            assert_eq!(parse_rfc3339(text), None, "{text}");
        }
        for text in ["", "2019-03-03T15:08:10.0Z", "2019-03-03 15:08:10", "2019-03-03"] {
            assert_eq!(parse_limit(text), None, "{text}");
        }
    }
}
