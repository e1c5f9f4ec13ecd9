//! Facts about a model that TypeScript cannot read from its raw JSON.

use crankwheel::model::{Field, FieldValue, Visit};
use crankwheel::{
    BillingOverview, BillingPeriod, Client, ClientBilling, ClientUsage, Error, LoginOption, Model, Plan,
    PlanProRata, Settings, collect_warnings, parse_timestamp,
};
use napi::{Error as NapiError, Result};
use napi_derive::napi;

use crate::exact::exact;

/// Calls a generic function with the type of a model, by its name.
macro_rules! with_model {
    ($kind:expr, $call:ident($($argument:expr),*)) => {
        match $kind {
            "Client" => $call::<Client>($($argument),*),
            "Settings" => $call::<Settings>($($argument),*),
            "Plan" => $call::<Plan>($($argument),*),
            "ClientUsage" => $call::<ClientUsage>($($argument),*),
            "ClientBilling" => $call::<ClientBilling>($($argument),*),
            "BillingPeriod" => $call::<BillingPeriod>($($argument),*),
            "PlanProRata" => $call::<PlanProRata>($($argument),*),
            "BillingOverview" => $call::<BillingOverview>($($argument),*),
            "LoginOption" => $call::<LoginOption>($($argument),*),
            other => Err(Error::configuration(format!("{other}: not a model"))),
        }
    };
}
pub(crate) use with_model;

/// Returns the exact form of a model (see `exact.rs`).
#[napi]
pub fn exact_json(kind: String, json: String) -> Result<String> {
    again(|| with_model!(kind.as_str(), exact_of(&json)))
}

/// Returns the raw JSON of the models within a field of a model. Each plan of a map comes after its name.
#[napi]
pub fn json_of_parts(kind: String, json: String, field: String) -> Result<Vec<String>> {
    again(|| with_model!(kind.as_str(), parts_of(&json, &field)))
}

/// Reads a timestamp in any form that the API sends. Returns milliseconds since 1970.
#[napi]
pub fn timestamp(text: String) -> Option<f64> {
    parse_timestamp(&text).map(|timestamp| timestamp.as_millisecond() as f64)
}

/// Reads a model that was read before, and so without a warning.
fn again<T>(read: impl FnOnce() -> std::result::Result<T, Error>) -> Result<T> {
    let (result, _reported) = collect_warnings(read);
    result.map_err(|error| NapiError::from_reason(error.to_string()))
}

fn exact_of<M: Model>(json: &str) -> std::result::Result<String, Error> {
    M::from_json(json).map(|model| exact(&model))
}

fn parts_of<M: Model>(json: &str, field: &str) -> std::result::Result<Vec<String>, Error> {
    let mut parts = Parts { field, found: Vec::new() };
    M::from_json(json)?.visit(&mut parts);
    Ok(parts.found)
}

/// The raw JSON of the models within one field.
struct Parts<'a> {
    field: &'a str,
    found: Vec<String>,
}

impl Visit for Parts<'_> {
    fn field(&mut self, field: &'static Field, value: FieldValue<'_>) {
        if field.name != self.field {
            return;
        }
        match value {
            FieldValue::Settings(it) => self.found.push(it.json().to_owned()),
            FieldValue::Plans(it) => {
                let pairs = it.iter().flat_map(|(name, plan)| [name.to_owned(), plan.json().to_owned()]);
                self.found.extend(pairs);
            }
            FieldValue::Periods(it) => self.found.extend(it.iter().map(|it| it.json().to_owned())),
            _ => {}
        }
    }
}
