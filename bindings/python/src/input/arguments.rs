//! Converts arguments of operations: clients, plans, periods, fields, queries.

use crankwheel::{ClientFields, ClientRef, Error, PeriodArgument, PlanRef};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyInt, PyMapping, PyString};
use serde_json::Value;

use super::describe::class_of;
use super::json::{json, object};
use super::period::Period;
use crate::output::{Client, Plan, Result};

/// Converts a client: an id, a string of digits, or a `Client`.
pub fn client(value: &Bound<'_, PyAny>) -> Result<ClientRef> {
    if let Ok(client) = value.cast::<Client>() {
        return Ok(ClientRef::from(&client.get().0));
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(ClientRef::from(&*text.to_cow()?));
    }
    let refuse = |got: String| ClientRef::refuse(&got).into();
    // `True` is an `int` in Python, but it is not meant as the id 1.
    if value.is_instance_of::<PyBool>() {
        return Err(refuse(value.str()?.to_string()));
    }
    match value.extract::<i64>() {
        Ok(id) => Ok(ClientRef::from(id)),
        Err(_) if value.is_instance_of::<PyInt>() => Err(refuse(value.str()?.to_string())),
        Err(_) => Err(refuse(class_of(value))),
    }
}

/// Converts a plan: its API name, or a `Plan`.
pub fn plan(value: &Bound<'_, PyAny>) -> Result<PlanRef> {
    if let Ok(plan) = value.cast::<Plan>() {
        return Ok(PlanRef::from(&plan.get().0));
    }
    match value.cast::<PyString>() {
        Ok(text) => Ok(PlanRef::from(&*text.to_cow()?)),
        Err(_) => {
            let message = format!("must be the API name of a plan, or a Plan, got {}", class_of(value));
            Err(Error::invalid("plan", message).into())
        }
    }
}

/// Converts a period: `None` for the API's default, a string, or a `Period`.
pub fn period(value: Option<&Bound<'_, PyAny>>) -> Result<PeriodArgument> {
    let Some(value) = value else { return Ok(().into()) };
    if let Ok(period) = value.cast::<Period>() {
        return Ok(period.get().0.into());
    }
    match value.cast::<PyString>() {
        Ok(text) => Ok(PeriodArgument::from(&*text.to_cow()?)),
        Err(_) => {
            let message =
                format!("must be a Period or a string such as \"2019-02\", got {}", class_of(value));
            Err(Error::invalid("period", message).into())
        }
    }
}

/// Converts the fields of create and update.
pub fn fields(given: &Bound<'_, PyDict>) -> Result<ClientFields> {
    Ok(ClientFields::from_map(object("", given.as_mapping())?)?)
}

/// Converts the query of a raw request: a mapping, or pairs. A list as a value repeats the name.
pub fn query(given: Option<&Bound<'_, PyAny>>) -> Result<Vec<(String, String)>> {
    let mut out = Vec::new();
    let Some(given) = given else { return Ok(out) };
    let pairs = match given.cast::<PyMapping>() {
        Ok(mapping) => mapping.items()?.into_any(),
        Err(_) => given.clone(),
    };
    for pair in pairs.try_iter()? {
        let (name, value): (String, Bound<'_, PyAny>) = pair?.extract()?;
        match json("query", &value)? {
            Value::Null => {}
            Value::Array(values) => out.extend(values.iter().map(|value| (name.clone(), plain(value)))),
            value => out.push((name, plain(&value))),
        }
    }
    Ok(out)
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
