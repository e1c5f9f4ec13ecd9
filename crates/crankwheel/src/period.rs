//! Periods of time for usage and billing.

use std::fmt;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::error::Error;
use crate::spelling::string;
use crate::time::{parse_timestamp, query_form};

/// A period from a first to a last microsecond, both included.
///
/// On the wire its end reads `…T23:59:59.999999Z`: with that form the API's own sub-periods add up to the
/// whole period. UTC unless a zone is named.
///
/// ```
/// use crankwheel::Period;
/// let month = Period::month("2019-02")?;
/// assert_eq!(month.to_string(), "2019-02-01T00:00:00Z/2019-02-28T23:59:59.999999Z");
/// assert_eq!(month, Period::parse("2019-02-01/2019-02-28")?);
/// assert_eq!(Period::months("2018-12", "2019-02")?.len(), 3);
/// # Ok::<(), crankwheel::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Between(Timestamp, Timestamp),
    /// The last so many days, of 24 hours each, before the moment of the call.
    LastDays(u32),
}

/// One end of a period: a moment, or a day that is meant as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodBound {
    /// Exactly this moment.
    Moment(Timestamp),
    /// From the first, or to the last, microsecond of this day.
    Day(Date),
}

impl From<Timestamp> for PeriodBound {
    fn from(moment: Timestamp) -> Self {
        PeriodBound::Moment(moment)
    }
}

impl From<Date> for PeriodBound {
    fn from(day: Date) -> Self {
        PeriodBound::Day(day)
    }
}

impl PeriodBound {
    /// Reads `2019-02-28`, `2019-02` (as a day: its first) or an RFC 3339 moment.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if let Ok(date) = text.parse::<Date>()
            && text.len() == 10
        {
            return Ok(PeriodBound::Day(date));
        }
        match parse_timestamp(text) {
            // A text without a zone could mean any zone: ask, as for naive datetimes.
            Some(_) if text.parse::<Timestamp>().is_err() => Err(invalid(format!(
                "must have a time zone, got {}; add `Z` (UTC) or an offset such as `+01:00`",
                string(text)
            ))),
            Some(moment) => Ok(PeriodBound::Moment(moment)),
            None => Err(invalid(format!(
                "must be a date such as 2019-02-28, or a time such as 2019-02-28T12:00:00Z, got {}",
                string(text)
            ))),
        }
    }
}

impl Period {
    /// A period between two moments or days; a day as the end is included.
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the end lies before the start.
    pub fn new(start: impl Into<PeriodBound>, end: impl Into<PeriodBound>) -> Result<Self, Error> {
        Self::new_in(start, end, &TimeZone::UTC)
    }

    /// As [`Period::new`], with days of the given zone (an IANA name such as `Europe/Berlin`).
    pub fn new_in_zone(
        start: impl Into<PeriodBound>,
        end: impl Into<PeriodBound>,
        zone: &str,
    ) -> Result<Self, Error> {
        Self::new_in(start, end, &find_zone(zone)?)
    }

    fn new_in(
        start: impl Into<PeriodBound>,
        end: impl Into<PeriodBound>,
        zone: &TimeZone,
    ) -> Result<Self, Error> {
        let start = match start.into() {
            PeriodBound::Moment(moment) => moment,
            PeriodBound::Day(day) => start_of_day(day, zone)?,
        };
        let end = match end.into() {
            PeriodBound::Moment(moment) => moment,
            PeriodBound::Day(day) => {
                let next = day.tomorrow().map_err(|_| unsupported(&day))?;
                last_microsecond_before(start_of_day(next, zone)?)?
            }
        };
        if end < start {
            return Err(invalid(format!("the end must not be before the start, got {start} to {end}")));
        }
        Ok(Period(Kind::Between(start, end)))
    }

    /// One month, written `2019-02`.
    pub fn month(month: &str) -> Result<Self, Error> {
        Self::month_in(month, &TimeZone::UTC)
    }

