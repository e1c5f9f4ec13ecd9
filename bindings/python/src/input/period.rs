//! `Period`, whose ends are dates and datetimes of Python.

use std::hash::{DefaultHasher, Hash, Hasher};

use crankwheel::{self as core, Error, PeriodBound};
use jiff::Timestamp;
use pyo3::prelude::*;
use pyo3::types::{PyDate, PyDateTime, PyDict, PyString, PyType};

use super::time::{date_from_python, moment};
use crate::output::{Result, equal, time_to_python};

/// A period of time for usage and billing, both ends included.
///
/// Every argument that takes a `Period` also takes a string such as `"2019-02"`.
///
/// Args:
///     start (datetime, date or str): The first moment: an aware datetime, a date, or an RFC 3339
///         string.
///     end (datetime, date or str): The last moment. A date includes that day.
///     tz (str or tzinfo, optional): The time zone of dates, such as `"Europe/Berlin"`. Defaults to
///         UTC.
///
/// Raises:
///     InvalidRequestError: An end is not valid, a datetime has no time zone, or the end is before
///         the start.
///
/// Example:
///     >>> from crankwheel import Period
///     >>> str(Period("2019-02-01", "2019-02-28"))
///     '2019-02-01T00:00:00Z/2019-02-28T23:59:59.999999Z'
#[pyclass(frozen, module = "crankwheel")]
#[derive(Clone, PartialEq)]
pub struct Period(pub core::Period);

/// The pickled form of a period: the function that restores it, and its arguments.
type Restored<'py> = (Bound<'py, PyAny>, (Option<u32>, String));

#[pymethods]
impl Period {
    #[new]
    #[pyo3(signature = (start, end, tz=None))]
    fn new(start: &Bound<'_, PyAny>, end: &Bound<'_, PyAny>, tz: Option<&Bound<'_, PyAny>>) -> Result<Self> {
        let (start, end) = (bound("start", start)?, bound("end", end)?);
        Ok(Period(match tz {
            Some(tz) => core::Period::new_in_zone(start, end, &zone(tz)?)?,
            None => core::Period::new(start, end)?,
        }))
    }

    /// Returns one month.
    ///
    /// Args:
    ///     month (str): The month, such as `2019-02`.
    ///     tz (str or tzinfo, optional): The time zone. Defaults to UTC.
    ///
    /// Example:
    ///     >>> str(Period.month("2019-03", tz="Europe/Berlin"))
    ///     '2019-02-28T23:00:00Z/2019-03-31T21:59:59.999999Z'
    #[staticmethod]
    #[pyo3(signature = (month, tz=None))]
    fn month(month: &str, tz: Option<&Bound<'_, PyAny>>) -> Result<Self> {
        Ok(Period(match tz {
            Some(tz) => core::Period::month_in_zone(month, &zone(tz)?)?,
            None => core::Period::month(month)?,
        }))
    }

    /// Returns one period for each month from the first to the last, both included.
    ///
    /// Args:
    ///     first (str): The first month, such as `2019-01`.
    ///     last (str): The last month.
    ///     tz (str or tzinfo, optional): The time zone. Defaults to UTC.
    ///
    /// Example:
    ///     >>> len(Period.months("2018-12", "2019-02"))
    ///     3
    #[staticmethod]
    #[pyo3(signature = (first, last, tz=None))]
    fn months(first: &str, last: &str, tz: Option<&Bound<'_, PyAny>>) -> Result<Vec<Self>> {
        let months = match tz {
            Some(tz) => core::Period::months_in_zone(first, last, &zone(tz)?)?,
            None => core::Period::months(first, last)?,
        };
        Ok(months.into_iter().map(Period).collect())
    }

    /// Returns the last days, each of 24 hours, until the time of the call that uses the period.
    ///
    /// Args:
    ///     days (int): The number of days.
    ///
    /// Example:
    ///     >>> Period.last_days(28)
    ///     Period.last_days(28)
    #[staticmethod]
    fn last_days(days: i64) -> Result<Self> {
        // A number that does not fit is out of range in any case: the core refuses it.
        let days = u32::try_from(days).unwrap_or(if days < 0 { 0 } else { u32::MAX });
        Ok(Period(core::Period::last_days(days)?))
    }

    /// Parses a string such as `2019-02`, `2019`, `2019-02-28` or `2019-02-01/2019-02-14`.
    ///
    /// Args:
    ///     text (str): A month, a year, a day, or two ends separated by a slash. UTC.
    ///
    /// Example:
    ///     >>> Period.parse("2019-02") == Period.month("2019-02")
    ///     True
    #[staticmethod]
    fn parse(text: &str) -> Result<Self> {
        Ok(Period(core::Period::parse(text)?))
    }

    /// The first microsecond; for `last_days`, as of now.
    #[getter]
    fn start<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDateTime>> {
        time_to_python(py, self.0.bounds(Timestamp::now()).0)
    }

    /// The last microsecond; for `last_days`, the current time.
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
    fn _restore(_class: &Bound<'_, PyType>, days: Option<u32>, text: &str) -> Result<Self> {
        Ok(Period(match days {
            Some(days) => core::Period::last_days(days)?,
            None => core::Period::parse(text)?,
        }))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Restored<'py>> {
        let restore = py.get_type::<Self>().getattr("_restore")?;
        Ok((restore, (self.0.relative_days(), self.0.to_string())))
    }

    #[classmethod]
    fn __get_pydantic_core_schema__<'py>(
        class: &Bound<'py, PyType>,
        _source: &Bound<'py, PyAny>,
        _handler: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        class.py().import("crankwheel._pydantic")?.getattr("period")?.call1((class,))
    }

    fn __copy__(this: Py<Self>) -> Py<Self> {
        this
    }

    fn __deepcopy__(this: Py<Self>, _memo: &Bound<'_, PyDict>) -> Py<Self> {
        this
    }
}

/// Converts one end of a period.
fn bound(name: &str, value: &Bound<'_, PyAny>) -> Result<PeriodBound> {
    if let Ok(time) = value.cast::<PyDateTime>() {
        return moment(time).map(PeriodBound::Moment).map_err(|problem| problem.of(name));
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

/// Returns the name of a time zone: a string, a `zoneinfo.ZoneInfo` or `datetime.timezone.utc`.
fn zone(tz: &Bound<'_, PyAny>) -> PyResult<String> {
    match tz.getattr_opt("key")? {
        Some(key) if !key.is_none() => Ok(key.str()?.to_string()),
        _ => Ok(tz.str()?.to_string()),
    }
}
