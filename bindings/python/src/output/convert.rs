//! Values across the border: times, JSON, and what fields of models hold.

use crankwheel as core;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDate, PyDateAccess, PyDateTime, PyDict, PyFloat, PyInt, PyString, PyTzInfo};

use crate::output::{list, models};

/// Reads JSON text with Python's own reader.
pub fn loads<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    static LOADS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    LOADS.import(py, "json", "loads")?.call1((text,))
}

/// An aware UTC datetime.
pub fn time_to_python(py: Python<'_>, time: Timestamp) -> PyResult<Bound<'_, PyDateTime>> {
    let civil = TimeZone::UTC.to_datetime(time);
    let narrow = |number: i8| u8::try_from(number).unwrap_or_default();
    let micros = u32::try_from(civil.subsec_nanosecond() / 1000).unwrap_or_default();
    let utc = PyTzInfo::utc(py)?;
    PyDateTime::new(
        py,
        i32::from(civil.year()),
        narrow(civil.month()),
        narrow(civil.day()),
        narrow(civil.hour()),
        narrow(civil.minute()),
        narrow(civil.second()),
        micros,
        Some(&utc),
    )
}

/// The moment of an aware datetime; `None` if it is naive.
pub fn time_from_python(time: &Bound<'_, PyDateTime>) -> PyResult<Option<Timestamp>> {
    if time.call_method0("utcoffset")?.is_none() {
        return Ok(None);
    }
    let epoch = time_to_python(time.py(), Timestamp::UNIX_EPOCH)?;
    let since = span_from_python(&time.sub(epoch)?)?;
    let micros = i64::try_from(since.as_micros()).map_err(|_| PyOverflowError::new_err("too far away"))?;
    Timestamp::from_microsecond(micros).map(Some).map_err(|error| PyOverflowError::new_err(error.to_string()))
}

/// The exact length of a `timedelta`.
pub fn span_from_python(span: &Bound<'_, PyAny>) -> PyResult<SignedDuration> {
    let part = |name| span.getattr(name)?.extract::<i64>();
    let (days, seconds, micros) = (part("days")?, part("seconds")?, part("microseconds")?);
    Ok(SignedDuration::from_secs(days * 86_400 + seconds) + SignedDuration::from_micros(micros))
}

/// A day of the calendar.
pub fn date_from_python(date: &Bound<'_, PyDate>) -> Option<jiff::civil::Date> {
    let year = i16::try_from(date.get_year()).ok()?;
    let (month, day) = (i8::try_from(date.get_month()).ok()?, i8::try_from(date.get_day()).ok()?);
    jiff::civil::Date::new(year, month, day).ok()
}

/// What a field of a model becomes in Python.
pub trait ToPython {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>>;
}

impl ToPython for i64 {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(PyInt::new(py, *self).into_any())
    }
}

impl ToPython for f64 {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(PyFloat::new(py, *self).into_any())
    }
}

impl ToPython for bool {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.into_pyobject(py)?.to_owned().into_any())
    }
}

impl ToPython for str {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(PyString::new(py, self).into_any())
    }
}

impl ToPython for Box<str> {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        (**self).to_python(py)
    }
}

impl ToPython for Timestamp {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(time_to_python(py, *self)?.into_any())
    }
}

impl<T: ToPython + ?Sized> ToPython for &T {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        (**self).to_python(py)
    }
}

impl<T: ToPython> ToPython for Option<T> {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Some(value) => value.to_python(py),
            None => Ok(py.None().into_bound(py)),
        }
    }
}

impl ToPython for core::PlanMap {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let plans = PyDict::new(py);
        for (name, units) in self.iter() {
            plans.set_item(name, models::PlanProRata(units.clone()))?;
        }
        Ok(plans.into_any())
    }
}

impl ToPython for Vec<core::BillingPeriod> {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let periods = list::BillingPeriodList(list::Periods::from(self.as_slice()));
        Ok(Bound::new(py, periods)?.into_any())
    }
}

impl ToPython for core::List<core::ClientBilling> {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, list::ClientBillingList(self.clone()))?.into_any())
    }
}
