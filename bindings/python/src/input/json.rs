//! Converts Python values to JSON.

use crankwheel::Error;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDate, PyDateTime, PyFloat, PyInt, PyList, PyMapping, PyString, PyTuple};
use serde_json::{Map, Number, Value};

use super::time::{date_from_python, moment};
use crate::output::{Failure, Result, raw_json};
use crate::scalar;
use crate::scalar::{class_of, shown};

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
    if value.is_instance_of::<PyString>() {
        return scalar::string(value).map(Value::String).map_err(|problem| problem.of(path));
    }
    if let Ok(number) = value.cast::<PyFloat>() {
        let number = Number::from_f64(number.value());
        return number
            .map(Value::Number)
            .ok_or_else(|| scalar::Problem::expected("a finite number", value).of(path));
    }
    let plain = scalar::plain(value);
    if !plain.is(value) {
        return json_at(path, &plain, depth + 1);
    }
    if let Some(raw) = raw_json(value) {
        return Ok(raw);
    }
    // A list of models.
    if value.get_type().hasattr("from_list")? {
        return json_at(path, &value.call_method0("to_list")?, depth + 1);
    }
    if let Ok(mapping) = value.cast::<PyMapping>() {
        return Ok(Value::Object(object_at(path, path, mapping, depth)?));
    }
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        let items = value.try_iter()?.enumerate();
        return items.map(|(at, item)| json_at(&format!("{path}[{at}]"), &item?, depth + 1)).collect();
    }
    // Any integer: also an object with `__index__`.
    if value.is_instance_of::<PyInt>() || value.extract::<i64>().is_ok() {
        return scalar::integer(value).map(Into::into).map_err(|problem| problem.of(path));
    }
    time(path, value)
}

/// Converts a mapping to a JSON object. `path` names it in messages.
pub fn object(path: &str, mapping: &Bound<'_, PyMapping>) -> Result<Map<String, Value>> {
    object_at(path, path, mapping, 0)
}

/// Converts a mapping whose members are named without `argument` in messages: each is an
/// argument.
pub fn members(argument: &str, mapping: &Bound<'_, PyMapping>) -> Result<Map<String, Value>> {
    object_at(argument, "", mapping, 0)
}

/// Converts a datetime to an RFC 3339 string, and a date to that of its midnight in UTC.
fn time(path: &str, value: &Bound<'_, PyAny>) -> Result<Value> {
    if let Ok(moment) = value.cast::<PyDateTime>() {
        return self::moment(moment).map(|it| it.to_string().into()).map_err(|problem| problem.of(path));
    }
    match value.cast::<PyDate>().ok().and_then(date_from_python) {
        Some(day) => Ok(format!("{day}T00:00:00Z").into()),
        None => Err(scalar::Problem::expected("a value that JSON can hold", value).of(path)),
    }
}

/// Converts the members of a mapping. `whole` names the mapping, and `path` is before the names of
/// its members.
fn object_at(
    whole: &str,
    path: &str,
    mapping: &Bound<'_, PyMapping>,
    depth: usize,
) -> Result<Map<String, Value>> {
    let mut out = Map::new();
    // A mapping can be an object of the caller, and its methods can fail.
    let failed = |error: PyErr| {
        let kind = class_of(error.value(mapping.py()));
        scalar::Problem(format!("must be a mapping that can be read, got one whose items() raised {kind}"))
            .of(whole)
    };
    for pair in mapping.items().map_err(failed)? {
        let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair.extract().map_err(failed)?;
        let name = match name.is_instance_of::<PyString>() {
            true => scalar::string(&name).map_err(|problem| problem.of(whole))?,
            false => return Err(refuse(whole, &format!("must have strings as keys, got {}", shown(&name)))),
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