    /// One month as a zone (an IANA name) counts it.
    pub fn month_in_zone(month: &str, zone: &str) -> Result<Self, Error> {
        Self::month_in(month, &find_zone(zone)?)
    }

    fn month_in(month: &str, zone: &TimeZone) -> Result<Self, Error> {
        let first = first_of_month(month)?;
        Self::new_in(first, first.last_of_month(), zone)
    }

    /// Every month from the first to the last, both included, one period each.
    pub fn months(first: &str, last: &str) -> Result<Vec<Self>, Error> {
        Self::months_in(first, last, &TimeZone::UTC)
    }

    /// As [`Period::months`], in a zone.
    pub fn months_in_zone(first: &str, last: &str, zone: &str) -> Result<Vec<Self>, Error> {
        Self::months_in(first, last, &find_zone(zone)?)
    }

    fn months_in(first: &str, last: &str, zone: &TimeZone) -> Result<Vec<Self>, Error> {
        let (mut month, last) = (first_of_month(first)?, first_of_month(last)?);
        if last < month {
            return Err(invalid(format!(
                "the last month must not be before the first, got {month} to {last}"
            )));
        }
        let mut out = Vec::new();
        while month <= last {
            out.push(Self::new_in(month, month.last_of_month(), zone)?);
            month = month.checked_add(1.month()).map_err(|_| unsupported(&month))?;
        }
        Ok(out)
    }

    /// The last `days` days, of 24 hours each, counted back from the moment of the call.
    pub fn last_days(days: u32) -> Result<Self, Error> {
        if days == 0 || days > 36_525 {
            return Err(invalid(format!("must be 1 to 36525 days, got {days}")));
        }
        Ok(Period(Kind::LastDays(days)))
    }

    /// Reads a month (`2019-02`), a day (`2019-02-28`), a year (`2019`) or two ends with a slash between
    /// them (`2019-02-01/2019-02-14`, `2019-01/2019-03`, or two RFC 3339 moments).
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if let Some((start, end)) = text.split_once('/') {
            let (start, _) = span_of(start.trim())?;
            let (_, end) = span_of(end.trim())?;
            return Self::new(start, end);
        }
        match span_of(text)? {
            (PeriodBound::Moment(_), _) => Err(invalid(format!(
                "must have two ends, got the moment {}; write both with a slash between them",
                string(text)
            ))),
            (start, end) => Self::new(start, end),
        }
    }

    /// First and last microsecond, given the moment of the call.
    pub fn bounds(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        match self.0 {
            Kind::Between(start, end) => (start, end),
            Kind::LastDays(days) => {
                let start = now.checked_sub(SignedDuration::from_hours(i64::from(days) * 24));
                (start.unwrap_or(Timestamp::MIN), now)
            }
        }
    }

    /// The fixed ends; `None` for [`Period::last_days`], whose ends are known at the call only.
    pub fn fixed_bounds(&self) -> Option<(Timestamp, Timestamp)> {
        match self.0 {
            Kind::Between(start, end) => Some((start, end)),
            Kind::LastDays(_) => None,
        }
    }

    /// How many days [`Period::last_days`] was made with.
    pub fn relative_days(&self) -> Option<u32> {
        match self.0 {
            Kind::Between(..) => None,
            Kind::LastDays(days) => Some(days),
        }
    }

    pub(crate) fn query(&self, now: Timestamp) -> (String, String) {
        let (start, end) = self.bounds(now);
        (query_form(start), query_form(end))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::Between(start, end) => write!(f, "{}/{}", query_form(start), query_form(end)),
            Kind::LastDays(days) => write!(f, "last {days} days"),
        }
    }
}

impl std::str::FromStr for Period {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Period::parse(text)
    }
}

fn invalid(message: String) -> Error {
    Error::invalid("period", message)
}

fn unsupported(moment: &dyn fmt::Display) -> Error {
    invalid(format!("outside the supported years, got {moment}"))
}

