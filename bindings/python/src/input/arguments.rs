//! Arguments of operations: clients, plans, periods, fields, JSON.

use crankwheel::{ClientFields, ClientRef, Error, Model, PeriodArgument, PlanRef};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDate, PyDateTime, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString, PyTuple};
use serde_json::{Map, Number, Value};

use crate::input::period::{Period, naive};
use crate::output::convert::{date_from_python, time_from_python};
use crate::output::error::Outcome;
use crate::output::models;

/// The name of a value's class, for messages.
fn class_of(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map(|name| name.to_string()).unwrap_or_default()
}

/// A client: an id, its digits as text, or a `Client`.
pub fn client(value: &Bound<'_, PyAny>) -> Outcome<ClientRef> {
    if let Ok(client) = value.cast::<models::Client>() {
        return Ok(ClientRef::from(&client.get().0));
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(ClientRef::from(&*text.to_cow()?));
    }
    let refuse = |shown: String| {
        let what = "must be a client's id (a positive integer), its digits, or a Client; not";
        Error::invalid("client", format!("{what} {shown}")).into()
    };
    // `True` is an int to Python, but nobody means client 1 by it.
    if value.is_instance_of::<PyBool>() {
        return Err(refuse(value.str()?.to_string()));
    }
    match value.extract::<i64>() {
        Ok(id) => Ok(ClientRef::from(id)),
        Err(_) if value.is_instance_of::<PyInt>() => Err(refuse(value.str()?.to_string())),
        Err(_) => Err(refuse(class_of(value))),
    }
}

/// A plan: its API name, or a `Plan`.
pub fn plan(value: &Bound<'_, PyAny>) -> Outcome<PlanRef> {
    if let Ok(plan) = value.cast::<models::Plan>() {
        return Ok(PlanRef::from(&plan.get().0));
    }
    match value.cast::<PyString>() {
        Ok(text) => Ok(PlanRef::from(&*text.to_cow()?)),
        Err(_) => {
            let message = format!("must be a plan's API name or a Plan, not {}", class_of(value));
            Err(Error::invalid("plan", message).into())
        }
    }
}

/// A period: `None` for the API's default, text, or a `Period`.
pub fn period(value: Option<&Bound<'_, PyAny>>) -> Outcome<PeriodArgument> {
    let Some(value) = value else { return Ok(().into()) };
    if let Ok(period) = value.cast::<Period>() {
        return Ok(period.get().0.into());
    }
    match value.cast::<PyString>() {
        Ok(text) => Ok(PeriodArgument::from(&*text.to_cow()?)),
        Err(_) => {
            let message = format!("must be a Period or a text such as \"2019-02\", not {}", class_of(value));
            Err(Error::invalid("period", message).into())
        }
    }
}

/// Fields of create and update.
pub fn fields(given: &Bound<'_, PyDict>) -> Outcome<ClientFields> {
    Ok(ClientFields::from_map(object("", given.as_mapping(), 0)?)?)
}

/// A query of a raw request: a mapping, or pairs; a list as a value repeats the name.
pub fn query(given: Option<&Bound<'_, PyAny>>) -> Outcome<Vec<(String, String)>> {
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

/// Deeper values than this are taken for ones that hold themselves.
const DEEPEST: usize = 100;

/// Any value that has a form in JSON. `path` names it in messages.
pub fn json(path: &str, value: &Bound<'_, PyAny>) -> Outcome<Value> {
    json_at(path, value, 0)
}

fn json_at(path: &str, value: &Bound<'_, PyAny>, depth: usize) -> Outcome<Value> {
    if depth > DEEPEST {
        return Err(Error::invalid(
            path.split(['.', '[']).next().unwrap_or_default(),
            format!("is nested more than {DEEPEST} deep"),
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
        return number.map(Value::Number).ok_or_else(|| refuse(path, "is no finite number"));
    }
    if let Ok(settings) = value.cast::<models::Settings>() {
        return Ok(settings.get().0.to_json());
    }
    if let Ok(client) = value.cast::<models::Client>() {
        return Ok(client.get().0.to_json());
    }
    if let Ok(mapping) = value.cast::<PyMapping>() {
        return Ok(Value::Object(object(path, mapping, depth)?));
    }
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        let items = value.try_iter()?.enumerate();
        return items.map(|(at, item)| json_at(&format!("{path}[{at}]"), &item?, depth + 1)).collect();
    }
    // Whatever counts as a whole number, also NumPy's.
    if let Ok(number) = value.extract::<i64>() {
        return Ok(number.into());
    }
    if value.is_instance_of::<PyInt>() {
        return Err(refuse(path, "is too large a number"));
    }
    time(path, value)
}

/// Times as RFC 3339 text; a day as its midnight in UTC.
fn time(path: &str, value: &Bound<'_, PyAny>) -> Outcome<Value> {
    if let Ok(moment) = value.cast::<PyDateTime>() {
        return match time_from_python(moment)? {
            Some(moment) => Ok(moment.to_string().into()),
            None => Err(Error::invalid(path, naive(value)?).into()),
        };
    }
    match value.cast::<PyDate>().ok().and_then(date_from_python) {
        Some(day) => Ok(format!("{day}T00:00:00Z").into()),
        None => Err(refuse(path, &format!("cannot be sent as JSON: it is a {}", class_of(value)))),
    }
}

fn object(path: &str, mapping: &Bound<'_, PyMapping>, depth: usize) -> Outcome<Map<String, Value>> {
    let mut out = Map::new();
    for pair in mapping.items()? {
        let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair.extract()?;
        let Ok(name) = name.extract::<String>() else {
            return Err(refuse(path, "has a name that is no text"));
        };
        let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let value = json_at(&inner, &value, depth + 1)?;
        out.insert(name, value);
    }
    Ok(out)
}

fn refuse(path: &str, why: &str) -> crate::output::error::Failure {
    Error::invalid(path, why).into()
}
