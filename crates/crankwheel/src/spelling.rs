//! The spelling of names and literals in the language that the SDK is used from.
//!
//! Messages are composed with names as placeholders: `name("audit_log")` is `audit_log` in Rust and
//! Python, and `auditLog` in Node. A name is spelled where a message is composed, never in a
//! message that is complete, so that the caller's own values are never changed.

use std::borrow::Cow;
use std::sync::OnceLock;

use serde_json::Value;

use crate::json::counted;

/// A language that the SDK is used from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// `clients().get_or_create`, `audit_log`, `None`, `true`.
    #[default]
    Rust,
    /// `clients.get_or_create`, `audit_log`, `None`, `True`.
    Python,
    /// `clients.getOrCreate`, `auditLog`, `null`, `true`.
    Node,
}

static LANGUAGE: OnceLock<Language> = OnceLock::new();

/// Sets the language of all messages of this process. A binding calls it once, when it is loaded.
pub fn set_language(language: Language) {
    // A binding that is loaded again, in another thread, sets the same language.
    let _ = LANGUAGE.set(language);
}

fn language() -> Language {
    LANGUAGE.get().copied().unwrap_or_default()
}

impl Language {
    /// Spells a name, or a path of names such as `settings.audit_log`.
    pub fn name(self, name: &str) -> Cow<'_, str> {
        if self != Language::Node || !name.contains('_') {
            return name.into();
        }
        let mut out = String::with_capacity(name.len());
        let mut upper = false;
        for c in name.chars() {
            match c {
                '_' => upper = true,
                c => out.push(if std::mem::take(&mut upper) { c.to_ascii_uppercase() } else { c }),
            }
        }
        out.into()
    }

    /// Spells an operation, such as `clients.get_or_create`.
    pub fn operation(self, operation: &str) -> Cow<'_, str> {
        match self {
            Language::Rust => operation.replacen('.', "().", 1).into(),
            Language::Python | Language::Node => self.name(operation),
        }
    }

    /// Spells the value for null.
    pub const fn null(self) -> &'static str {
        match self {
            Language::Rust | Language::Python => "None",
            Language::Node => "null",
        }
    }

    /// Spells a boolean.
    pub const fn boolean(self, value: bool) -> &'static str {
        match (self, value) {
            (Language::Python, true) => "True",
            (Language::Python, false) => "False",
            (Language::Rust | Language::Node, true) => "true",
            (Language::Rust | Language::Node, false) => "false",
        }
    }

    /// Writes a value of the caller, shortened if it is long.
    fn value(self, value: &Value) -> String {
        match value {
            Value::Null => self.null().to_owned(),
            Value::Bool(value) => self.boolean(*value).to_owned(),
            Value::Number(number) => number.to_string(),
            Value::String(text) => string(text),
            Value::Array(_) => "a list".to_owned(),
            Value::Object(_) => "an object".to_owned(),
        }
    }
}

/// Spells a name, or a path of names, in the language of the caller.
pub fn name(name: &str) -> Cow<'_, str> {
    language().name(name)
}

/// Spells an operation in the language of the caller.
pub(crate) fn operation(operation: &str) -> Cow<'_, str> {
    language().operation(operation)
}

/// Spells the value for null in the language of the caller.
pub(crate) fn null() -> &'static str {
    language().null()
}

/// Returns the name of the argument for a time zone in the language of the caller.
pub(crate) fn time_zone_argument() -> &'static str {
    match language() {
        Language::Rust => "zone",
        Language::Python => "tz",
        Language::Node => "timeZone",
    }
}

/// Spells a boolean in the language of the caller.
pub(crate) fn boolean(value: bool) -> &'static str {
    language().boolean(value)
}

/// Writes a value of the caller, in the language of the caller.
pub(crate) fn value(value: &Value) -> String {
    language().value(value)
}

/// The number of characters of a value or a name that a message shows.
const MAX_SHOWN: usize = 100;

/// Writes a string of the caller, in quotes and on one line. A long one is truncated, with its
/// length after it.
pub(crate) fn string(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => {
            let shown = text.split_at(end).0.replace(char::is_control, " ");
            format!("\"{shown}…\" ({} characters)", text.chars().count())
        }
        None => format!("\"{}\"", text.replace(char::is_control, " ")),
    }
}

/// Writes a name that the caller used (a field, a key, a path), or the name of a class. A long one
/// is truncated, with its length after it.
pub fn brief(name: &str) -> String {
    counted(name, MAX_SHOWN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_language_spells_its_own_way() {
        for (snake, camel) in [
            ("settings.audit_log", "settings.auditLog"),
            ("body_on_204", "bodyOn204"),
            ("client", "client"),
            ("first_exceeded_soft_limit", "firstExceededSoftLimit"),
        ] {
            assert_eq!(Language::Rust.name(snake), snake);
            assert_eq!(Language::Python.name(snake), snake);
            assert_eq!(Language::Node.name(snake), camel);
        }
        let operations = [Language::Rust, Language::Python, Language::Node]
            .map(|language| language.operation("clients.get_or_create"));
        assert_eq!(operations, ["clients().get_or_create", "clients.get_or_create", "clients.getOrCreate"]);
    }

    #[test]
    fn values_are_shown_and_never_spelled() {
        let shown = |value: Value| [Language::Python, Language::Node].map(|language| language.value(&value));
        assert_eq!(shown(json!(true)), ["True", "true"]);
        assert_eq!(shown(json!(null)), ["None", "null"]);
        assert_eq!(shown(json!("audit_log")), ["\"audit_log\"", "\"audit_log\""]);
        assert_eq!(shown(json!(["audit_log"])), ["a list", "a list"]);
        let long = Language::Node.value(&json!("x".repeat(1000)));
        assert_eq!(long, format!("\"{}…\" (1000 characters)", "x".repeat(100)));
        assert_eq!(brief(&"ü".repeat(200)), format!("{}… (200 characters)", "ü".repeat(100)));
        assert_eq!(string("line\nline"), "\"line line\"");
    }
}
