//! `Period`, whose ends are dates and datetimes of Python.

use std::hash::{DefaultHasher, Hash, Hasher};

use crankwheel::{self as core, Error, PeriodBound};
use jiff::Timestamp;
use jiff::civil::Date;
use pyo3::prelude::*;
use pyo3::types::{PyDate, PyDateTime, PyDelta, PyDict, PyString, PyType, PyTzInfo};

use super::time::{date_from_python, moment, span_from_python};
use crate::output::{Failure, Result, equal, time_to_python};
use crate::scalar;
use crate::scalar::class_of;

/// A period of time for usage and billing, both ends included.
///
/// Every argument that takes a `Period` also takes a string such as `"2019-02"`.
///
/// Args:
///     start (datetime, date or str): The first moment: an aware datetime, a date, or an RFC 3339
///         string. Values of pandas (`Timestamp`, `Period`) work, too.
///     end (datetime, date or str): The last moment. A date includes that day.
///     tz (str or tzinfo, optional): The time zone of dates: an IANA name such as `"Europe/Berlin"`, an
///         offset such as `"+02:00"`, or a `tzinfo` with one. Defaults to UTC.
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
        Ok(Period(core::Period::new_in_zone(start, end, &zone_name(tz)?)?))
    }

    /// Returns one month.
    ///
    /// Args:
    ///     month (str or pandas.Period): The month, such as `2019-02`.
    ///     tz (str or tzinfo, optional): The time zone. Defaults to UTC.
    ///
    /// Example:
    ///     >>> str(Period.month("2019-03", tz="Europe/Berlin"))
    ///     '2019-03[Europe/Berlin]'
    #[staticmethod]
    #[pyo3(signature = (month, tz=None))]
    fn month(month: &Bound<'_, PyAny>, tz: Option<&Bound<'_, PyAny>>) -> Result<Self> {
        Ok(Period(core::Period::month_in_zone(&month_text("month", month)?, &zone_name(tz)?)?))
    }

    /// Returns one period for each month from the first to the last, both included.
    ///
    /// Args:
    ///     first (str or pandas.Period): The first month, such as `2019-01`.
    ///     last (str or pandas.Period): The last month.
    ///     tz (str or tzinfo, optional): The time zone. Defaults to UTC.
    ///
    /// Example:
    ///     >>> [month.label for month in Period.months("2018-12", "2019-02", tz="Europe/Berlin")]
    ///     ['2018-12', '2019-01', '2019-02']
    #[staticmethod]
    #[pyo3(signature = (first, last, tz=None))]
    fn months(
        first: &Bound<'_, PyAny>,
        last: &Bound<'_, PyAny>,
        tz: Option<&Bound<'_, PyAny>>,
    ) -> Result<Vec<Self>> {
        let (first, last) = (month_text("first", first)?, month_text("last", last)?);
        let months = core::Period::months_in_zone(&first, &last, &zone_name(tz)?)?;
        Ok(months.into_iter().map(Period).collect())
    }

    /// Returns the current month, from its first day to its last.
    ///
    /// Args:
    ///     tz (str or tzinfo, optional): The time zone. Defaults to UTC.
    ///     now (datetime or str, optional): The current time, for tests. Defaults to that of the
    ///         system's clock.
    ///
    /// Example:
    ///     >>> Period.this_month(now="2019-03-15T12:00:00Z").label
    ///     '2019-03'
    #[staticmethod]
    #[pyo3(signature = (tz=None, *, now=None))]
    fn this_month(tz: Option<&Bound<'_, PyAny>>, now: Option<&Bound<'_, PyAny>>) -> Result<Self> {
        Ok(Period(core::Period::this_month(&zone_name(tz)?, now_of(now)?)?))
    }

    /// Returns the month before the current one.
    ///
    /// Args:
    ///     tz (str or tzinfo, optional): The time zone. Defaults to UTC.
    ///     now (datetime or str, optional): The current time, for tests. Defaults to that of the
    ///         system's clock.
    ///
    /// Example:
    ///     >>> Period.last_month(tz="Europe/Berlin", now="2019-02-28T23:30:00Z").label
    ///     '2019-02'
    #[staticmethod]
    #[pyo3(signature = (tz=None, *, now=None))]
    fn last_month(tz: Option<&Bound<'_, PyAny>>, now: Option<&Bound<'_, PyAny>>) -> Result<Self> {
        Ok(Period(core::Period::last_month(&zone_name(tz)?, now_of(now)?)?))
    }

    /// Returns the last days, each of 24 hours, until the time of the call that uses the period.
    ///
    /// Args:
    ///     days (int): The number of days.
    ///     now (datetime or str, optional): The end, for tests. Defaults to the time of the call, by
    ///         the clock of the client: that of the sandbox for a sandbox's client.
    ///
    /// Example:
    ///     >>> Period.last_days(28)
    ///     Period.last_days(28)
    #[staticmethod]
    #[pyo3(signature = (days, *, now=None))]
    fn last_days(days: &Bound<'_, PyAny>, now: Option<&Bound<'_, PyAny>>) -> Result<Self> {
        let days = scalar::integer(days).map_err(|problem| problem.of("days"))?;
        // A number that does not fit is out of range in any case: the core refuses it.
        let days = u32::try_from(days).unwrap_or(if days < 0 { 0 } else { u32::MAX });
        Ok(Period(match now_of(now)? {
            Some(now) => core::Period::last_days_until(days, now)?,
            None => core::Period::last_days(days)?,
        }))
    }

    /// Parses a string such as `2019-02`, `2019`, `2019-02-28` or `2019-02-01/2019-02-14`.
    ///
    /// Args:
    ///     text (str): A month, a year, a day, or two ends separated by a slash. A time zone can follow
    ///         in brackets: `2019-02[Europe/Berlin]`.
    ///     tz (str or tzinfo, optional): The time zone of dates. Defaults to UTC.
    ///
    /// Example:
    ///     >>> Period.parse("2019-02") == Period.month("2019-02")
    ///     True
    #[staticmethod]
    #[pyo3(signature = (text, tz=None))]
    fn parse(text: &Bound<'_, PyAny>, tz: Option<&Bound<'_, PyAny>>) -> Result<Self> {
        let text = scalar::string(text).map_err(|problem| problem.of("text"))?;
        let parsed = core::Period::parse_in_zone(&text, &zone_name(tz)?);
        // As an argument of an operation, the string is called `period`.
        let renamed = |error: Error| match error.errors() {
            [(name, problems)] if name == "period" => {
                Error::invalid_fields(vec![("text".to_owned(), problems.clone())])
            }
            _ => error,
        };
        Ok(Period(parsed.map_err(renamed)?))
    }

    /// The shortest name of the period: `2019-02`, `2019`, `2019-02-28`, `2019-02-01/2019-02-14`, or
    /// both ends.
    #[getter]
    fn label(&self) -> String {
        self.0.label()
    }

    /// The name of the time zone: an IANA name, `UTC`, or an offset such as `+02:00`.
    #[getter]
    fn tz(&self) -> &str {
        self.0.time_zone()
    }

    /// The first microsecond, in the period's time zone; for `last_days`, as of now.
    #[getter]
    fn start<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        local(py, &self.0, self.0.bounds(Timestamp::now()).0)
    }

    /// The last microsecond, in the period's time zone; for `last_days`, the current time.
    #[getter]
    fn end<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        local(py, &self.0, self.0.bounds(Timestamp::now()).1)
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        if let Some(days) = self.0.relative_days() {
            return format!("Period.last_days({days})");
        }
        let (label, zone) = (self.0.label(), self.0.time_zone());
        let tz = if zone == "UTC" { String::new() } else { format!(", tz='{zone}'") };
        match label.split_once('/') {
            Some((start, end)) if start.len() >= 10 => format!("Period('{start}', '{end}'{tz})"),
            None if label.len() == 7 => format!("Period.month('{label}'{tz})"),
            _ => format!("Period.parse('{label}'{tz})"),
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

/// Converts a period of pandas, which is recognized without importing pandas, to its first and last
/// day.
pub fn pandas_days(value: &Bound<'_, PyAny>) -> Option<(Date, Date)> {
    let class = value.get_type();
    if class.name().ok()? != "Period" || !class.module().ok()?.to_cow().ok()?.starts_with("pandas") {
        return None;
    }
    let day = |end: &str| date_from_python(value.getattr(end).ok()?.call_method0("date").ok()?.cast().ok()?);
    // Shorter periods (hours, minutes) are not days.
    let midnight = value.getattr("start_time").ok()?.call_method0("time").ok()?;
    let whole = !midnight.getattr("hour").ok()?.is_truthy().ok()?
        && !midnight.getattr("minute").ok()?.is_truthy().ok()?;
    let frequency = value.getattr("freqstr").ok()?.str().ok()?.to_string();
    let days = ["D", "W", "M", "Q", "Y", "A", "B"].iter().any(|unit| {
        frequency.trim_start_matches(|c: char| c.is_ascii_digit()).split('-').next() == Some(unit)
    });
    if !(whole && days) {
        return None;
    }
    Some((day("start_time")?, day("end_time")?))
}

/// Converts a month: a string, or a month of pandas.
fn month_text(name: &str, value: &Bound<'_, PyAny>) -> Result<String> {
    if scalar::plain(value).is_instance_of::<PyString>() {
        return scalar::string(value).map_err(|problem| problem.of(name));
    }
    if let Some((first, last)) = pandas_days(value)
        && first.day() == 1
        && last == first.last_of_month()
    {
        return Ok(first.strftime("%Y-%m").to_string());
    }
    let got = class_of(value);
    Err(Error::invalid(name, format!("must be a month such as \"2019-02\", got {got}; write it as a string"))
        .into())
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
    if scalar::plain(value).is_instance_of::<PyString>() {
        let text = scalar::string(value).map_err(|problem| problem.of(name))?;
        return Ok(PeriodBound::parse_named(name, &text)?);
    }
    if let Some((first, last)) = pandas_days(value) {
        return Ok(PeriodBound::Day(if name == "start" { first } else { last }));
    }
    Err(wrong_bound(name, value))
}

fn wrong_bound(name: &str, value: &Bound<'_, PyAny>) -> Failure {
    let forms = "an aware datetime, a date, or an RFC 3339 string";
    Error::invalid(name, format!("must be {forms}, got {}", class_of(value))).into()
}

/// Converts the argument `now`.
fn now_of(now: Option<&Bound<'_, PyAny>>) -> Result<Option<Timestamp>> {
    let Some(now) = now else { return Ok(None) };
    match bound("now", now)? {
        PeriodBound::Moment(moment) => Ok(Some(moment)),
        PeriodBound::Day(_) => Err(Error::invalid(
            "now",
            "must be a moment, got a date; add the time, as in 2019-03-15T12:00:00Z",
        )
        .into()),
    }
}

/// Returns the name of a time zone, by default UTC: a string, or a `tzinfo` that has an IANA name
/// (`zoneinfo`, `pytz`, `dateutil`) or a fixed offset.
fn zone_name(tz: Option<&Bound<'_, PyAny>>) -> Result<String> {
    let Some(tz) = tz else { return Ok("UTC".to_owned()) };
    if scalar::plain(tz).is_instance_of::<PyString>() {
        return scalar::string(tz).map_err(|problem| problem.of("tz"));
    }
    if tz.is_instance_of::<PyTzInfo>() {
        // `zoneinfo` has the name as `key`, `pytz` as `zone`, `dateutil` has the name of the file.
        for (attribute, before) in [("key", ""), ("zone", ""), ("_filename", "zoneinfo/")] {
            let name = tz.getattr(attribute).ok().and_then(|name| name.extract::<String>().ok());
            if let Some(name) = name.filter(|name| !name.is_empty()) {
                let name =
                    name.rsplit_once(before).filter(|_| !before.is_empty()).map_or(&*name, |(_, it)| it);
                if core::Period::month_in_zone("2019-01", name).is_ok() {
                    return Ok(name.to_owned());
                }
            }
        }
        if let Ok(offset) = tz.call_method1("utcoffset", (tz.py().None(),))
            && let Ok(span) = span_from_python(&offset)
        {
            let seconds = span.as_secs();
            let (sign, seconds) = (if seconds < 0 { '-' } else { '+' }, seconds.abs());
            let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
            return Ok(format!("{sign}{hours:02}:{minutes:02}:{seconds:02}"));
        }
    }
    let forms = "an IANA name such as Europe/Berlin, or a tzinfo with such a name or a fixed offset";
    Err(Error::invalid("tz", format!("must be {forms}, got {}", class_of(tz))).into())
}

/// Returns a moment as an aware datetime in the time zone of a period.
fn local<'py>(py: Python<'py>, period: &core::Period, at: Timestamp) -> PyResult<Bound<'py, PyAny>> {
    let utc = time_to_python(py, at)?;
    let name = period.time_zone();
    if name == "UTC" {
        return Ok(utc);
    }
    let named = || py.import("zoneinfo")?.getattr("ZoneInfo")?.call1((name,));
    // Python can lack the time zone: Windows has none without the package tzdata.
    let zone = match named() {
        Ok(zone) if !name.starts_with(['+', '-']) => zone,
        _ => {
            let offset = PyDelta::new(py, 0, period.offset_seconds(at), 0, true)?;
            py.import("datetime")?.getattr("timezone")?.call1((offset,))?
        }
    };
    utc.call_method1("astimezone", (zone,))
}
