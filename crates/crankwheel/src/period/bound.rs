//! The ends of periods: timestamps and days.

use jiff::Timestamp;
use jiff::civil::Date;

use super::form::write_as;
use crate::error::Error;
use crate::spelling::string;
use crate::time::parse_timestamp;

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
        Self::parse_named("period", text)
    }

    /// Reads a bound as [`PeriodBound::parse`] does. `name` is the argument in messages.
    #[doc(hidden)]
    pub fn parse_named(name: &str, text: &str) -> Result<Self, Error> {
        if let Ok(date) = text.parse::<Date>()
            && text.len() == 10
        {
            return Ok(PeriodBound::Day(date));
        }
        match parse_timestamp(text) {
            // Without a time zone, the timestamp could be in any zone.
            Some(_) if text.parse::<Timestamp>().is_err() => {
                let add = "add `Z` (UTC) or an offset such as `+01:00`";
                Err(Error::invalid(name, format!("must have a time zone, got {}; {add}", string(text))))
            }
            Some(moment) => Ok(PeriodBound::Moment(moment)),
            None => {
                let forms = "a date such as 2019-02-28, or a time such as 2019-02-28T12:00:00Z";
                Err(Error::invalid(name, format!("must be {forms}, got {}{}", string(text), write_as(text))))
            }
        }
    }
}
