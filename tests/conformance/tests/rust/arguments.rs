//! The arguments of a step as Rust values.

use crankwheel::{ClientFields, ClientRef, Error, Period, PeriodArgument, PeriodBound, PlanRef};
use crankwheel_conformance::table::Step;
use jiff::Timestamp;
use serde_json::Value;

use crate::returned::Returned;

/// The arguments of a step. A value can refer to the result of an earlier step.
#[derive(Clone, Copy)]
pub struct Arguments<'a> {
    pub step: &'a Step,
    pub earlier: &'a [Returned],
}

impl<'a> Arguments<'a> {
    /// A positional argument, null if it is left out.
    pub fn at(self, index: usize) -> &'a Value {
        self.step.args.get(index).unwrap_or(&Value::Null)
    }

    /// A named argument.
    pub fn named(self, name: &str) -> Option<&'a Value> {
        self.step.kwargs.get(name)
    }

    pub fn client(self, value: &Value) -> ClientRef {
        match (value, earlier_result(value, self.earlier)) {
            (_, Some((Returned::Client(client) | Returned::Found(Some(client)), None))) => client.into(),
            (_, Some((Returned::Clients(clients), Some(index)))) => (&clients.get(index).unwrap()).into(),
            (Value::String(text), None) => text.as_str().into(),
            (Value::Number(number), None) if number.is_i64() => number.as_i64().unwrap().into(),
            // The types rule these out in Rust; as strings they must be refused, too.
            (Value::Number(_) | Value::Bool(_), None) => value.to_string().as_str().into(),
            other => panic!("not a client: {other:?}"),
        }
    }

    pub fn plan(self, value: &Value) -> PlanRef {
        match (value, earlier_result(value, self.earlier)) {
            (_, Some((Returned::Plans(plans), Some(index)))) => (&plans.get(index).unwrap()).into(),
            (Value::String(name), None) => name.as_str().into(),
            other => panic!("not a plan: {other:?}"),
        }
    }

    pub fn period(self, value: &Value) -> Result<PeriodArgument, Error> {
        if let Some(ends) = value.get("$period") {
            return Ok(Period::new(bound("start", &ends["start"])?, bound("end", &ends["end"])?)?.into());
        }
        if let Some(month) = value.get("$month") {
            return Ok(Period::month(month.as_str().unwrap())?.into());
        }
        Ok(match value {
            Value::Null => ().into(),
            Value::String(text) => text.as_str().into(),
            other => panic!("not a period: {other}"),
        })
    }

    /// The named arguments as the fields of a client, with times as the strings that Rust callers
    /// write.
    pub fn fields(self) -> Result<ClientFields, Error> {
        let plain = |value: &Value| value.get("$datetime").unwrap_or(value).clone();
        let fields = self.step.kwargs.iter().map(|(name, value)| (name.clone(), plain(value)));
        ClientFields::from_map(fields.collect())
    }

    pub fn string(self, value: &Value) -> &str {
        value.as_str().unwrap()
    }

    pub fn integer(self, value: &Value) -> i64 {
        value.as_i64().unwrap()
    }

    pub fn boolean(self, value: &Value) -> bool {
        value.as_bool().unwrap()
    }
}

/// The result that `{"$result": n, "path": "[i]"}` names, with its index.
fn earlier_result<'a>(value: &Value, earlier: &'a [Returned]) -> Option<(&'a Returned, Option<usize>)> {
    let step = value.get("$result")?.as_u64().unwrap();
    let index =
        value.get("path").map(|path| path.as_str().unwrap().trim_matches(['[', ']']).parse().unwrap());
    Some((&earlier[usize::try_from(step).unwrap()], index))
}

fn bound(name: &str, value: &Value) -> Result<PeriodBound, Error> {
    if let Some(moment) = value.get("$datetime") {
        return Ok(moment.as_str().unwrap().parse::<Timestamp>().unwrap().into());
    }
    if let Some(day) = value.get("$date") {
        return Ok(day.as_str().unwrap().parse::<jiff::civil::Date>().unwrap().into());
    }
    PeriodBound::parse_named(name, value.as_str().unwrap())
}
