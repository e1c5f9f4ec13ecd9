//! Instants as text: what the API reads and the four forms in which it writes.
//!
//! Inside the sandbox an instant is a number of microseconds since 1970 in an `i64`.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

pub(crate) const SECOND: i64 = 1_000_000;
pub(crate) const HOUR: i64 = 3_600 * SECOND;
pub(crate) const DAY: i64 = 86_400 * SECOND;
/// The period of answers that name no other: 28 × 24 hours up to now.
pub(crate) const DEFAULT_PERIOD: i64 = 28 * DAY;

/// Date and time in UTC. What lies outside the years 0 to 9999 never gets in, so the fallback is never seen.
fn civil(micros: i64) -> DateTime {
    Timestamp::from_microsecond(micros).map(|instant| Offset::UTC.to_datetime(instant)).unwrap_or_default()
}

/// Reads RFC 3339 with a zone (`Z` or an offset), any number of fraction digits.
///
/// Stricter than the parser below it, which also takes a blank for the `T` and a bracketed zone name.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.get(10) != Some(&b'T') || !bytes.first()?.is_ascii_digit() || text.contains('[') {
        return None;
    }
    let instant: Timestamp = text.parse().ok()?;
    Some(instant.as_microsecond())
}

/// `2019-02-01T00:00:00.000000Z`: the usage history, and defaults of a period.
pub(crate) fn zulu(micros: i64) -> String {
    format!("{}Z", naive(micros))
}

/// `2019-02-28T10:09:30.701107`: the times of plan changes, which the API writes without a zone.
pub(crate) fn naive(micros: i64) -> String {
    let at = civil(micros);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        at.subsec_nanosecond() / 1_000
    )
}

/// `2019-03-03 15:08:10.0Z`: the soft and hard limit of a client, read.
pub(crate) fn parse_limit(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.get(10) != Some(&b' ') || !text.ends_with('Z') || !bytes.first()?.is_ascii_digit() {
        return None;
    }
    let instant: Timestamp = text.parse().ok()?;
    Some(instant.as_microsecond())
}

/// The same form, written.
pub(crate) fn limit(micros: i64) -> String {
    let at = civil(micros);
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{}Z",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        at.subsec_nanosecond() / 100_000_000
    )
}

/// For serde: an instant as RFC 3339 text.
pub(crate) mod as_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(micros: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::zulu(*micros))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::parse(&text).ok_or_else(|| {
            D::Error::custom(format_args!("{text:?} is no RFC 3339 time such as 2019-03-01T12:00:00Z"))
        })
    }
}

/// The same for an instant that may be missing.
pub(crate) mod as_text_or_null {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Instant(#[serde(with = "super::as_text")] i64);

    pub(crate) fn serialize<S: Serializer>(micros: &Option<i64>, serializer: S) -> Result<S::Ok, S::Error> {
        micros.map(Instant).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
        Ok(Option::<Instant>::deserialize(deserializer)?.map(|instant| instant.0))
    }
}

/// An HTTP date, for the head of an answer.
pub(crate) fn http_date(micros: i64) -> Option<String> {
    let instant = Timestamp::from_microsecond(micros).ok()?;
    jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&instant).ok()
}

/// Writes the usage history's timestamps (`2020-04-23T09:56:02.000000Z`) into a buffer. Remembers the text of
/// the day, since a million of them in a row are of a few hundred days.
pub(crate) struct ZuluWriter {
    day: i64,
    date: String,
}

impl ZuluWriter {
    pub(crate) fn new() -> Self {
        Self { day: i64::MIN, date: String::new() }
    }

    pub(crate) fn write(&mut self, out: &mut Vec<u8>, micros: i64) {
        let day = micros.div_euclid(DAY);
        if day != self.day {
            let at = civil(day.saturating_mul(DAY));
            self.day = day;
            self.date = format!("{:04}-{:02}-{:02}T", at.year(), at.month(), at.day());
        }
        let rest = micros.rem_euclid(DAY);
        let (seconds, fraction) = (rest / SECOND, rest % SECOND);
        out.extend_from_slice(self.date.as_bytes());
        digits::<2>(out, seconds / 3_600);
        out.push(b':');
        digits::<2>(out, seconds / 60 % 60);
        out.push(b':');
        digits::<2>(out, seconds % 60);
        out.push(b'.');
        digits::<6>(out, fraction);
        out.push(b'Z');
    }
}

/// `N` decimal digits with leading zeros.
fn digits<const N: usize>(out: &mut Vec<u8>, mut value: i64) {
    let mut text = [b'0'; N];
    for place in text.iter_mut().rev() {
        *place = b'0' + u8::try_from(value % 10).unwrap_or(0);
        value /= 10;
    }
    out.extend_from_slice(&text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_the_api() {
        let at = parse("2019-02-28T10:09:30.701107Z").unwrap();
        assert_eq!(naive(at), "2019-02-28T10:09:30.701107");
        assert_eq!(zulu(at), "2019-02-28T10:09:30.701107Z");
        assert_eq!(limit(at), "2019-02-28 10:09:30.7Z");
        assert_eq!(http_date(at).unwrap(), "Thu, 28 Feb 2019 10:09:30 GMT");
        assert_eq!(parse_limit("2019-03-03 15:08:10.0Z"), parse("2019-03-03T15:08:10Z"));
        assert_eq!(limit(parse("2019-03-03T15:08:10Z").unwrap()), "2019-03-03 15:08:10.0Z");
    }

    #[test]
    fn only_rfc_3339_with_a_zone_is_read() {
        assert_eq!(parse("2019-02-01T00:00:00.0Z"), parse("2019-02-01T01:00:00+01:00"));
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
            assert_eq!(parse(text), None, "{text}");
        }
        for text in ["", "2019-03-03T15:08:10.0Z", "2019-03-03 15:08:10", "2019-03-03"] {
            assert_eq!(parse_limit(text), None, "{text}");
        }
    }

    #[test]
    fn the_fast_writer_agrees_with_the_slow_one() {
        let mut writer = ZuluWriter::new();
        for micros in [0, 1, -1, DAY - 1, DAY, 1_587_635_762_000_000, 1_551_348_570_701_107, -DAY] {
            let mut out = Vec::new();
            writer.write(&mut out, micros);
            assert_eq!(String::from_utf8(out).unwrap(), zulu(micros));
        }
    }
}
