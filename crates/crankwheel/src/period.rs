//! Periods of time for usage and billing.

use std::fmt;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::error::Error;
use crate::spelling::string;
use crate::time::{parse_timestamp, query_form};

/// A period of time from its first to its last microsecond, both included. Days and months are
/// those of UTC unless a time zone is given.
///
/// The last microsecond of a day is sent as `…T23:59:59.999999Z`. With this form, the sub-periods
/// that the API returns add up to the whole period.
///
/// ```
/// use crankwheel::Period;
///
/// let month = Period::month("2019-02")?;
/// assert_eq!(month.to_string(), "2019-02-01T00:00:00Z/2019-02-28T23:59:59.999999Z");
/// assert_eq!(month, Period::parse("2019-02-01/2019-02-28")?);
/// assert_eq!(Period::months("2018-12", "2019-02")?.len(), 3);
/// # Ok::<(), crankwheel::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period(Bounds);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Bounds {
    Fixed(Timestamp, Timestamp),
    /// This number of days of 24 hours, which end when the request is sent.
    LastDays(u32),
}

/// One end of a period: a timestamp, or a whole day.
///
/// ```
/// use crankwheel::{Period, PeriodBound};
///
/// let start = PeriodBound::from(jiff::civil::date(2019, 2, 1));
/// let period = Period::new(start, PeriodBound::parse("2019-02-14")?)?;
/// assert_eq!(period.to_string(), "2019-02-01T00:00:00Z/2019-02-14T23:59:59.999999Z");
/// # Ok::<(), crankwheel::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodBound {
    /// This timestamp.
    Moment(Timestamp),
    /// The first microsecond of this day as a start, the last one as an end.
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
    /// Reads a day (`2019-02-28`) or an RFC 3339 timestamp with a time zone.
    ///
    /// ```
    /// use crankwheel::PeriodBound;
    ///
    /// assert_eq!(PeriodBound::parse("2019-02-28")?, jiff::civil::date(2019, 2, 28).into());
    /// assert!(PeriodBound::parse("2019-02-28T12:00:00").is_err());
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the string is neither, or the
    /// timestamp has no time zone.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if let Ok(date) = text.parse::<Date>()
            && text.len() == 10
        {
            return Ok(PeriodBound::Day(date));
        }
        match parse_timestamp(text) {
            // Without a time zone, the timestamp could be in any zone.
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
    /// Creates a period between two timestamps or days. The last day is included.
    ///
    /// ```
    /// use crankwheel::Period;
    /// use jiff::civil::date;
    ///
    /// let period = Period::new(date(2019, 2, 1), date(2019, 2, 28))?;
    /// assert_eq!(period, Period::month("2019-02")?);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the end is before the start.
    pub fn new(start: impl Into<PeriodBound>, end: impl Into<PeriodBound>) -> Result<Self, Error> {
        Self::new_in(start, end, &TimeZone::UTC)
    }

    /// Creates a period as [`Period::new`] does, with the days of a time zone. `zone` is an IANA
    /// name.
    ///
    /// ```
    /// use crankwheel::Period;
    /// use jiff::civil::date;
    ///
    /// let period = Period::new_in_zone(date(2019, 2, 1), date(2019, 2, 28), "Europe/Berlin")?;
    /// assert_eq!(period.to_string(), "2019-01-31T23:00:00Z/2019-02-28T22:59:59.999999Z");
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the end is before the start or the
    /// time zone is unknown.
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
        Ok(Period(Bounds::Fixed(start, end)))
    }

    /// Creates the period of one month, given as `YYYY-MM`.
    ///
    /// ```
    /// use crankwheel::Period;
    ///
    /// let month = Period::month("2019-02")?;
    /// assert_eq!(month.to_string(), "2019-02-01T00:00:00Z/2019-02-28T23:59:59.999999Z");
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the string is not a month.
    pub fn month(month: &str) -> Result<Self, Error> {
        Self::month_in(month, &TimeZone::UTC)
    }

    /// Creates the period of one month in a time zone. `zone` is an IANA name.
    ///
    /// ```
    /// use crankwheel::Period;
    ///
    /// let month = Period::month_in_zone("2019-02", "Europe/Berlin")?;
    /// assert_eq!(month.to_string(), "2019-01-31T23:00:00Z/2019-02-28T22:59:59.999999Z");
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the string is not a month or the
    /// time zone is unknown.
    pub fn month_in_zone(month: &str, zone: &str) -> Result<Self, Error> {
        Self::month_in(month, &find_zone(zone)?)
    }

    fn month_in(month: &str, zone: &TimeZone) -> Result<Self, Error> {
        let first = first_of_month(month)?;
        Self::new_in(first, first.last_of_month(), zone)
    }

    /// Creates a period for each month from the first to the last, both included.
    ///
    /// ```
    /// use crankwheel::Period;
    ///
    /// let quarter = Period::months("2018-12", "2019-02")?;
    /// assert_eq!(quarter[2], Period::month("2019-02")?);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if a string is not a month, or the last
    /// month is before the first.
    pub fn months(first: &str, last: &str) -> Result<Vec<Self>, Error> {
        Self::months_in(first, last, &TimeZone::UTC)
    }

    /// Creates periods as [`Period::months`] does, with the months of a time zone. `zone` is an
    /// IANA name.
    ///
    /// ```
    /// use crankwheel::Period;
    ///
    /// let quarter = Period::months_in_zone("2018-12", "2019-02", "Europe/Berlin")?;
    /// assert_eq!(quarter[2], Period::month_in_zone("2019-02", "Europe/Berlin")?);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if a string is not a month, the last
    /// month is before the first, or the time zone is unknown.
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

    /// Creates a period of `days` days of 24 hours each. It ends when the request is sent.
    ///
    /// ```
    /// use crankwheel::Period;
    ///
    /// let week = Period::last_days(7)?;
    /// assert_eq!(week.to_string(), "last 7 days");
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if `days` is 0 or more than 36,525 (a
    /// hundred years).
    pub fn last_days(days: u32) -> Result<Self, Error> {
        if days == 0 || days > 36_525 {
            return Err(invalid(format!("must be 1 to 36525 days, got {days}")));
        }
        Ok(Period(Bounds::LastDays(days)))
    }

    /// Reads a month (`2019-02`), a day (`2019-02-28`), a year (`2019`), or a start and an end with
    /// a slash between them (`2019-02-01/2019-02-14`, `2019-01/2019-03`, or two RFC 3339
    /// timestamps).
    ///
    /// ```
    /// use crankwheel::Period;
    ///
    /// assert_eq!(Period::parse("2019-02-01/2019-02-28")?, Period::month("2019-02")?);
    /// assert_eq!("2019-01/2019-12".parse::<Period>()?, Period::parse("2019")?);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the string is not a period.
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

    /// Returns the first and the last microsecond. `now` is the end of [`Period::last_days`].
    ///
    /// ```
    /// use crankwheel::Period;
    ///
    /// let now = "2019-03-03T12:00:00Z".parse().unwrap();
    /// let (start, end) = Period::last_days(28)?.bounds(now);
    /// assert_eq!((start.to_string(), end), ("2019-02-03T12:00:00Z".to_owned(), now));
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn bounds(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        match self.0 {
            Bounds::Fixed(start, end) => (start, end),
            Bounds::LastDays(days) => {
                let start = now.checked_sub(SignedDuration::from_hours(i64::from(days) * 24));
                (start.unwrap_or(Timestamp::MIN), now)
            }
        }
    }

    /// Returns the first and the last microsecond, or `None` for [`Period::last_days`], whose ends
    /// depend on when the request is sent.
    ///
    /// ```
    /// use crankwheel::Period;
    ///
    /// assert!(Period::month("2019-02")?.fixed_bounds().is_some());
    /// assert!(Period::last_days(28)?.fixed_bounds().is_none());
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn fixed_bounds(&self) -> Option<(Timestamp, Timestamp)> {
        match self.0 {
            Bounds::Fixed(start, end) => Some((start, end)),
            Bounds::LastDays(_) => None,
        }
    }

    /// Returns the number of days of [`Period::last_days`], or `None` for other periods.
    ///
    /// ```
    /// use crankwheel::Period;
    ///
    /// assert_eq!(Period::last_days(28)?.relative_days(), Some(28));
    /// assert_eq!(Period::month("2019-02")?.relative_days(), None);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn relative_days(&self) -> Option<u32> {
        match self.0 {
            Bounds::Fixed(..) => None,
            Bounds::LastDays(days) => Some(days),
        }
    }

    /// Returns start and end as query values.
    pub(crate) fn query(&self, now: Timestamp) -> (String, String) {
        let (start, end) = self.bounds(now);
        (query_form(start), query_form(end))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Bounds::Fixed(start, end) => write!(f, "{}/{}", query_form(start), query_form(end)),
            Bounds::LastDays(days) => write!(f, "last {days} days"),
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

/// Returns the first and the last day of a year, month or day; or a timestamp twice.
fn span_of(text: &str) -> Result<(PeriodBound, PeriodBound), Error> {
    if text.len() == 4
        && let Ok(first) = format!("{text}-01-01").parse::<Date>()
    {
        return Ok((PeriodBound::Day(first), PeriodBound::Day(first.last_of_year())));
    }
    if text.len() == 7 {
        let first = first_of_month(text)?;
        return Ok((PeriodBound::Day(first), PeriodBound::Day(first.last_of_month())));
    }
    PeriodBound::parse(text).map(|bound| (bound, bound))
}

fn first_of_month(month: &str) -> Result<Date, Error> {
    let first = if month.len() == 7 { format!("{month}-01").parse().ok() } else { None };
    first.ok_or_else(|| invalid(format!("not a valid month, got {}; write it as 2019-02", string(month))))
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

    fn read(period: &str) -> String {
        Period::parse(period).unwrap().to_string()
    }

    #[test]
    fn years_months_days_and_ends_are_read() {
        assert_eq!(read("2020-02"), "2020-02-01T00:00:00Z/2020-02-29T23:59:59.999999Z");
        assert_eq!(read("2019"), "2019-01-01T00:00:00Z/2019-12-31T23:59:59.999999Z");
        assert_eq!(read("2019-12-31"), "2019-12-31T00:00:00Z/2019-12-31T23:59:59.999999Z");
        assert_eq!(read("2019-01/2019-03"), "2019-01-01T00:00:00Z/2019-03-31T23:59:59.999999Z");
        assert_eq!(
            read("2019-02-01T00:00:00Z/2019-02-28T23:59:59Z"),
            "2019-02-01T00:00:00Z/2019-02-28T23:59:59Z"
        );
        for wrong in [
            "",
            "2019-2",
            "2019-13",
            "2019/02",
            "20190-1",
            "+201",
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
    fn the_ends_depend_on_the_time_zone() {
        let berlin = Period::month_in_zone("2019-03", "Europe/Berlin").unwrap();
        assert_eq!(berlin.to_string(), "2019-02-28T23:00:00Z/2019-03-31T21:59:59.999999Z");
        assert!(Period::month_in_zone("2019-03", "Mars/Olympus").is_err());
    }

    #[test]
    fn last_days_end_when_the_request_is_sent() {
        let now: Timestamp = "2019-03-03T12:00:00Z".parse().unwrap();
        let (start, end) = Period::last_days(28).unwrap().bounds(now);
        assert_eq!(start, "2019-02-03T12:00:00Z".parse().unwrap());
        assert_eq!(end, now);
        assert!(Period::last_days(0).is_err());
    }
}
