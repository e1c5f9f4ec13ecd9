//! The time zones of periods: IANA names, and fixed offsets.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use crate::error::Error;
use crate::spelling::{string, time_zone_argument};

/// A time zone and its name. Zones are equal if their names are.
#[derive(Clone, Debug)]
pub(super) struct Zone {
    name: Arc<str>,
    zone: TimeZone,
}

/// The names that mean UTC.
const UTC: [&str; 9] =
    ["UTC", "Z", "Etc/UTC", "UCT", "Etc/UCT", "Zulu", "Etc/Zulu", "Universal", "Etc/Universal"];

impl Zone {
    pub fn utc() -> Self {
        Zone { name: "UTC".into(), zone: TimeZone::UTC }
    }

    /// Finds a time zone by its IANA name, or by its offset: `+02:00`, or `UTC+02:00` as Python's
    /// `datetime.timezone` has it.
    pub fn find(name: &str) -> Result<Self, Error> {
        Self::find_named(time_zone_argument(), name)
    }

    /// Finds the zone that an argument contains.
    pub fn find_named(argument: &str, name: &str) -> Result<Self, Error> {
        if UTC.iter().any(|utc| utc.eq_ignore_ascii_case(name)) {
            return Ok(Self::utc());
        }
        if let Some(offset) = offset(name.strip_prefix("UTC").unwrap_or(name)) {
            return Ok(Self::fixed(offset));
        }
        let unknown = || {
            let hint = "use an IANA name such as Europe/Berlin, or an offset such as +02:00";
            Error::invalid(argument, format!("unknown time zone {}; {hint}", string(name)))
        };
        let zone = TimeZone::get(name).map_err(|_| unknown())?;
        let name = zone.iana_name().unwrap_or(name).into();
        Ok(Zone { name, zone })
    }

    fn fixed(offset: Offset) -> Self {
        if offset == Offset::UTC {
            return Self::utc();
        }
        let (sign, seconds) = (if offset.is_negative() { '-' } else { '+' }, offset.seconds().abs());
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let seconds = if seconds == 0 { String::new() } else { format!(":{seconds:02}") };
        let name = format!("{sign}{hours:02}:{minutes:02}{seconds}").into();
        Zone { name, zone: TimeZone::fixed(offset) }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn is_utc(&self) -> bool {
        &*self.name == "UTC"
    }

    /// Returns the offset at a moment.
    pub fn offset(&self, at: Timestamp) -> Offset {
        self.zone.to_offset(at)
    }

    /// Returns the date at a moment.
    pub fn date(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl Hash for Zone {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

/// Reads an offset: `+02:00`, `-0330`, `+02`, or `+05:53:28`.
fn offset(text: &str) -> Option<Offset> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-" | "\u{2212}", rest) => (-1, rest),
        _ => return None,
    };
    let digits: String = rest.chars().filter(|c| *c != ':').collect();
    if !matches!(digits.len(), 2 | 4 | 6) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |at: usize| digits.get(at..at + 2).map_or(Some(0), |part| part.parse::<i32>().ok());
    let (hours, minutes, seconds) = (part(0)?, part(2)?, part(4)?);
    if hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60 + seconds)).ok()
}

/// Returns the first moment of a day. If the clocks skip midnight, it is the moment after.
pub(super) fn start_of_day(day: Date, zone: &Zone) -> Result<Timestamp, Error> {
    zone.zone.to_timestamp(day.to_datetime(Time::midnight())).map_err(|_| unsupported(&day))
}

pub(super) fn last_microsecond_before(moment: Timestamp) -> Result<Timestamp, Error> {
    moment.checked_sub(SignedDuration::from_micros(1)).map_err(|_| unsupported(&moment))
}

/// Returns the error of a moment or day that is outside the supported years.
pub(super) fn unsupported(moment: &dyn fmt::Display) -> Error {
    Error::invalid("period", format!("outside the supported years, got {moment}"))
}