fn find_zone(name: &str) -> Result<TimeZone, Error> {
    TimeZone::get(name).map_err(|_| {
        invalid(format!("unknown time zone {}; use an IANA name such as Europe/Berlin", string(name)))
    })
}

/// A whole year, month or day as its first and last day; a moment as itself.
fn span_of(text: &str) -> Result<(PeriodBound, PeriodBound), Error> {
    if text.len() == 4
        && let Ok(year) = text.parse::<i16>()
    {
        let day = |month, day| Date::new(year, month, day).map_err(|_| unsupported(&text));
        return Ok((PeriodBound::Day(day(1, 1)?), PeriodBound::Day(day(12, 31)?)));
    }
    if text.len() == 7 {
        let first = first_of_month(text)?;
        return Ok((PeriodBound::Day(first), PeriodBound::Day(first.last_of_month())));
    }
    PeriodBound::parse(text).map(|bound| (bound, bound))
}

fn first_of_month(month: &str) -> Result<Date, Error> {
    let refuse = || invalid(format!("not a valid month, got {}; write it as 2019-02", string(month)));
    let (year, number) = month.split_once('-').ok_or_else(refuse)?;
    if year.len() != 4 || number.len() != 2 || !month.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return Err(refuse());
    }
    let year = year.parse().map_err(|_| refuse())?;
    let number = number.parse().map_err(|_| refuse())?;
    Date::new(year, number, 1).map_err(|_| refuse())
}

fn start_of_day(day: Date, zone: &TimeZone) -> Result<Timestamp, Error> {
    zone.to_timestamp(day.to_datetime(Time::midnight())).map_err(|_| unsupported(&day))
}

fn last_microsecond_before(moment: Timestamp) -> Result<Timestamp, Error> {
    moment.checked_sub(SignedDuration::from_micros(1)).map_err(|_| unsupported(&moment))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn text(period: &str) -> String {
        Period::parse(period).unwrap().to_string()
    }

    #[test]
    fn texts() {
        assert_eq!(text("2020-02"), "2020-02-01T00:00:00Z/2020-02-29T23:59:59.999999Z");
        assert_eq!(text("2019"), "2019-01-01T00:00:00Z/2019-12-31T23:59:59.999999Z");
        assert_eq!(text("2019-12-31"), "2019-12-31T00:00:00Z/2019-12-31T23:59:59.999999Z");
        assert_eq!(text("2019-01/2019-03"), "2019-01-01T00:00:00Z/2019-03-31T23:59:59.999999Z");
        assert_eq!(
            text("2019-02-01T00:00:00Z/2019-02-28T23:59:59Z"),
            "2019-02-01T00:00:00Z/2019-02-28T23:59:59Z"
        );
        for wrong in [
            "",
            "2019-2",
            "2019-13",
            "abcd",
            "2019-02-30",
            "2019-02-01T00:00:00Z",
            "2019-03/2019-02",
            "2019-02-01T00:00:00/2019-02-02",
        ] {
            let error = Period::parse(wrong).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{wrong}");
            assert_eq!(error.errors()[0].0, "period");
        }
    }

    #[test]
    fn zones_move_the_ends() {
        let berlin = Period::month_in_zone("2019-03", "Europe/Berlin").unwrap();
        assert_eq!(berlin.to_string(), "2019-02-28T23:00:00Z/2019-03-31T21:59:59.999999Z");
        assert!(Period::month_in_zone("2019-03", "Mars/Olympus").is_err());
    }

    #[test]
    fn the_last_days_count_from_the_call() {
        let now: Timestamp = "2019-03-03T12:00:00Z".parse().unwrap();
        let (start, end) = Period::last_days(28).unwrap().bounds(now);
        assert_eq!(start, "2019-02-03T12:00:00Z".parse().unwrap());
        assert_eq!(end, now);
        assert!(Period::last_days(0).is_err());
    }
}
