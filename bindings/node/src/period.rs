//! Periods as plain data: their string, their ends, and the number of last days.

use crankwheel::{Error, Period, PeriodBound};
use jiff::Timestamp;
use napi::Either;
use napi_derive::napi;

use crate::error::ErrorData;

/// A period.
#[napi(object, object_from_js = false)]
pub struct PeriodData {
    pub text: String,
    /// The shortest name in its time zone.
    pub label: String,
    pub time_zone: String,
    /// Milliseconds since 1970; for last days it is computed now.
    pub start: f64,
    /// Milliseconds since 1970; for last days it is now.
    pub end: f64,
    /// The number of last days.
    pub days: Option<u32>,
}

impl From<Period> for PeriodData {
    fn from(period: Period) -> Self {
        let (start, end) = period.bounds(Timestamp::now());
        PeriodData {
            text: period.to_string(),
            label: period.label(),
            time_zone: period.time_zone().to_owned(),
            start: start.as_millisecond() as f64,
            end: end.as_millisecond() as f64,
            days: period.relative_days(),
        }
    }
}

fn checked(period: Result<Period, Error>) -> Either<PeriodData, ErrorData> {
    match period {
        Ok(period) => Either::A(period.into()),
        Err(error) => Either::B(error.into()),
    }
}

/// The name of UTC, the default time zone.
const UTC: &str = "UTC";

/// Parses a period.
#[napi]
pub fn period_parse(text: String, zone: Option<String>) -> Either<PeriodData, ErrorData> {
    checked(Period::parse_in_zone(&text, zone.as_deref().unwrap_or(UTC)))
}

/// Creates a period from two moments or days, as strings.
#[napi]
pub fn period_between(start: String, end: String, zone: Option<String>) -> Either<PeriodData, ErrorData> {
    let bounds = || Ok((PeriodBound::parse_named("start", &start)?, PeriodBound::parse_named("end", &end)?));
    let zone = zone.as_deref().unwrap_or(UTC);
    checked(bounds().and_then(|(start, end)| Period::new_in_zone(start, end, zone)))
}

/// Returns the period of one month.
#[napi]
pub fn period_month(month: String, zone: Option<String>) -> Either<PeriodData, ErrorData> {
    checked(Period::month_in_zone(&month, zone.as_deref().unwrap_or(UTC)))
}

/// Returns one period for each month from the first to the last.
#[napi]
pub fn period_months(
    first: String,
    last: String,
    zone: Option<String>,
) -> Either<Vec<PeriodData>, ErrorData> {
    match Period::months_in_zone(&first, &last, zone.as_deref().unwrap_or(UTC)) {
        Ok(months) => Either::A(months.into_iter().map(PeriodData::from).collect()),
        Err(error) => Either::B(error.into()),
    }
}

/// Returns the month before the current one, or the current one if `current` is true.
#[napi]
pub fn period_month_of(
    current: bool,
    zone: Option<String>,
    now: Option<String>,
) -> Either<PeriodData, ErrorData> {
    let zone = zone.as_deref().unwrap_or(UTC);
    checked(
        moment(now).and_then(|now| {
            if current { Period::this_month(zone, now) } else { Period::last_month(zone, now) }
        }),
    )
}

/// Returns the last `days` days. TypeScript has checked that the number is whole.
#[napi]
pub fn period_last_days(days: u32, now: Option<String>) -> Either<PeriodData, ErrorData> {
    checked(moment(now).and_then(|now| match now {
        Some(now) => Period::last_days_until(days, now),
        None => Period::last_days(days),
    }))
}

/// Converts the argument `now`.
fn moment(now: Option<String>) -> Result<Option<Timestamp>, Error> {
    let Some(text) = now else { return Ok(None) };
    match PeriodBound::parse_named("now", &text)? {
        PeriodBound::Moment(moment) => Ok(Some(moment)),
        PeriodBound::Day(_) => Err(Error::invalid(
            "now",
            "must be a moment, got a date; add the time, as in 2019-03-15T12:00:00Z",
        )),
    }
}
