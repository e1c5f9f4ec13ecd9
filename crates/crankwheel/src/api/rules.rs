//! The rules that fields are held to before they are sent (the API document, Create Client and Get Clients List).

use serde_json::{Map, Value};

use super::writable::{CHOICES, SETTINGS_CHOICES};
use crate::error::{Error, FieldErrors};
use crate::model::Field;
use crate::time::parse_timestamp;

pub(super) fn check_type(name: &str, value: &Value, fields: &[Field], problems: &mut Problems) {
    check_type_at(name, name, value, fields, problems);
}

pub(super) fn check_type_at(
    path: &str,
    name: &str,
    value: &Value,
    fields: &[Field],
    problems: &mut Problems,
) {
    let Some(field) = fields.iter().find(|field| field.name == name) else {
        problems.add(path, "is no field of the API that this SDK knows; pass newer fields in `extra`");
        return;
    };
    let (fits, what) = match field.kind {
        "boolean" => (value.is_boolean(), "true or false"),
        "integer" => (value.is_i64(), "an integer"),
        "date-time" => (value.as_str().is_some_and(|text| parse_timestamp(text).is_some()), "a timestamp"),
        _ => (value.is_string(), "a text"),
    };
    if !fits && !value.is_null() {
        problems.add(path, format!("must be {what} or null, not {value}"));
    }
}

pub(super) fn read_only_hint(name: &str) -> &'static str {
    match name {
        "current_plan" => "is read-only; set the plan with set plan",
        "session_limit" | "license_count" => {
            "is read-only; it follows from the plan, change it with set plan"
        }
        _ => "is read-only",
    }
}

pub(super) fn check_client_rules(body: &Map<String, Value>, problems: &mut Problems) {
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    if let Some(sname) = text("sname") {
        let plain = sname.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if !plain || !(7..=32).contains(&sname.len()) {
            problems.add("sname", format!("must be 7 to 32 lower-case letters and digits, not {sname:?}"));
        }
    } else if body.get("sname").is_some_and(Value::is_null) {
        problems.add("sname", "must not be null");
    }
    if let Some(smsname) = text("smsname") {
        let plain = smsname.bytes().all(|b| b.is_ascii_alphanumeric());
        if !plain || smsname.len() > 11 || !smsname.bytes().any(|b| b.is_ascii_alphabetic()) {
            let rule = "must be at most 11 letters and digits, at least one of them a letter";
            problems.add("smsname", format!("{rule}, not {smsname:?}"));
        }
    }
    for (name, choices) in CHOICES {
        check_choice(name, text(name), choices, problems);
    }

    let (soft, hard) = (body.get("first_exceeded_soft_limit"), body.get("hard_limit_starts"));
    match (soft, hard) {
        (None, None) | (Some(Value::Null), Some(Value::Null)) => {}
        (Some(Value::String(soft)), Some(Value::String(hard))) => {
            // The written form sorts as time does.
            if soft >= hard {
                problems.add("first_exceeded_soft_limit", "must lie before hard_limit_starts");
            }
        }
        _ => problems
            .add("first_exceeded_soft_limit", "and hard_limit_starts must be set together, or both be null"),
    }
}

pub(super) fn check_settings_rules(settings: &Map<String, Value>, problems: &mut Problems) {
    let text = |name: &str| settings.get(name).and_then(Value::as_str);
    for (name, choices) in SETTINGS_CHOICES {
        check_choice(&format!("settings.{name}"), text(name), choices, problems);
    }
    for (name, placeholder) in [("sms_template", "{{link}}"), ("email_invite_body", "{{screenSharingLink}}")]
    {
        // Answers use the empty text for a template that is not set.
        if text(name).is_some_and(|template| !template.is_empty() && !template.contains(placeholder)) {
            problems.add(&format!("settings.{name}"), format!("must hold {placeholder}"));
        }
    }
    for name in ["phone_conf_provider", "phone_conf_main_number", "phone_conf_extra_numbers"] {
        let refused = settings.get("phone_conf_manual") == Some(&Value::Bool(false));
        if refused && text(name).is_some_and(|value| !value.is_empty()) {
            problems.add(&format!("settings.{name}"), "can be set only with phone_conf_manual true");
        }
    }
    for name in ["stay_in_lobby", "auto_accept_in_lobby"] {
        if settings.get(name) == Some(&Value::Bool(true)) {
            problems.add(&format!("settings.{name}"), "is deprecated and must stay false");
        }
    }
}

fn check_choice(path: &str, value: Option<&str>, choices: &[&str], problems: &mut Problems) {
    if let Some(value) = value
        && !choices.contains(&value)
    {
        let choices = choices.join(", ");
        problems.add(path, format!("must be one of {choices}, not {value:?}; pass a newer value in `extra`"));
    }
}

/// What is wrong, by field.
#[derive(Default)]
pub(super) struct Problems(FieldErrors);

impl Problems {
    pub(super) fn add(&mut self, field: &str, message: impl Into<String>) {
        let message = message.into();
        match self.0.iter_mut().find(|(known, _)| known == field) {
            Some((_, messages)) => messages.push(message),
            None => self.0.push((field.to_owned(), vec![message])),
        }
    }

    pub(super) fn finish(self, body: Map<String, Value>) -> Result<Value, Error> {
        if self.0.is_empty() {
            Ok(Value::Object(body))
        } else {
            Err(Error::invalid_fields(self.0).maybe(Some(false)))
        }
    }
}
