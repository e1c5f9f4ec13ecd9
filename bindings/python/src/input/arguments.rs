//! Converts arguments of operations: clients, plans, periods, fields, queries.

use crankwheel::{ClientFields, ClientRef, Error, PeriodArgument, PlanRef};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyDict, PyMapping, PyString};
use serde_json::Value;

use super::json::{json, members};
use super::period::{Period, pandas_days};
use crate::output::{Client, Failure, Plan, Result};
use crate::scalar::{self, Problem};
use crate::scalar::{class_of, shown};

/// Converts a `str`.
pub fn string(name: &str, value: &Bound<'_, PyAny>) -> Result<String> {
    scalar::string(value).map_err(|problem| problem.of(name))
}

/// Converts a `bool`.
pub fn boolean(name: &str, value: &Bound<'_, PyAny>) -> Result<bool> {
    scalar::boolean(value).map_err(|problem| problem.of(name))
}

/// Converts an `int`.
pub fn integer(name: &str, value: &Bound<'_, PyAny>) -> Result<i64> {
    scalar::integer(value).map_err(|problem| problem.of(name))
}

/// Converts a client: an id, a string of digits, or a `Client`. The core names the argument.
pub fn client(name: &str, value: &Bound<'_, PyAny>) -> Result<ClientRef> {
    if let Ok(client) = value.cast::<Client>() {
        return Ok(ClientRef::from(&client.get().0));
    }
    let value = scalar::plain(value);
    if value.is_instance_of::<PyString>() {
        return Ok(ClientRef::from(string(name, &value)?.as_str()));
    }
    match scalar::integer(&value) {
        Ok(id) => Ok(ClientRef::from(id)),
        Err(_) => Err(refuse_client(name, &value)),
    }
}

fn refuse_client(name: &str, value: &Bound<'_, PyAny>) -> Failure {
    ClientRef::refuse(name, &shown(value)).into()
}

/// Converts a client to its id.
pub fn client_id(name: &str, value: &Bound<'_, PyAny>) -> Result<i64> {
    if let Ok(client) = value.cast::<Client>() {
        return Ok(client.get().0.id);
    }
    let plain = scalar::plain(value);
    if plain.is_instance_of::<PyString>() {
        let digits = string(name, &plain)?;
        let id = digits.bytes().all(|it| it.is_ascii_digit()).then(|| digits.parse().ok()).flatten();
        return id.ok_or_else(|| refuse_client(name, value));
    }
    scalar::integer(&plain).map_err(|_| refuse_client(name, value))
}

/// Converts a plan: its API name, or a `Plan`.
pub fn plan(value: &Bound<'_, PyAny>) -> Result<PlanRef> {
    Ok(PlanRef::from(plan_name("plan", value)?.as_str()))
}

/// Converts a plan to its API name.
pub fn plan_name(name: &str, value: &Bound<'_, PyAny>) -> Result<String> {
    if let Ok(plan) = value.cast::<Plan>() {
        return Ok(plan.get().0.api_name.to_string());
    }
    if scalar::plain(value).is_instance_of::<PyString>() {
        return string(name, value);
    }
    Err(Problem::expected("the API name of a plan, or a Plan", value).of(name))
}

/// Converts a period: `None` for the API's default, a string, or a `Period`.
pub fn period(value: Option<&Bound<'_, PyAny>>) -> Result<PeriodArgument> {
    let Some(value) = value else { return Ok(().into()) };
    if let Ok(period) = value.cast::<Period>() {
        return Ok((&period.get().0).into());
    }
    if let Some((first, last)) = pandas_days(value) {
        return Ok(crankwheel::Period::new(first, last)?.into());
    }
    if scalar::plain(value).is_instance_of::<PyString>() {
        return Ok(PeriodArgument::from(string("period", value)?.as_str()));
    }
    Err(Problem::expected("a Period or a string such as \"2019-02\"", value).of("period"))
}

/// Converts the fields of create and update.
pub fn fields(given: &Bound<'_, PyDict>) -> Result<ClientFields> {
    Ok(ClientFields::from_map(members("fields", given.as_mapping())?)?)
}

/// Converts the query of a raw request: a mapping, or pairs. A list as a value repeats the name.
pub fn query(given: Option<&Bound<'_, PyAny>>) -> Result<Vec<(String, String)>> {
    let mut out = Vec::new();
    let Some(given) = given else { return Ok(out) };
    let refuse = |got: String| -> Failure {
        Error::invalid("query", format!("must be a mapping, or pairs of a name and a value, got {got}"))
            .into()
    };
    let failed = |error: PyErr| {
        refuse(format!("{} that raised {}", class_of(given), class_of(error.value(given.py()))))
    };
    let pairs = match given.cast::<PyMapping>() {
        Ok(mapping) => mapping.items().map_err(failed)?.into_any(),
        // These would be iterated over, too.
        Err(_) if given.is_instance_of::<PyString>() || given.is_instance_of::<PyBytes>() => {
            return Err(refuse(shown(given)));
        }
        Err(_) if given.is_instance_of::<PyByteArray>() => return Err(refuse(shown(given))),
        Err(_) => given.clone(),
    };
    for pair in pairs.try_iter().map_err(|_| refuse(shown(given)))? {
        let pair = pair.map_err(failed)?;
        let Ok((name, value)) = pair.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>() else {
            return Err(refuse(format!("{} in it", shown(&pair))));
        };
        if !name.is_instance_of::<PyString>() {
            return Err(refuse(format!("{} as a name", shown(&name))));
        }
        let name = string("query", &name)?;
        match json(&format!("query.{name}"), &value)? {
            Value::Null => {}
            Value::Array(values) => out.extend(values.iter().map(|value| (name.clone(), written(value)))),
            value => out.push((name, written(&value))),
        }
    }
    Ok(out)
}

fn written(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
