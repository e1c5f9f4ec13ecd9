//! The rules for fields, which are checked before a request is sent (the API document, Create
//! Client and Get Clients List).

use serde_json::{Map, Value};

use super::writable::{CHOICES, SETTINGS_CHOICES};
use crate::error::{Error, FieldErrors};
use crate::model::Field;
use crate::spelling::{boolean, brief, name, null, operation, string, value as shown};
use crate::time::parse_timestamp;

/// Checks that a field is known and has its type.
pub(super) fn check_type(name: &str, value: &Value, fields: &[Field], problems: &mut Problems) {
    check_type_at(name, name, value, fields, problems);
}

/// Checks a field as [`check_type`] does. `path` is its name in messages.
pub(super) fn check_type_at(
    path: &str,
    name: &str,
    value: &Value,
    fields: &[Field],
    problems: &mut Problems,
) {
    let Some(field) = fields.iter().find(|field| field.name == name) else {
        problems.add_unknown(path, "unknown field; pass fields that are newer than this SDK in `extra`");
        return;
    };
    let (fits, what) = match field.kind {
        "boolean" => (value.is_boolean(), "a boolean"),
        "integer" => (value.is_i64(), "an integer"),
        "date-time" => (
            value.as_str().is_some_and(|text| parse_timestamp(text).is_some()),
            "a timestamp such as 2019-02-28T12:00:00Z",
        ),
        _ => (value.is_string(), "a string"),
    };
    if !fits && !value.is_null() {
        problems.add(path, format!("must be {what} or {}, got {}", null(), shown(value)));
    }
}

/// Returns the message for a read-only field.
pub(super) fn read_only_hint(name: &str) -> String {
    match name {
        "current_plan" => format!("read-only; set the plan with `{}`", operation("clients.set_plan")),
        "session_limit" | "license_count" => {
            format!("read-only, follows from the plan; set the plan with `{}`", operation("clients.set_plan"))
        }
        _ => "read-only; leave it out".to_owned(),
    }
}

/// Checks the rules for the fields of a client.
pub(super) fn check_client_rules(body: &Map<String, Value>, problems: &mut Problems) {
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    if let Some(sname) = text("sname") {
        let plain = sname.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if !plain || !(7..=32).contains(&sname.len()) {
            problems.add(
                "sname",
                format!("must be 7 to 32 lower-case letters and digits, got {}", string(sname)),
            );
        }
    } else if body.get("sname").is_some_and(Value::is_null) {
        problems.add("sname", format!("must not be {}", null()));
    }
    if let Some(smsname) = text("smsname") {
        let plain = smsname.bytes().all(|b| b.is_ascii_alphanumeric());
        if !plain || smsname.len() > 11 || !smsname.bytes().any(|b| b.is_ascii_alphabetic()) {
            let rule = "must be at most 11 letters and digits, with at least one letter";
            problems.add("smsname", format!("{rule}, got {}", string(smsname)));
        }
    }
    for (name, choices) in CHOICES {
        check_choice(name, text(name), choices, problems);
    }

    let (soft, hard) = (body.get("first_exceeded_soft_limit"), body.get("hard_limit_starts"));
    match (soft, hard) {
        (None, None) | (Some(Value::Null), Some(Value::Null)) => {}
        (Some(Value::String(soft)), Some(Value::String(hard))) => {
            // The order of the strings is the order of the times.
            if soft >= hard {
                let hard_limit = name("hard_limit_starts");
                problems.add(
                    "first_exceeded_soft_limit",
                    format!("must be before `{hard_limit}`, got {} and {}", brief(soft), brief(hard)),
                );
            }
        }
        _ => problems.add(
            "first_exceeded_soft_limit",
            format!("must be set together with `{}`, or both to {}", name("hard_limit_starts"), null()),
        ),
    }
}

/// Checks the rules for settings.
pub(super) fn check_settings_rules(settings: &Map<String, Value>, problems: &mut Problems) {
    let text = |name: &str| settings.get(name).and_then(Value::as_str);
    for (name, choices) in SETTINGS_CHOICES {
        check_choice(&format!("settings.{name}"), text(name), choices, problems);
    }
    for (name, placeholder) in [("sms_template", "{{link}}"), ("email_invite_body", "{{screenSharingLink}}")]
    {
        // Responses have an empty string for a template that is not set.
        if let Some(template) = text(name).filter(|text| !text.is_empty() && !text.contains(placeholder)) {
            problems.add(
                &format!("settings.{name}"),
                format!("must contain {placeholder}, got {}", string(template)),
            );
        }
    }
    for field in ["phone_conf_provider", "phone_conf_main_number", "phone_conf_extra_numbers"] {
        let refused = settings.get("phone_conf_manual") == Some(&Value::Bool(false));
        if refused && let Some(value) = text(field).filter(|value| !value.is_empty()) {
            let manual = format!("`{}` is {}", name("phone_conf_manual"), boolean(true));
            problems.add(
                &format!("settings.{field}"),
                format!("must be empty unless {manual}, got {}", string(value)),
            );
        }
    }
    for name in ["stay_in_lobby", "auto_accept_in_lobby"] {
        if settings.get(name) == Some(&Value::Bool(true)) {
            problems.add(&format!("settings.{name}"), format!("deprecated; must stay {}", boolean(false)));
        }
    }
}

fn check_choice(path: &str, value: Option<&str>, choices: &[&str], problems: &mut Problems) {
    if let Some(value) = value
        && !choices.contains(&value)
    {
        let choices = choices.join(", ");
        let got = string(value);
        problems.add(path, format!("must be one of {choices}, got {got}; pass a newer value in `extra`"));
    }
}

/// The problems of each field.
#[derive(Default)]
pub(super) struct Problems(FieldErrors);

impl Problems {
    /// Adds a problem of a field, whose name is spelled by the caller's language.
    pub(super) fn add(&mut self, field: &str, message: impl Into<String>) {
        self.add_unknown(&name(field), message);
    }

    /// Adds a problem of an unknown field, under the name that the caller used.
    pub(super) fn add_unknown(&mut self, field: &str, message: impl Into<String>) {
        let message = message.into();
        match self.0.iter_mut().find(|(name, _)| name == field) {
            Some((_, messages)) => messages.push(message),
            None => self.0.push((field.to_owned(), vec![message])),
        }
    }

    /// Returns true if there are no problems.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the body if there are no problems.
    pub(super) fn finish(self, body: Map<String, Value>) -> Result<Value, Error> {
        if self.0.is_empty() {
            Ok(Value::Object(body))
        } else {
            Err(Error::invalid_fields(self.0).with_maybe_applied(Some(false)))
        }
    }
}
