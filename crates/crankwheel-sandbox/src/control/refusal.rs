//! Explains in words why the API refuses the fields of a new client.

use http::StatusCode;
use serde_json::{Map, Value};

use crate::error::SandboxError;
use crate::input::{invalid, short, shown};
use crate::response::Response;
use crate::state::{CLIENT_FIELDS, Field, SETTINGS_FIELDS, cure, is_writable};

/// Older names that the API accepts for settings.
const OLDER_SETTINGS: [&str; 2] = ["black_list_pattern", "black_list_regex"];

/// Refuses fields that the API would ignore.
pub(super) fn check_names(fields: &Map<String, Value>) -> Result<(), SandboxError> {
    let known = |table: &'static [Field], name: &str| table.iter().any(|field| field.name == name);
    if let Some(name) = fields.keys().find(|name| !known(CLIENT_FIELDS, name)) {
        let valid = writable(CLIENT_FIELDS);
        let name = short(name);
        return Err(invalid(format!(
            "{name}: unknown field; valid fields are {valid}, created_at, current_plan"
        )));
    }
    let settings = fields.get("settings").and_then(Value::as_object).into_iter().flatten();
    for (name, _) in settings {
        if !known(SETTINGS_FIELDS, name) && !OLDER_SETTINGS.contains(&name.as_str()) {
            let (name, valid) = (short(name), writable(SETTINGS_FIELDS));
            return Err(invalid(format!("settings.{name}: unknown field; valid fields are {valid}")));
        }
    }
    Ok(())
}

fn writable(table: &'static [Field]) -> String {
    let names = table.iter().filter(|field| is_writable(field)).map(|field| field.name);
    names.collect::<Vec<_>>().join(", ")
}

/// Converts the API's response to a refused client: one line for each field.
pub(super) fn explain(mut response: Response, fields: &Map<String, Value>) -> SandboxError {
    let status = response.status;
    let body: Value = serde_json::from_slice(&response.whole_body()).unwrap_or_default();
    let errors = body.get("errors").and_then(Value::as_object);
    let lines: Vec<String> = errors
        .into_iter()
        .flatten()
        .map(|(name, messages)| {
            let messages = messages.as_array().into_iter().flatten().filter_map(Value::as_str);
            let problem = messages.collect::<Vec<_>>().join(" and ");
            let got = match value_at(fields, name) {
                Some(value) => format!(", got {}", shown(value)),
                None => String::new(),
            };
            let cure = match (status, body.get("id")) {
                (StatusCode::CONFLICT, Some(id)) => format!(" by client {id}; choose another name"),
                (StatusCode::CONFLICT, None) => " outside the account; choose another name".to_owned(),
                _ => cure_of(name).map(|cure| format!("; {cure}")).unwrap_or_default(),
            };
            if status == StatusCode::CONFLICT {
                // The holder of the name belongs to the problem.
                let (holder, cure) = cure.split_once("; ").unwrap_or_default();
                return format!("{name}: {problem}{holder}{got}; {cure}");
            }
            format!("{name}: {problem}{got}{cure}")
        })
        .collect();
    let message = if lines.is_empty() {
        format!("the client was refused with status {status}")
    } else {
        lines.join("\n")
    };
    match status {
        StatusCode::BAD_REQUEST => invalid(message),
        status => SandboxError::Control { status: status.as_u16(), message },
    }
}

fn value_at<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    match name.split_once('.') {
        Some((object, name)) => fields.get(object)?.get(name),
        None => fields.get(name),
    }
}

fn cure_of(name: &str) -> Option<String> {
    let (table, name) = match name.split_once('.') {
        Some((_, name)) => (SETTINGS_FIELDS, name),
        None => (CLIENT_FIELDS, name),
    };
    table.iter().find(|field| field.name == name).and_then(cure)
}
