//! Months as periods.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::Period;
use super::read::first_of_month;
use super::zone::Zone;
use super::zone::unsupported;
use crate::error::Error;

impl Period {
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
        Self::month_in(month, &Zone::utc())
    }

    /// Creates the period of one month in a time zone. `zone` is an IANA name.
    ///
    /// ```
    /// use crankwheel::Period;
    ///
    /// let month = Period::month_in_zone("2019-02", "Europe/Berlin")?;
    /// assert_eq!(month.to_string(), "2019-02[Europe/Berlin]");
    /// assert_eq!(month.fixed_bounds().unwrap().0, "2019-01-31T23:00:00Z".parse().unwrap());
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the string is not a month or the
    /// time zone is unknown.
    pub fn month_in_zone(month: &str, zone: &str) -> Result<Self, Error> {
        Self::month_in(month, &Zone::find(zone)?)
    }

    fn month_in(month: &str, zone: &Zone) -> Result<Self, Error> {
        let first = first_of_month("month", month)?;
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
        Self::months_in(first, last, &Zone::utc())
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
        Self::months_in(first, last, &Zone::find(zone)?)
    }

    fn months_in(first: &str, last: &str, zone: &Zone) -> Result<Vec<Self>, Error> {
        let (mut month, last) = (first_of_month("first", first)?, first_of_month("last", last)?);
        if last < month {
            let months = |month: Date| month.strftime("%Y-%m").to_string();
            return Err(Error::invalid(
                "last",
                format!("must not be before the first month, got {} to {}", months(month), months(last)),
            ));
        }
        let mut out = Vec::new();
        while month <= last {
            out.push(Self::new_in(month, month.last_of_month(), zone)?);
            month = month.checked_add(1.month()).map_err(|_| unsupported(&month))?;
        }
        Ok(out)
    }

    /// Creates the period of the current month in a time zone, from its first day to its last.
    /// `zone` is an IANA name, or an offset such as `+02:00`; `now` is the current time, which is that
    /// of the system's clock if it is `None`.
    ///
    /// ```
    /// use crankwheel::Period;
    /// use jiff::Timestamp;
    ///
    /// let now: Timestamp = "2019-02-28T23:30:00Z".parse().unwrap();
    /// assert_eq!(Period::this_month("UTC", now)?.label(), "2019-02");
    /// assert_eq!(Period::this_month("Europe/Berlin", now)?.label(), "2019-03");
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the time zone is unknown.
    pub fn this_month(zone: &str, now: impl Into<Option<Timestamp>>) -> Result<Self, Error> {
        Self::month_before(zone, now.into(), 0)
    }

    /// Creates the period of the month before the current one. The arguments are those of
    /// [`Period::this_month`].
    ///
    /// ```
    /// use crankwheel::Period;
    /// use jiff::Timestamp;
    ///
    /// let now: Timestamp = "2019-03-01T00:30:00Z".parse().unwrap();
    /// assert_eq!(Period::last_month("UTC", now)?.label(), "2019-02");
    /// assert_eq!(Period::last_month("America/New_York", now)?.label(), "2019-01");
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the time zone is unknown.
    pub fn last_month(zone: &str, now: impl Into<Option<Timestamp>>) -> Result<Self, Error> {
        Self::month_before(zone, now.into(), 1)
    }

    fn month_before(zone: &str, now: Option<Timestamp>, months: i32) -> Result<Self, Error> {
        let zone = Zone::find(zone)?;
        let today = zone.date(now.unwrap_or_else(Timestamp::now));
        let first = today.first_of_month().checked_sub(months.months()).map_err(|_| unsupported(&today))?;
        Self::new_in(first, first.last_of_month(), &zone)
    }
}
