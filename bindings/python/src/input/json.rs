//! Converts Python values to JSON.

use crankwheel::{Error, Model};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDate, PyDateTime, PyFloat, PyInt, PyList, PyMapping, PyString, PyTuple};
use serde_json::{Map, Number, Value};

use super::describe::class_of;
use super::time::{date_from_python, naive, time_from_python};
use crate::output::{Client, Failure, Result, Settings};

/// The largest depth of nesting: a value that contains itself would be converted without end.
const DEEPEST: usize = 100;

/// Converts a value to JSON. `path` names it in messages.
pub fn json(path: &str, value: &Bound<'_, PyAny>) -> Result<Value> {
    json_at(path, value, 0)
}

fn json_at(path: &str, value: &Bound<'_, PyAny>, depth: usize) -> Result<Value> {
    if depth > DEEPEST {
        return Err(Error::invalid(
            path.split(['.', '[']).next().unwrap_or_default(),
            format!("nested more than {DEEPEST} levels deep"),
        )
        .into());
    }
    if value.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(flag.is_true().into());
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Value::String(text.to_cow()?.into_owned()));
    }
    if let Ok(number) = value.cast::<PyFloat>() {
        let number = Number::from_f64(number.value());
        return number.map(Value::Number).ok_or_else(|| refuse(path, "must be a finite number"));
    }
    if let Ok(settings) = value.cast::<Settings>() {
        return Ok(settings.get().0.to_json());
    }
    if let Ok(client) = value.cast::<Client>() {
        return Ok(client.get().0.to_json());
    }
    if let Ok(mapping) = value.cast::<PyMapping>() {
        return Ok(Value::Object(object_at(path, mapping, depth)?));
    }
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        let items = value.try_iter()?.enumerate();
        return items.map(|(at, item)| json_at(&format!("{path}[{at}]"), &item?, depth + 1)).collect();
    }
    // Any integer, NumPy's included.
    if let Ok(number) = value.extract::<i64>() {
        return Ok(number.into());
    }
    if value.is_instance_of::<PyInt>() {
        return Err(refuse(path, "must be an integer of at most 64 bits"));
    }
    time(path, value)
}

/// Converts a mapping to a JSON object. `path` names it in messages.
pub fn object(path: &str, mapping: &Bound<'_, PyMapping>) -> Result<Map<String, Value>> {
    object_at(path, mapping, 0)
}

/// Converts a datetime to an RFC 3339 string, and a date to that of its midnight in UTC.
fn time(path: &str, value: &Bound<'_, PyAny>) -> Result<Value> {
    if let Ok(moment) = value.cast::<PyDateTime>() {
        return match time_from_python(moment)? {
            Some(moment) => Ok(moment.to_string().into()),
            None => Err(Error::invalid(path, naive(value)?).into()),
        };
    }
    match value.cast::<PyDate>().ok().and_then(date_from_python) {
        Some(day) => Ok(format!("{day}T00:00:00Z").into()),
        None => Err(refuse(path, &format!("must be a value that JSON can hold, got {}", class_of(value)))),
    }
}

fn object_at(path: &str, mapping: &Bound<'_, PyMapping>, depth: usize) -> Result<Map<String, Value>> {
    let mut out = Map::new();
    for pair in mapping.items()? {
        let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair.extract()?;
        let Ok(name) = name.extract::<String>() else {
            return Err(refuse(path, "must have strings as keys"));
        };
        let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let value = json_at(&inner, &value, depth + 1)?;
        out.insert(name, value);
    }
    Ok(out)
}

fn refuse(path: &str, why: &str) -> Failure {
    Error::invalid(path, why).into()
}
