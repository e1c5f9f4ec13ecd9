//! `Period`: the core's, with Python's dates and times as its ends.

use std::hash::{DefaultHasher, Hash, Hasher};

use crankwheel::{self as core, Error, PeriodBound};
use jiff::Timestamp;
use pyo3::prelude::*;
use pyo3::types::{PyDate, PyDateTime, PyDict, PyString, PyType};

use super::time::{date_from_python, naive, time_from_python};
use crate::output::{Outcome, equal, time_to_python};

/// A period of time for usage and billing, both ends included.
///
/// `Period(start, end, tz=None)`: the ends are aware datetimes, dates (a date as the end includes that day) or
/// RFC 3339 text. UTC unless `tz` names a zone. Wherever a period is taken, text such as `"2019-02"` does as well.
///
/// ```python
/// >>> from crankwheel import Period
/// >>> str(Period.month("2019-02"))
/// '2019-02-01T00:00:00Z/2019-02-28T23:59:59.999999Z'
///
/// ```
#[pyclass(frozen, module = "crankwheel")]
#[derive(Clone, PartialEq)]
pub struct Period(pub core::Period);

/// How a period is pickled: what makes it anew, and from what.
type Restored<'py> = (Bound<'py, PyAny>, (Option<u32>, String));

#[pymethods]
impl Period {
    #[new]
    #[pyo3(signature = (start, end, tz=None))]
    fn new(start: &Bound<'_, PyAny>, end: &Bound<'_, PyAny>, tz: Option<&Bound<'_, PyAny>>) -> Outcome<Self> {
        let (start, end) = (bound("start", start)?, bound("end", end)?);
        Ok(Period(match tz {
            Some(tz) => core::Period::new_in_zone(start, end, &zone(tz)?)?,
            None => core::Period::new(start, end)?,
        }))
    }

    /// One month, written `2019-02`.
    #[staticmethod]
    #[pyo3(signature = (month, tz=None))]
    fn month(month: &str, tz: Option<&Bound<'_, PyAny>>) -> Outcome<Self> {
        Ok(Period(match tz {
            Some(tz) => core::Period::month_in_zone(month, &zone(tz)?)?,
            None => core::Period::month(month)?,
        }))
    }

    /// Every month from the first to the last, both included, one period each.
    #[staticmethod]
    #[pyo3(signature = (first, last, tz=None))]
    fn months(first: &str, last: &str, tz: Option<&Bound<'_, PyAny>>) -> Outcome<Vec<Self>> {
        let months = match tz {
            Some(tz) => core::Period::months_in_zone(first, last, &zone(tz)?)?,
            None => core::Period::months(first, last)?,
        };
        Ok(months.into_iter().map(Period).collect())
    }

    /// The last `days` days, of 24 hours each, counted back from the moment of the call that it is used in.
    #[staticmethod]
    fn last_days(days: i64) -> Outcome<Self> {
        // What does not fit is out of range in any case: the core says so.
        let days = u32::try_from(days).unwrap_or(if days < 0 { 0 } else { u32::MAX });
        Ok(Period(core::Period::last_days(days)?))
    }

    /// Reads a period from text: `2019-02`, `2019`, `2019-02-28` or two ends with a slash between them.
    #[staticmethod]
    fn parse(text: &str) -> Outcome<Self> {
        Ok(Period(core::Period::parse(text)?))
    }

    /// The first microsecond; for `last_days` as of now.
    #[getter]
    fn start<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDateTime>> {
        time_to_python(py, self.0.bounds(Timestamp::now()).0)
    }

    /// The last microsecond; for `last_days` it is now.
    #[getter]
    fn end<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDateTime>> {
        time_to_python(py, self.0.bounds(Timestamp::now()).1)
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        match (self.0.relative_days(), self.0.fixed_bounds()) {
            (None, Some((start, end))) => format!("Period('{start}', '{end}')"),
            (days, _) => format!("Period.last_days({})", days.unwrap_or_default()),
        }
    }

    fn __eq__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        equal(self, other)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.0.hash(&mut hasher);
        hasher.finish()
    }

    #[classmethod]
    fn _restore(_class: &Bound<'_, PyType>, days: Option<u32>, text: &str) -> Outcome<Self> {
        Ok(Period(match days {
            Some(days) => core::Period::last_days(days)?,
            None => core::Period::parse(text)?,
        }))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Restored<'py>> {
        let restore = py.get_type::<Self>().getattr("_restore")?;
        Ok((restore, (self.0.relative_days(), self.0.to_string())))
    }

    fn __copy__(this: Py<Self>) -> Py<Self> {
        this
    }

    fn __deepcopy__(this: Py<Self>, _memo: &Bound<'_, PyDict>) -> Py<Self> {
        this
    }
}

/// One end of a period.
fn bound(name: &str, value: &Bound<'_, PyAny>) -> Outcome<PeriodBound> {
    if let Ok(time) = value.cast::<PyDateTime>() {
        return match time_from_python(time)? {
            Some(moment) => Ok(PeriodBound::Moment(moment)),
            None => Err(Error::invalid(name, naive(value)?).into()),
        };
    }
    if let Ok(date) = value.cast::<PyDate>()
        && let Some(date) = date_from_python(date)
    {
        return Ok(PeriodBound::Day(date));
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(PeriodBound::parse(text.to_cow()?.as_ref())?);
    }
    let kind = value.get_type().name()?;
    Err(Error::invalid(name, format!("must be an aware datetime, a date, or an RFC 3339 string, got {kind}"))
        .into())
}

/// The name of a zone: text, a `zoneinfo.ZoneInfo` or `datetime.timezone.utc`.
fn zone(tz: &Bound<'_, PyAny>) -> PyResult<String> {
    match tz.getattr_opt("key")? {
        Some(key) if !key.is_none() => Ok(key.str()?.to_string()),
        _ => Ok(tz.str()?.to_string()),
    }
}
