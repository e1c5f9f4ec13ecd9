//! Reading periods from strings.

use jiff::civil::Date;

use super::form::usual_form;
use super::zone::Zone;
use super::{Period, PeriodBound, invalid};
use crate::error::Error;
use crate::spelling::string;

impl Period {
    /// Reads a month (`2019-02`), a day (`2019-02-28`), a year (`2019`), or a start and an end with
    /// a slash between them (`2019-02-01/2019-02-14`, `2019-01/2019-03`, or two RFC 3339
    /// timestamps). A time zone can follow in brackets: `2019-02[Europe/Berlin]`.
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
        Self::parse_in(text, &Zone::utc())
    }

    /// Reads a period as [`Period::parse`] does, with the days of a time zone. `zone` is an IANA name,
    /// or an offset such as `+02:00`.
    ///
    /// ```
    /// use crankwheel::Period;
    ///
    /// let month = Period::parse_in_zone("2019-02", "Europe/Berlin")?;
    /// assert_eq!(month, Period::month_in_zone("2019-02", "Europe/Berlin")?);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the string is not a period or the time
    /// zone is unknown.
    pub fn parse_in_zone(text: &str, zone: &str) -> Result<Self, Error> {
        Self::parse_in(text, &Zone::find(zone)?)
    }

    fn parse_in(text: &str, zone: &Zone) -> Result<Self, Error> {
        let text = text.trim();
        if let Some((text, zone)) = text.strip_suffix(']').and_then(|text| text.rsplit_once('[')) {
            return Self::parse_in(text, &Zone::find_named("period", zone)?);
        }
        if let Some(form) = usual_form(text) {
            return Err(invalid(format!("not a valid period, got {}; write it as {form}", string(text))));
        }
        if let Some((start, end)) = text.split_once('/') {
            let (start, _) = span_of(start.trim())?;
            let (_, end) = span_of(end.trim())?;
            return Self::new_in(start, end, zone);
        }
        match span_of(text)? {
            (PeriodBound::Moment(_), _) => Err(invalid(format!(
                "must have two ends, got the moment {}; write both with a slash between them",
                string(text)
            ))),
            (start, end) => Self::new_in(start, end, zone),
        }
    }
}

impl std::str::FromStr for Period {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Period::parse(text)
    }
}

/// Returns the first and the last day of a year, month or day; or a timestamp twice.
fn span_of(text: &str) -> Result<(PeriodBound, PeriodBound), Error> {
    if text.len() == 4
        && let Ok(first) = format!("{text}-01-01").parse::<Date>()
    {
        return Ok((PeriodBound::Day(first), PeriodBound::Day(first.last_of_year())));
    }
    if text.len() == 7 {
        let first = first_of_month("period", text)?;
        return Ok((PeriodBound::Day(first), PeriodBound::Day(first.last_of_month())));
    }
    PeriodBound::parse(text).map(|bound| (bound, bound))
}

/// Reads a month. `name` is the argument in messages.
pub(super) fn first_of_month(name: &str, month: &str) -> Result<Date, Error> {
    let first = if month.len() == 7 { format!("{month}-01").parse().ok() } else { None };
    first.ok_or_else(|| {
        let form = usual_form(month).unwrap_or_else(|| "2019-02".to_owned());
        Error::invalid(name, format!("not a valid month, got {}; write it as {form}", string(month)))
    })
}
