//! Checks the fields of a request against the rules of the field tables.
//!
//! The messages follow those that the API document shows (`should be at most 32 character(s)`).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::fields::{Field, Rule, Values};
use crate::time;

/// The messages of an error response, by field.
#[derive(Debug, Default)]
pub(crate) struct FieldErrors {
    pub(crate) messages: BTreeMap<String, Vec<String>>,
}

impl FieldErrors {
    pub(crate) fn add(&mut self, field: &str, message: &str) {
        self.messages.entry(field.to_owned()).or_default().push(message.to_owned());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }
}

/// Fields that may be set only while `phone_conf_manual` is true.
const PHONE_FIELDS: [&str; 3] = ["phone_conf_provider", "phone_conf_main_number", "phone_conf_extra_numbers"];

/// Returns the valid fields of `body` that are in `table`, and adds a message to `errors` for each
/// invalid one, with `prefix` before its name. Unknown fields are ignored, as the service does.
pub(crate) fn read_fields(
    table: &'static [Field],
    body: &Map<String, Value>,
    prefix: &str,
    errors: &mut FieldErrors,
) -> Values {
    let mut values = Values::new();
    for field in table {
        let Some(value) = body.get(field.name) else { continue };
        match check(field.rule, value) {
            Ok(Some(value)) => {
                values.insert(field.name, value);
            }
            Ok(None) => {}
            Err(message) => errors.add(&format!("{prefix}{}", field.name), &message),
        }
    }
    values
}

/// Checks one value. Returns the value to store (`None` for an object with its own table), or a
/// message.
fn check(rule: Rule, value: &Value) -> Result<Option<Value>, String> {
    const INVALID: &str = "is invalid";
    let text = match (rule, value) {
        (Rule::ReadOnly, _) => return Err("is read-only".to_owned()),
        (Rule::Settings, _) => return Ok(None),
        (Rule::ShortName | Rule::RequiredOneOf(_), Value::Null) => return Err("can't be blank".to_owned()),
        (_, Value::Null) => return Ok(Some(Value::Null)),
        (Rule::AlwaysFalse, Value::Bool(true)) => return Err("is deprecated and must stay false".to_owned()),
        (Rule::Flag | Rule::AlwaysFalse, Value::Bool(_)) => return Ok(Some(value.clone())),
        (Rule::Flag | Rule::AlwaysFalse, _) => return Err(INVALID.to_owned()),
        (_, Value::String(text)) => text,
        _ => return Err(INVALID.to_owned()),
    };
    let characters = text.chars().count();
    let at_most = |max: usize| {
        if characters > max { Err(format!("should be at most {max} character(s)")) } else { Ok(()) }
    };
    match rule {
        Rule::StringUpTo(max) => at_most(max)?,
        Rule::OneOf(words) | Rule::RequiredOneOf(words) if !words.contains(&text.as_str()) => {
            return Err(INVALID.to_owned());
        }
        Rule::ShortName => {
            if characters == 0 {
                return Err("can't be blank".to_owned());
            }
            if characters < 7 {
                return Err("should be at least 7 character(s)".to_owned());
            }
            at_most(32)?;
            if !text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
                return Err("has invalid format".to_owned());
            }
        }
        Rule::SmsName => {
            at_most(11)?;
            let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if !plain || !text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
                return Err("has invalid format".to_owned());
            }
        }
        Rule::Limit => {
            let at = time::parse_limit(text).ok_or(INVALID)?;
            return Ok(Some(Value::String(time::to_limit(at))));
        }
        Rule::Template(placeholder) if !text.is_empty() && !text.contains(placeholder) => {
            return Err(format!("must include {placeholder}"));
        }
        Rule::Url if !is_url(text) => return Err(INVALID.to_owned()),
        Rule::Pattern if filter_regex(text).is_none() => return Err(INVALID.to_owned()),
        _ => {}
    }
    Ok(Some(value.clone()))
}

/// Returns true for a field that a request may set.
pub(crate) fn is_writable(field: &Field) -> bool {
    !matches!(field.rule, Rule::ReadOnly)
}

