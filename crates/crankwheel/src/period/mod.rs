//! Periods of time for usage and billing.

mod bound;
mod form;
mod label;
mod months;
mod read;
#[cfg(test)]
mod tests;
mod zone;

use jiff::{SignedDuration, Timestamp};

use crate::error::Error;
use crate::time::query_form;
use zone::{Zone, last_microsecond_before, start_of_day, unsupported};

pub use bound::PeriodBound;

/// A period of time from its first to its last microsecond, both included. Days and months are
/// those of UTC unless a time zone is given.
///
/// A period keeps its time zone: [`Period::label`] is `2019-02` for a month of Berlin's, too. Requests
/// have its ends in UTC.
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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    bounds: Bounds,
    zone: Zone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Bounds {
    Fixed(Timestamp, Timestamp),
    /// This number of days of 24 hours, which end when the request is sent.
    LastDays(u32),
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
        Self::new_in(start, end, &Zone::utc())
    }

    /// Creates a period as [`Period::new`] does, with the days of a time zone. `zone` is an IANA
    /// name, or an offset such as `+02:00`.
    ///
    /// ```
    /// use crankwheel::Period;
    /// use jiff::civil::date;
    ///
    /// let period = Period::new_in_zone(date(2019, 2, 1), date(2019, 2, 28), "Europe/Berlin")?;
    /// assert_eq!(period.to_string(), "2019-02[Europe/Berlin]");
    /// assert_eq!(period.fixed_bounds().unwrap().0, "2019-01-31T23:00:00Z".parse().unwrap());
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
        Self::new_in(start, end, &Zone::find(zone)?)
    }

    fn new_in(
        start: impl Into<PeriodBound>,
        end: impl Into<PeriodBound>,
        zone: &Zone,
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
        Ok(Period { bounds: Bounds::Fixed(start, end), zone: zone.clone() })
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
        check_days(days)?;
        Ok(Period { bounds: Bounds::LastDays(days), zone: Zone::utc() })
    }

    /// Creates a period of `days` days of 24 hours each that ends at `now`, for tests.
    ///
    /// ```
    /// use crankwheel::Period;
    ///
    /// let week = Period::last_days_until(7, "2019-03-03T12:00:00Z".parse().unwrap())?;
    /// assert_eq!(week.to_string(), "2019-02-24T12:00:00Z/2019-03-03T12:00:00Z");
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if `days` is 0 or more than 36,525.
    pub fn last_days_until(days: u32, now: Timestamp) -> Result<Self, Error> {
        let (start, end) = Self::last_days(days)?.bounds(now);
        Self::new(start, end)
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
        match self.bounds {
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
        match self.bounds {
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
        match self.bounds {
            Bounds::Fixed(..) => None,
            Bounds::LastDays(days) => Some(days),
        }
    }

    /// Returns the name of the period's time zone: an IANA name, `UTC`, or an offset such as
    /// `+02:00`.
    ///
    /// ```
    /// use crankwheel::Period;
    ///
    /// assert_eq!(Period::month_in_zone("2019-02", "Europe/Berlin")?.time_zone(), "Europe/Berlin");
    /// assert_eq!(Period::month("2019-02")?.time_zone(), "UTC");
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn time_zone(&self) -> &str {
        self.zone.name()
    }

    /// Returns the offset of the period's time zone at a moment, in seconds.
    #[doc(hidden)]
    pub fn offset_seconds(&self, at: Timestamp) -> i32 {
        self.zone.offset(at).seconds()
    }

    /// Returns the ends in UTC, as requests have them: `2019-02-01T00:00:00Z/2019-02-28T23:59:59Z`.
    #[doc(hidden)]
    pub fn utc_text(&self) -> String {
        match self.bounds {
            Bounds::Fixed(start, end) => format!("{}/{}", query_form(start), query_form(end)),
            Bounds::LastDays(days) => format!("last {days} days"),
        }
    }

    /// Returns start and end as query values.
    pub(crate) fn query(&self, now: Timestamp) -> (String, String) {
        let (start, end) = self.bounds(now);
        (query_form(start), query_form(end))
    }
}

fn invalid(message: String) -> Error {
    Error::invalid("period", message)
}

fn check_days(days: u32) -> Result<(), Error> {
    if days == 0 || days > 36_525 {
        return Err(Error::invalid("days", format!("must be 1 to 36525, got {days}")));
    }
    Ok(())
}
