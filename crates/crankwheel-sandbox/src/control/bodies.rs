//! The JSON bodies of requests on the control path.

use http::StatusCode;
use serde_json::{Value, json};

use crate::error::SandboxError;
use crate::input::{FromJson, Headers, Input, Instant, invalid, parse, shown};
use crate::response::Response;
use crate::state::{ApiKey, Plan, Role};

/// A body with one item, or with a list of items.
pub(super) trait Item: Sized {
    /// The names of all fields.
    const FIELDS: &'static [&'static str];

    fn read(input: &mut Input) -> Result<Self, SandboxError>;

    fn parse(value: Value) -> Result<Self, SandboxError> {
        Self::read(&mut Input::new(value, Self::FIELDS)?)
    }
}

/// Reads the one item in the body.
pub(super) fn one<T: Item>(body: &[u8]) -> Result<T, SandboxError> {
    T::parse(parse(body)?)
}

/// Adds the one item in the body, or each of a list; stops at the first invalid one.
pub(super) fn add_each(
    body: &[u8],
    mut add: impl FnMut(Value) -> Result<(), SandboxError>,
) -> Result<Response, SandboxError> {
    let items = match parse(body)? {
        Value::Array(items) => items,
        item => {
            add(item)?;
            return Ok(Response::json(StatusCode::OK, &json!({ "added": 1 })));
        }
    };
    let count = items.len();
    for (index, item) in items.into_iter().enumerate() {
        add(item).map_err(|error| match error {
            SandboxError::Invalid(message) => invalid(format!("[{index}].{message}")),
            error => {
                let status = error.status().as_u16();
                SandboxError::Control { status, message: format!("[{index}].{error}") }
            }
        })?;
    }
    Ok(Response::json(StatusCode::OK, &json!({ "added": count })))
}

impl FromJson for Role {
    const EXPECTED: &'static str = "user, admin or owner";

    fn from_json(value: &Value) -> Option<Self> {
        Some(match value.as_str()? {
            "user" => Self::User,
            "admin" => Self::Admin,
            "owner" => Self::Owner,
            _ => return None,
        })
    }
}

pub(super) struct NewUser {
    pub(super) client_id: i64,
    pub(super) email: String,
    pub(super) role: Role,
}

impl Item for NewUser {
    const FIELDS: &'static [&'static str] = &["client_id", "email", "role"];

    fn read(input: &mut Input) -> Result<Self, SandboxError> {
        Ok(Self {
            client_id: input.required("client_id")?,
            email: input.required("email")?,
            role: input.optional("role")?.unwrap_or(Role::User),
        })
    }
}

pub(super) struct NewSession {
    pub(super) client_id: i64,
    pub(super) email: String,
    pub(super) start: i64,
    pub(super) seconds: u32,
    pub(super) viewers: u32,
}

impl Item for NewSession {
    const FIELDS: &'static [&'static str] = &["client_id", "email", "start", "seconds", "viewers"];

    fn read(input: &mut Input) -> Result<Self, SandboxError> {
        Ok(Self {
            client_id: input.required("client_id")?,
            email: input.required("email")?,
            start: input.required::<Instant>("start")?.0,
            seconds: input.required("seconds")?,
            viewers: input.optional("viewers")?.unwrap_or(1),
        })
    }
}

impl Item for Plan {
    const FIELDS: &'static [&'static str] = &["api_name", "human_name", "session_limit", "license_count"];

    fn read(input: &mut Input) -> Result<Self, SandboxError> {
        Ok(Self {
            api_name: input.required("api_name")?,
            human_name: input.required("human_name")?,
            session_limit: input.required("session_limit")?,
            license_count: input.required("license_count")?,
        })
    }
}

pub(super) struct NewPlanChange {
    pub(super) client_id: i64,
    pub(super) api_name: String,
    pub(super) at: Option<i64>,
    pub(super) set_by: Option<String>,
}

impl Item for NewPlanChange {
    const FIELDS: &'static [&'static str] = &["client_id", "api_name", "at", "set_by"];

    fn read(input: &mut Input) -> Result<Self, SandboxError> {
        Ok(Self {
            client_id: input.required("client_id")?,
            api_name: input.required("api_name")?,
            at: input.optional::<Instant>("at")?.map(|at| at.0),
            set_by: input.optional("set_by")?,
        })
    }
}

impl Item for ApiKey {
    const FIELDS: &'static [&'static str] = &["key", "read_only", "owner"];

    fn read(input: &mut Input) -> Result<Self, SandboxError> {
        // The value is not shown: it could hold a key.
        let key = input.required::<Value>("key")?;
        let key = key.as_str().ok_or_else(|| invalid("key: must be a string"))?;
        Ok(Self {
            key: key.to_owned(),
            read_only: input.optional("read_only")?.unwrap_or_default(),
            owner: input.required("owner")?,
        })
    }
}

pub(super) struct ClockSetting {
    pub(super) now: Option<i64>,
    pub(super) frozen: Option<bool>,
}

impl Item for ClockSetting {
    const FIELDS: &'static [&'static str] = &["now", "frozen"];

    fn read(input: &mut Input) -> Result<Self, SandboxError> {
        let now = input.optional::<Instant>("now")?.map(|now| now.0);
        Ok(Self { now, frozen: input.optional("frozen")? })
    }
}

pub(super) struct Advance {
    pub(super) seconds: i64,
}

impl Item for Advance {
    const FIELDS: &'static [&'static str] = &["seconds"];

    fn read(input: &mut Input) -> Result<Self, SandboxError> {
        Ok(Self { seconds: input.required("seconds")? })
    }
}

pub(super) struct NewCannedResponse {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) status: i64,
    pub(super) headers: Headers,
    pub(super) body: Value,
    pub(super) times: Option<u32>,
}

impl Item for NewCannedResponse {
    const FIELDS: &'static [&'static str] = &["method", "path", "status", "headers", "body", "times"];

    fn read(input: &mut Input) -> Result<Self, SandboxError> {
        Ok(Self {
            method: input.required("method")?,
            path: input.required("path")?,
            status: input.required("status")?,
            headers: input.optional("headers")?.unwrap_or_default(),
            body: input.optional("body")?.unwrap_or_default(),
            times: input.optional("times")?,
        })
    }
}

/// The fields of "create client", and `created_at` and `current_plan`, which the API does not accept.
pub(super) struct NewClient {
    pub(super) fields: serde_json::Map<String, Value>,
    pub(super) created_at: Option<i64>,
    pub(super) current_plan: Option<String>,
}

impl NewClient {
    pub(super) fn parse(value: Value) -> Result<Self, SandboxError> {
        let mut fields = match value {
            Value::Object(fields) => fields,
            value => {
                let got = shown(&value);
                return Err(invalid(format!(
                    "body: must be an object with the fields of a client, got {got}"
                )));
            }
        };
        let own: serde_json::Map<String, Value> = ["created_at", "current_plan"]
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), fields.remove(name)?)))
            .collect();
        let mut own = Input::new(Value::Object(own), &["created_at", "current_plan"])?;
        Ok(Self {
            created_at: own.optional::<Instant>("created_at")?.map(|at| at.0),
            current_plan: own.optional("current_plan")?,
            fields,
        })
    }
}
