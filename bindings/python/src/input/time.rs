//! Converts datetimes, dates and durations.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use pyo3::prelude::*;
use pyo3::types::{PyDate, PyDateAccess, PyDateTime, PyDelta};

use crate::output::time_to_python;
use crate::scalar::Problem;
use crate::scalar::shown;

/// Converts an aware datetime, pandas' timestamps included.
pub fn moment(time: &Bound<'_, PyDateTime>) -> Result<Timestamp, Problem> {
    let offset = time.call_method0("utcoffset");
    if offset.as_ref().is_ok_and(Bound::is_none) {
        return Err(Problem(format!(
            "must have a time zone, got the datetime {}, which could be any moment of a day; \
             add one, for example with .replace(tzinfo=datetime.timezone.utc)",
            written(time)
        )));
    }
    whole_microseconds(time, "nanosecond")?;
    // `pandas.NaT` is a datetime, too; a time zone of the caller can fail.
    exact(time).ok_or_else(|| {
        let got =
            if offset.is_ok_and(|it| it.is_instance_of::<PyDelta>()) { written(time) } else { shown(time) };
        Problem(format!("must be a moment between the years 1 and 9999 in UTC, got {got}"))
    })
}

fn exact(time: &Bound<'_, PyDateTime>) -> Option<Timestamp> {
    let epoch = time_to_python(time.py(), Timestamp::UNIX_EPOCH).ok()?;
    let since = span_from_python(&time.sub(epoch).ok()?).ok()?;
    Timestamp::from_microsecond(i64::try_from(since.as_micros()).ok()?).ok()
}

/// Converts a `timedelta`, exactly.
pub fn span_from_python(span: &Bound<'_, PyAny>) -> Result<SignedDuration, Problem> {
    let refused = || Problem::expected("a timedelta", span);
    whole_microseconds(span, "nanoseconds")?;
    let part = |name| span.getattr(name).and_then(|it| it.extract::<i64>()).map_err(|_| refused());
    let (days, seconds, micros) = (part("days")?, part("seconds")?, part("microseconds")?);
    let seconds = days.checked_mul(86_400).and_then(|it| it.checked_add(seconds)).ok_or_else(refused)?;
    SignedDuration::from_secs(seconds).checked_add(SignedDuration::from_micros(micros)).ok_or_else(refused)
}

/// Refuses the nanoseconds of pandas, which would be lost.
fn whole_microseconds(value: &Bound<'_, PyAny>, name: &str) -> Result<(), Problem> {
    match value.getattr(name).and_then(|it| it.extract::<i64>()) {
        Ok(more) if more != 0 => Err(Problem(format!(
            "must be in whole microseconds, got {}; round it with .round(\"us\")",
            written(value)
        ))),
        _ => Ok(()),
    }
}

/// Returns a time as Python prints it.
fn written(value: &Bound<'_, PyAny>) -> String {
    value.str().map_or_else(|_| shown(value), |text| crankwheel::brief(&text.to_string_lossy()))
}

/// Converts a date.
pub fn date_from_python(date: &Bound<'_, PyDate>) -> Option<Date> {
    let year = i16::try_from(date.get_year()).ok()?;
    let (month, day) = (i8::try_from(date.get_month()).ok()?, i8::try_from(date.get_day()).ok()?);
    Date::new(year, month, day).ok()
}
