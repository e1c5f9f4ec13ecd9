//! Converts datetimes, dates and durations.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{PyDate, PyDateAccess, PyDateTime};

use crate::output::time_to_python;

/// Converts an aware datetime; returns `None` if it is naive.
pub fn time_from_python(time: &Bound<'_, PyDateTime>) -> PyResult<Option<Timestamp>> {
    if time.call_method0("utcoffset")?.is_none() {
        return Ok(None);
    }
    let epoch = time_to_python(time.py(), Timestamp::UNIX_EPOCH)?;
    let since = span_from_python(&time.sub(epoch)?)?;
    let micros =
        i64::try_from(since.as_micros()).map_err(|_| PyOverflowError::new_err("datetime out of range"))?;
    Timestamp::from_microsecond(micros).map(Some).map_err(|error| PyOverflowError::new_err(error.to_string()))
}

/// Converts a `timedelta`, exactly.
pub fn span_from_python(span: &Bound<'_, PyAny>) -> PyResult<SignedDuration> {
    let part = |name| span.getattr(name)?.extract::<i64>();
    let (days, seconds, micros) = (part("days")?, part("seconds")?, part("microseconds")?);
    Ok(SignedDuration::from_secs(days * 86_400 + seconds) + SignedDuration::from_micros(micros))
}

/// Converts a date.
pub fn date_from_python(date: &Bound<'_, PyDate>) -> Option<Date> {
    let year = i16::try_from(date.get_year()).ok()?;
    let (month, day) = (i8::try_from(date.get_month()).ok()?, i8::try_from(date.get_day()).ok()?);
    Date::new(year, month, day).ok()
}

/// Returns the message for a datetime without a time zone.
pub fn naive(value: &Bound<'_, PyAny>) -> PyResult<String> {
    let shown = value.str()?;
    Ok(format!(
        "must have a time zone, got the datetime {shown}, which could be any moment of a day; \
         add one, for example with .replace(tzinfo=datetime.timezone.utc)"
    ))
}