/// Describes the valid values of a field, for whoever has sent another one.
pub(crate) fn cure(field: &Field) -> Option<String> {
    let or_null = |what: &str| Some(format!("write {what} or null"));
    match field.rule {
        Rule::ReadOnly => Some("leave it out".to_owned()),
        Rule::Settings => Some("write an object".to_owned()),
        Rule::Flag => or_null("a boolean"),
        Rule::AlwaysFalse => Some("leave it out".to_owned()),
        Rule::String => or_null("a string"),
        Rule::StringUpTo(max) => or_null(&format!("a string of at most {max} characters")),
        Rule::Url => or_null("an absolute URL such as https://acme.example/"),
        Rule::OneOf(words) => or_null(&format!("one of {}", words.join(", "))),
        Rule::RequiredOneOf(words) => Some(format!("write one of {}", words.join(", "))),
        Rule::ShortName => Some("write 7 to 32 lowercase letters and digits".to_owned()),
        Rule::SmsName => or_null("at most 11 letters and digits with at least one letter"),
        Rule::Limit => or_null("a time such as 2019-03-03 15:08:10.0Z"),
        Rule::Template(placeholder) => or_null(&format!("a string that contains {placeholder}")),
        Rule::Pattern => or_null("match patterns such as https://*.acme.example/*"),
    }
}

/// Returns true for an absolute URL in the characters that RFC 3986 allows. The parser of the `url`
/// crate alone would repair some invalid URLs.
fn is_url(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    let mut escapes = text.split('%').skip(1);
    text.bytes().all(allowed)
        && escapes.all(|rest| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2)
        && url::Url::parse(text).is_ok()
}

/// Checks the rules for two fields of a client at once. `values` is what would be stored.
pub(crate) fn check_client(values: &Values, errors: &mut FieldErrors) {
    let limit = |name: &str| values.get(name).and_then(Value::as_str).and_then(time::parse_limit);
    match (limit("first_exceeded_soft_limit"), limit("hard_limit_starts")) {
        (Some(soft), Some(hard)) if soft >= hard => {
            errors.add("first_exceeded_soft_limit", "must be before hard_limit_starts");
        }
        (Some(_), None) => {
            errors.add("hard_limit_starts", "must be set together with first_exceeded_soft_limit")
        }
        (None, Some(_)) => {
            errors.add("first_exceeded_soft_limit", "must be set together with hard_limit_starts");
        }
        _ => {}
    }
}

/// Checks the rules for two settings at once. `sent` is what the request sets, `values` what would
/// be stored.
pub(crate) fn check_settings(sent: &Values, values: &Values, errors: &mut FieldErrors) {
    if values.get("phone_conf_manual") == Some(&Value::Bool(true)) {
        return;
    }
    for name in PHONE_FIELDS {
        if sent.get(name).and_then(Value::as_str).is_some_and(|text| !text.is_empty()) {
            errors.add(&format!("settings.{name}"), "can only be set when phone_conf_manual is true");
        }
    }
}

