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

/// Parses a period.
#[napi]
pub fn period_parse(text: String) -> Either<PeriodData, ErrorData> {
    checked(Period::parse(&text))
}

/// Creates a period from two moments or days, as strings.
#[napi]
pub fn period_between(start: String, end: String, zone: Option<String>) -> Either<PeriodData, ErrorData> {
    let bounds = || Ok((PeriodBound::parse(&start)?, PeriodBound::parse(&end)?));
    checked(bounds().and_then(|(start, end)| match &zone {
        Some(zone) => Period::new_in_zone(start, end, zone),
        None => Period::new(start, end),
    }))
}

/// Returns the period of one month.
#[napi]
pub fn period_month(month: String, zone: Option<String>) -> Either<PeriodData, ErrorData> {
    checked(match &zone {
        Some(zone) => Period::month_in_zone(&month, zone),
        None => Period::month(&month),
    })
}

/// Returns one period for each month from the first to the last.
#[napi]
pub fn period_months(
    first: String,
    last: String,
    zone: Option<String>,
) -> Either<Vec<PeriodData>, ErrorData> {
    let months = match &zone {
        Some(zone) => Period::months_in_zone(&first, &last, zone),
        None => Period::months(&first, &last),
    };
    match months {
        Ok(months) => Either::A(months.into_iter().map(PeriodData::from).collect()),
        Err(error) => Either::B(error.into()),
    }
}

/// Returns the last `days` days. TypeScript has checked that the number is whole.
#[napi]
pub fn period_last_days(days: u32) -> Either<PeriodData, ErrorData> {
    checked(Period::last_days(days))
}
