//! The JSON bodies that requests to the control path have.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::SandboxError;
use crate::state::Role;
use crate::time;

fn invalid(error: &serde_json::Error) -> SandboxError {
    SandboxError::Invalid(error.to_string())
}

pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, SandboxError> {
    serde_json::from_slice(body).map_err(|error| invalid(&error))
}

/// Does it for the one thing in the body, or for each of a list; stops at the first that is refused.
pub(crate) fn each<T: DeserializeOwned>(
    body: &[u8],
    mut add: impl FnMut(T) -> Result<(), SandboxError>,
) -> Result<usize, SandboxError> {
    let given = match parse(body)? {
        OneOrMany::Many(list) => list,
        OneOrMany::One(one) => vec![one],
    };
    let count = given.len();
    for value in given {
        add(serde_json::from_value(value).map_err(|error| invalid(&error))?)?;
    }
    Ok(count)
}

/// One or many of a kind.
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
    #[serde(with = "time::as_text")]
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
    #[serde(default, with = "time::as_text_or_null")]
    pub(crate) at: Option<i64>,
    #[serde(default)]
    pub(crate) set_by: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClockSetting {
    #[serde(default, with = "time::as_text_or_null")]
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
pub(crate) struct Canned {
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