/// Converts match patterns, which are separated by commas or white space, to a regular expression.
/// Returns `None` if one of them is not a valid match pattern.
pub(crate) fn filter_regex(patterns: &str) -> Option<String> {
    let mut alternatives = Vec::new();
    for pattern in patterns.split([',', ' ', '\t', '\r', '\n']).filter(|pattern| !pattern.is_empty()) {
        if pattern == "<all_urls>" {
            alternatives.push(".*".to_owned());
            continue;
        }
        let (scheme, rest) = pattern.split_once("://")?;
        let (host, _path) = rest.split_once('/')?;
        let host_is_valid = host == "*" || !host.strip_prefix("*.").unwrap_or(host).contains('*');
        if !["*", "http", "https", "file", "ftp"].contains(&scheme)
            || !host_is_valid
            || (host.is_empty() && scheme != "file")
        {
            return None;
        }
        let mut regex = String::new();
        for character in pattern.chars() {
            match character {
                '*' => regex.push_str(".*"),
                _ if character.is_ascii_alphanumeric() || "/:_-~%&=".contains(character) => {
                    regex.push(character)
                }
                _ => regex.extend(['\\', character]),
            }
        }
        alternatives.push(format!("^{regex}$"));
    }
    Some(alternatives.join("|"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{CLIENT_FIELDS, SETTINGS_FIELDS};
    use serde_json::json;

    fn messages(table: &'static [Field], body: Value) -> Vec<String> {
        let mut errors = FieldErrors::default();
        let values = read_fields(table, body.as_object().unwrap(), "", &mut errors);
        check_client(&values, &mut errors);
        errors.messages.into_iter().map(|(field, texts)| format!("{field} {}", texts.join(", "))).collect()
    }

    #[test]
    fn values_that_the_document_allows_pass() {
        let body = json!({
            "sname": "shortname78", "smsname": "Acme1", "lname": "Long Name", "host": "syna.is", "hl": "is", "geo": "ap1",
            "logo": null, "remove_cw_branding": null, "unknown_field": [1, 2], "post_session_url": "https://x.is/",
            "first_exceeded_soft_limit": "2019-03-03 15:08:10.0Z", "hard_limit_starts": "2019-03-10 15:08:10.0Z",
        });
        assert_eq!(messages(CLIENT_FIELDS, body), Vec::<String>::new());
    }

    #[test]
    fn each_rule_of_a_client() {
        let cases = [
            (json!({"sname": "a".repeat(33)}), "sname should be at most 32 character(s)"),
            (json!({"sname": "short"}), "sname should be at least 7 character(s)"),
            (json!({"sname": "UpperCase"}), "sname has invalid format"),
            (json!({"sname": null}), "sname can't be blank"),
            (json!({"sname": 1_234_567}), "sname is invalid"),
            (json!({"smsname": "123456789012"}), "smsname should be at most 11 character(s)"),
            (json!({"smsname": "12345"}), "smsname has invalid format"),
            (json!({"smsname": "a b"}), "smsname has invalid format"),
            (json!({"host": "example.com"}), "host is invalid"),
            (json!({"hl": "xx"}), "hl is invalid"),
            (json!({"geo": "mars1"}), "geo is invalid"),
            (json!({"logo": "logo.png"}), "logo is invalid"),
            (json!({"post_session_url": "https://x.is/a b"}), "post_session_url is invalid"),
            (json!({"post_session_url": "https://x.is/%2"}), "post_session_url is invalid"),
            (json!({"id": 5}), "id is read-only"),
            (json!({"current_plan": "plan_1"}), "current_plan is read-only"),
            (json!({"api_access_enabled": "yes"}), "api_access_enabled is invalid"),
            (json!({"lname": "x".repeat(256)}), "lname should be at most 255 character(s)"),
            (json!({"hard_limit_starts": "2019-03-03T15:08:10Z"}), "hard_limit_starts is invalid"),
            (
                json!({"hard_limit_starts": "2019-03-03 15:08:10.0Z"}),
                "first_exceeded_soft_limit must be set together with hard_limit_starts",
            ),
            (
                json!({"hard_limit_starts": "2019-03-03 15:08:10.0Z",
                       "first_exceeded_soft_limit": "2019-03-03 15:08:10.0Z"}),
                "first_exceeded_soft_limit must be before hard_limit_starts",
            ),
        ];
        for (body, message) in cases {
            assert_eq!(messages(CLIENT_FIELDS, body.clone()), [message], "{body}");
        }
    }

    #[test]
    fn each_rule_of_the_settings() {
        let cases = [
            (json!({"sms_template": "hello"}), "sms_template must include {{link}}"),
            (json!({"email_invite_body": "hello"}), "email_invite_body must include {{screenSharingLink}}"),
            (json!({"stay_in_lobby": true}), "stay_in_lobby is deprecated and must stay false"),
            (json!({"provisioning_provider": "google"}), "provisioning_provider is invalid"),
            (json!({"provisioning_provider": null}), "provisioning_provider can't be blank"),
            (json!({"content_filter_regex": ".*"}), "content_filter_regex is read-only"),
            (json!({"content_filter_pattern": "no pattern"}), "content_filter_pattern is invalid"),
        ];
        for (body, message) in cases {
            assert_eq!(messages(SETTINGS_FIELDS, body.clone()), [message], "{body}");
        }
        let fine = json!({"sms_template": "see {{link}}", "auto_accept_in_lobby": false, "window": null});
        assert_eq!(messages(SETTINGS_FIELDS, fine), Vec::<String>::new());
    }

    #[test]
    fn phone_fields_need_the_manual_switch() {
        let sent = Values::from([("phone_conf_provider", json!("Acme"))]);
        let mut errors = FieldErrors::default();
        check_settings(&sent, &sent, &mut errors);
        assert_eq!(errors.messages.keys().collect::<Vec<_>>(), ["settings.phone_conf_provider"]);
        let all = Values::from([("phone_conf_provider", json!("Acme")), ("phone_conf_manual", json!(true))]);
        let mut errors = FieldErrors::default();
        check_settings(&sent, &all, &mut errors);
        assert!(errors.is_empty());
    }

    #[test]
    fn filters_become_regular_expressions() {
        assert_eq!(filter_regex("").unwrap(), "");
        assert_eq!(filter_regex("<all_urls>").unwrap(), ".*");
        assert_eq!(filter_regex("https://*.acme.is/*").unwrap(), r"^https://.*\.acme\.is/.*$");
        assert_eq!(
            filter_regex("https://a.is/x, http://b.is/*").unwrap(),
            r"^https://a\.is/x$|^http://b\.is/.*$"
        );
        for bad in ["acme.is", "https://acme.is", "gopher://a.is/", "https:///x", "https://a*.is/"] {
            assert_eq!(filter_regex(bad), None, "{bad}");
        }
    }
}
