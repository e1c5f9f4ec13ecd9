//! Converts one value, and says what is wrong with it: the only place for each kind of value.
//!
//! NumPy's scalars are taken where their value is exact, without importing NumPy.

mod describe;
mod numpy;

use crankwheel::Error;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt, PyString};

use crate::failure::Failure;

pub use describe::{class_of, shown};
pub use numpy::plain;

/// The reason why a value is refused, such as `must be a string, got 5`.
pub struct Problem(pub String);

impl Problem {
    /// Returns the problem with a value that should be something else.
    pub fn expected(what: &str, value: &Bound<'_, PyAny>) -> Self {
        Problem(format!("must be {what}, got {}", shown(value)))
    }

    /// Adds what to do about it.
    fn hint(self, hint: &str) -> Self {
        Problem(format!("{}; {hint}", self.0))
    }

    /// Returns the error for an argument of a call.
    pub fn of(self, argument: &str) -> Failure {
        Error::invalid(argument, self.0).into()
    }

    /// Returns the error for an option of a client.
    pub fn of_option(self, option: &str) -> Failure {
        Error::configuration(format!("{option}: {}", self.0)).into()
    }
}

/// Converts a `str`.
pub fn string(value: &Bound<'_, PyAny>) -> Result<String, Problem> {
    let value = plain(value);
    let Ok(text) = value.cast::<PyString>() else {
        let problem = Problem::expected("a string", &value);
        return Err(match class_of(&value).as_str() {
            "bytes" | "bytearray" | "memoryview" => problem.hint("decode it"),
            "NoneType" => problem,
            _ => problem.hint("convert it with str()"),
        });
    };
    match text.to_cow() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err(Problem(format!(
            "must be valid Unicode, got {} with half of a surrogate pair; decode it with errors=\"replace\"",
            shown(&value)
        ))),
    }
}

/// Converts a `bool`.
pub fn boolean(value: &Bound<'_, PyAny>) -> Result<bool, Problem> {
    let value = plain(value);
    match value.cast::<PyBool>() {
        Ok(flag) => Ok(flag.is_true()),
        Err(_) => Err(Problem::expected("True or False", &value)),
    }
}

/// Converts an `int`, or what has an exact integer value by `__index__`.
pub fn integer(value: &Bound<'_, PyAny>) -> Result<i64, Problem> {
    const WHAT: &str = "an integer";
    let value = plain(value);
    // `True` is an `int` in Python, but it is not meant as 1.
    if value.is_instance_of::<PyBool>() {
        return Err(Problem::expected(WHAT, &value));
    }
    if value.is_instance_of::<PyString>() {
        return Err(Problem::expected(WHAT, &value).hint("convert it with int()"));
    }
    match value.extract::<i64>() {
        Ok(number) => Ok(number),
        Err(_) if value.is_instance_of::<PyInt>() => {
            Err(Problem::expected("an integer of at most 64 bits", &value))
        }
        Err(_) => Err(Problem::expected(WHAT, &value)),
    }
}

/// Converts an `int` within the range of a smaller type.
pub fn integer_of<T: TryFrom<i64>>(what: &str, value: &Bound<'_, PyAny>) -> Result<T, Problem> {
    T::try_from(integer(value)?).map_err(|_| Problem::expected(what, value))
}

/// Converts a finite number: a `float`, an `int`, a `Decimal`, a `Fraction`.
pub fn number(what: &str, value: &Bound<'_, PyAny>) -> Result<f64, Problem> {
    let value = plain(value);
    let refused = value.is_instance_of::<PyBool>()
        || value.is_instance_of::<PyString>()
        // Times without their unit, complex numbers without their second part.
        || value.get_type().getattr("__module__").is_ok_and(|it| it.eq("numpy").unwrap_or(false));
    let number = (!refused).then(|| value.extract::<f64>().ok()).flatten().filter(|it| it.is_finite());
    number.ok_or_else(|| Problem::expected(what, &value))
}
