//! Converts values to Python objects: JSON, times, and the fields of models.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use pyo3::PyTypeInfo;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDateTime, PyDict, PyFloat, PyInt, PyString, PyTzInfo};

/// Parses JSON with Python's own parser.
pub fn loads<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    static LOADS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let loads = LOADS.import(py, "json", "loads")?;
    loads.call1((text,)).or_else(|error| {
        // Not an error of the parser: Python converts no integer of more than 4300 digits.
        if !error.get_type(py).is(py.get_type::<PyValueError>()) {
            return Err(error);
        }
        let options = PyDict::new(py);
        options.set_item("parse_int", wrap_pyfunction!(long_integer, py)?)?;
        loads.call((text,), Some(&options))
    })
}

/// Converts an integer, one of very many digits to a `Decimal`: that is exact, too, and prints.
#[pyfunction]
fn long_integer<'py>(digits: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = digits.py();
    match py.get_type::<PyInt>().call1((digits,)) {
        Err(_) => py.import("decimal")?.getattr("Decimal")?.call1((digits,)),
        integer => integer,
    }
}

/// Returns a time as an aware datetime in UTC.
///
/// A pickle of a datetime holds its fields in ten bytes, which its class accepts as an argument. Built
/// from those, it takes a quarter of the time that the eight numbers take.
pub fn time_to_python(py: Python<'_>, time: Timestamp) -> PyResult<Bound<'_, PyAny>> {
    let civil = TimeZone::UTC.to_datetime(time);
    let narrow = |number: i8| u8::try_from(number).unwrap_or_default();
    let year = civil.year();
    let micros = u32::try_from(civil.subsec_nanosecond() / 1000).unwrap_or_default();
    let [month, day] = [civil.month(), civil.day()].map(narrow);
    let [hour, minute, second] = [civil.hour(), civil.minute(), civil.second()].map(narrow);
    let utc = PyTzInfo::utc(py)?;
    // The class does not check the bytes.
    if year > 0 {
        let [year_high, year_low] = year.to_be_bytes();
        let [_, micros_high, micros_middle, micros_low] = micros.to_be_bytes();
        let fields =
            [year_high, year_low, month, day, hour, minute, second, micros_high, micros_middle, micros_low];
        // A class that a test has put in its place may accept numbers only.
        if let Ok(time) = PyDateTime::type_object(py).call1((PyBytes::new(py, &fields), &utc)) {
            return Ok(time);
        }
    }
    let year = i32::from(year);
    PyDateTime::new(py, year, month, day, hour, minute, second, micros, Some(&utc)).map(Bound::into_any)
}

/// Converts a value to a Python object.
pub trait ToPython {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>>;

    /// Converts a value that is not needed any more, which saves a copy of it.
    fn into_python(self: Box<Self>, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        self.to_python(py)
    }
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
    /// Returns `None` for a year before 1, which a datetime cannot hold.
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        if TimeZone::UTC.to_datetime(*self).year() < 1 {
            return Ok(py.None().into_bound(py));
        }
        time_to_python(py, *self)
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
