//! The JSON bodies of requests on the control path.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::error::SandboxError;
use crate::response::Response;
use crate::state::Role;
use crate::time;

fn invalid(error: &serde_json::Error) -> SandboxError {
    SandboxError::Invalid(error.to_string())
}

pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, SandboxError> {
    serde_json::from_slice(body).map_err(|error| invalid(&error))
}

/// Adds the one item in the body, or each of a list; stops at the first invalid one.
pub(crate) fn add_each<T: DeserializeOwned>(
    body: &[u8],
    mut add: impl FnMut(T) -> Result<(), SandboxError>,
) -> Result<Response, SandboxError> {
    let items = match parse(body)? {
        OneOrMany::Many(items) => items,
        OneOrMany::One(item) => vec![item],
    };
    let count = items.len();
    for item in items {
        add(serde_json::from_value(item).map_err(|error| invalid(&error))?)?;
    }
    Ok(Response::json(StatusCode::OK, &json!({ "added": count })))
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<Value>),
    One(Value),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUser {
    pub(crate) client_id: i64,
    pub(crate) email: String,
    #[serde(default = "user")]
    pub(crate) role: Role,
}

fn user() -> Role {
    Role::User
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSession {
    pub(crate) client_id: i64,
    pub(crate) email: String,
    #[serde(with = "time::rfc3339")]
    pub(crate) start: i64,
    pub(crate) seconds: u32,
    #[serde(default = "one")]
    pub(crate) viewers: u32,
}

fn one() -> u32 {
    1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPlanChange {
    pub(crate) client_id: i64,
    pub(crate) api_name: String,
    #[serde(default, with = "time::optional_rfc3339")]
    pub(crate) at: Option<i64>,
    #[serde(default)]
    pub(crate) set_by: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClockSetting {
    #[serde(default, with = "time::optional_rfc3339")]
    pub(crate) now: Option<i64>,
    #[serde(default)]
    pub(crate) frozen: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Advance {
    pub(crate) seconds: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCannedResponse {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) status: u16,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) body: Value,
    #[serde(default)]
    pub(crate) times: Option<u32>,
}
