//! The fields of a client that create and update send.
//!
//! Absent, null and a value are three different things: a field that is not set is not sent.
//! `extra` holds fields that are newer than the SDK. They are not checked, so `extra` also bypasses
//! a rule that the API has dropped.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::rules::{
    Problems, check_client_rules, check_settings_rules, check_type, check_type_at, read_only_hint,
};
use super::writable::{READ_ONLY, SETTINGS_READ_ONLY};
use crate::error::Error;
use crate::model::{Client, Field, Model, Settings};
use crate::spelling::{name, string, value as shown};
use crate::time::{limit_form, parse_timestamp};

macro_rules! any_fields {
    ($($name:ident)*) => {$(
        impl $name {
            /// Sets a field by its name in the API.
            ///
            /// ```
            /// let fields = crankwheel::ClientFields::new().set("lname", "Acme");
            /// ```
            pub fn set(mut self, name: &str, value: impl Into<Value>) -> Self {
                self.fields.insert(name.to_owned(), value.into());
                self
            }

            /// Sets a field to null. A field that is left out keeps its value; a field that is null
            /// loses it.
            ///
            /// ```
            /// let fields = crankwheel::ClientFields::new().null("smsname");
            /// ```
            pub fn null(self, name: &str) -> Self {
                self.set(name, Value::Null)
            }

            /// Adds a field that is newer than the SDK, or a value that the SDK's rules refuse. It
            /// is sent unchecked, except that read-only fields are refused.
            ///
            /// ```
            /// let fields = crankwheel::ClientFields::new().extra("new_field", 5);
            /// ```
            pub fn extra(mut self, name: &str, value: impl Into<Value>) -> Self {
                self.extra.insert(name.to_owned(), value.into());
                self
            }
        }
    )*};
}

any_fields!(ClientFields SettingsFields);

/// The fields of a client that [`create`](crate::Clients::create) and
/// [`update`](crate::Clients::update) send. Fields that are not set are not sent.
///
/// ```
/// use crankwheel::{ClientFields, SettingsFields};
///
/// let fields = ClientFields::new()
///     .lname("Acme")
///     .null("smsname")
///     .settings(SettingsFields::new().audit_log(true));
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ClientFields {
    fields: Map<String, Value>,
    extra: Map<String, Value>,
}

/// The settings of a client that [`create`](crate::Clients::create) and
/// [`update`](crate::Clients::update) send. Settings that are not set are not sent.
///
/// ```
/// use crankwheel::{ClientFields, SettingsFields};
///
/// let settings = SettingsFields::new().provisioning_provider("reseller").audit_log(true);
/// let fields = ClientFields::new().settings(settings);
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct SettingsFields {
    fields: Map<String, Value>,
    extra: Map<String, Value>,
}

impl SettingsFields {
    /// Creates an empty set of settings.
    ///
    /// ```
    /// let settings = crankwheel::SettingsFields::new().audit_log(true);
    /// ```
    pub fn new() -> Self {
        Self::default()
    }
}

impl ClientFields {
    /// Creates an empty set of fields.
    ///
    /// ```
    /// let fields = crankwheel::ClientFields::new().lname("Acme");
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the times of the soft limit and the hard limit. The first must be before the second
    /// (the API document, Get Clients List).
    ///
    /// ```
    /// use jiff::{SignedDuration, Timestamp};
    ///
    /// let now = Timestamp::now();
    /// let fields = crankwheel::ClientFields::new().limits(now, now + SignedDuration::from_hours(30 * 24));
    /// ```
    pub fn limits(self, first_exceeded_soft_limit: Timestamp, hard_limit_starts: Timestamp) -> Self {
        self.set("first_exceeded_soft_limit", limit_form(first_exceeded_soft_limit))
            .set("hard_limit_starts", limit_form(hard_limit_starts))
    }

    /// Sets the client's settings.
    ///
    /// ```
    /// use crankwheel::{ClientFields, SettingsFields};
    ///
    /// let fields = ClientFields::new().settings(SettingsFields::new().audit_log(true));
    /// ```
    pub fn settings(mut self, settings: SettingsFields) -> Self {
        let mut fields = settings.fields;
        if !settings.extra.is_empty() {
            fields.insert("extra".to_owned(), Value::Object(settings.extra));
        }
        self.fields.insert("settings".to_owned(), Value::Object(fields));
        self
    }

    /// Creates the fields from a map by their names in the caller's language or in the API. `extra`
    /// in it (and in its `settings`) is a map of fields that are sent unchecked.
    #[doc(hidden)]
    pub fn from_map(fields: Map<String, Value>) -> Result<Self, Error> {
        let mut fields = api_names(fields, Client::FIELDS);
        let extra = take_extra(&mut fields, "extra")?;
        if let Some(Value::Object(settings)) = fields.get_mut("settings") {
            *settings = api_names(std::mem::take(settings), Settings::FIELDS);
        }
        Ok(ClientFields { fields, extra })
    }

    /// Returns the body of a create.
    pub(crate) fn for_create(self) -> Result<Value, Error> {
        let mut problems = Problems::default();
        let mut body = self.checked(&Target::New, &mut problems)?;
        if !body.contains_key("sname") {
            problems.add("sname", "required to create a client");
        }
        // Settings have no id before the client exists.
        if let Some(Value::Object(settings)) = body.get_mut("settings") {
            settings.remove("id");
        }
        problems.finish(body)
    }

    /// Returns the body of an update of the client with this id, and true if the id of the settings
    /// must be requested first. `current` is the client, if the caller passed one.
    pub(crate) fn for_update(self, id: i64, current: Option<&Client>) -> Result<(Value, bool), Error> {
        let mut problems = Problems::default();
        let target = current.map_or(Target::Id(id), Target::Client);
        let mut body = self.checked(&target, &mut problems)?;
        if body.is_empty() && problems.is_empty() {
            problems.add("", "no field to change; pass at least one");
        }
        let mut lookup = false;
        if let Some(Value::Object(settings)) = body.get_mut("settings") {
            // Settings from a response without their id have an empty one.
            if settings.get("id").is_some_and(|id| id.is_null() || id == "") {
                settings.remove("id");
            }
            let has_id = settings.contains_key("id");
            match current.map(|client| &*client.settings.id).filter(|id| !id.is_empty()) {
                Some(id) if !has_id => {
                    settings.insert("id".to_owned(), id.into());
                }
                Some(id) if settings.get("id") != Some(&id.into()) => {
                    let got = settings.get("id").map(shown).unwrap_or_default();
                    problems.add(
                        "settings.id",
                        format!("must be the id of this client's settings, {}, got {got}", string(id)),
                    );
                }
                Some(_) => {}
                None => lookup = !has_id,
            }
        }
        Ok((problems.finish(body)?, lookup))
    }

    fn checked(mut self, target: &Target<'_>, problems: &mut Problems) -> Result<Map<String, Value>, Error> {
        let settings = self.fields.remove("settings");
        let echo = self.fields.contains_key("id");
        let mut body = Map::new();
        for (name, value) in self.fields {
            if READ_ONLY.contains(&name.as_str()) {
                // The caller passed a whole client: read-only fields are dropped unless they
                // contradict the client that is updated.
                if !echo || target.contradicts(&name, &value) {
                    problems.add(&name, target.read_only(&name, &value));
                }
                continue;
            }
            let value = as_limit(&name, value);
            check_type(&name, &value, Client::FIELDS, problems);
            body.insert(name, value);
        }
        check_client_rules(&body, problems);
        match settings {
            None => {}
            Some(Value::Object(settings)) => {
                body.insert("settings".to_owned(), Value::Object(checked_settings(settings, problems)?));
            }
            Some(other) => problems.add("settings", not_a_map("settings", &other)),
        }
        for (name, value) in self.extra {
            if !READ_ONLY.contains(&name.as_str()) {
                body.insert(name, value);
            } else if name != "id" || target.contradicts(&name, &value) {
                problems.add(&format!("extra.{name}"), target.read_only(&name, &value));
            }
        }
        Ok(body)
    }
}

/// The client that a request changes.
enum Target<'a> {
    /// It does not exist yet.
    New,
    Id(i64),
    Client(&'a Client),
}

impl Target<'_> {
    /// Returns true if a read-only field has another value than the client.
    fn contradicts(&self, name: &str, value: &Value) -> bool {
        match (self, name) {
            (Target::New, _) => true,
            (Target::Id(id), "id") => as_id(value) != Some(*id),
            (Target::Client(client), "id") => as_id(value) != Some(client.id),
            // The values of a client that is named by its id are unknown.
            (Target::Id(_), _) => false,
            (Target::Client(client), _) => {
                let typed = match name {
                    "session_limit" => client.session_limit.into(),
                    "license_count" => client.license_count.into(),
                    "current_plan" => client.current_plan.as_deref().into(),
                    "demo_id" => client.demo_id.as_deref().into(),
                    _ => Value::Null,
                };
                *value != typed && client.to_json().get(name) != Some(value)
            }
        }
    }

    /// Returns the message for a read-only field.
    fn read_only(&self, name: &str, value: &Value) -> String {
        match (self, name) {
            (Target::New, "id") => "read-only, assigned by the server; leave it out".to_owned(),
            (Target::Id(_) | Target::Client(_), "id") => {
                let id = match self {
                    Target::Client(client) => client.id,
                    Target::Id(id) => *id,
                    Target::New => 0,
                };
                let got = shown(value);
                format!("must be the id of the client to update, {id}, got {got}; leave it out")
            }
            _ => read_only_hint(name),
        }
    }
}

/// Reads an id: an integer, or its digits as a string.
fn as_id(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

fn checked_settings(
    mut fields: Map<String, Value>,
    problems: &mut Problems,
) -> Result<Map<String, Value>, Error> {
    let extra = take_extra(&mut fields, "settings.extra")?;
    // Settings from a response contain their id. They may contain fields that only responses have.
    let echo = fields.get("id").is_some_and(|id| !id.is_null());
    for field in Settings::FIELDS {
        if let Some(old) = field.alias
            && let Some(value) = fields.remove(old)
        {
            fields.entry(field.name).or_insert(value);
        }
    }
    let mut settings = Map::new();
    for (field, value) in fields {
        let path = format!("settings.{field}");
        if SETTINGS_READ_ONLY.contains(&field.as_str()) {
            if !echo {
                let pattern = name("content_filter_pattern");
                problems.add(&path, format!("read-only, created by the server; set `{pattern}` instead"));
            }
            continue;
        }
        let known = Settings::FIELDS.iter().any(|setting| setting.name == field);
        if known || !echo {
            check_type_at(&path, &field, &value, Settings::FIELDS, problems);
        }
        settings.insert(field, value);
    }
    check_settings_rules(&settings, problems);
    for (name, value) in extra {
        if name == "id" || SETTINGS_READ_ONLY.contains(&name.as_str()) {
            let hint = "read-only; pass the settings of the client, which contain their id";
            problems.add(&format!("settings.extra.{name}"), hint);
        } else {
            settings.insert(name, value);
        }
    }
    Ok(settings)
}

/// Replaces the names of the caller's language by those of the API. Unknown names are not changed.
fn api_names(map: Map<String, Value>, fields: &[Field]) -> Map<String, Value> {
    let api_name = |spelled: String| {
        let mut names = fields.iter().flat_map(|field| [Some(field.name), field.alias]).flatten();
        names.find(|api_name| name(api_name) == spelled).map_or(spelled, str::to_owned)
    };
    map.into_iter().map(|(spelled, value)| (api_name(spelled), value)).collect()
}

fn take_extra(fields: &mut Map<String, Value>, path: &str) -> Result<Map<String, Value>, Error> {
    match fields.remove("extra") {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(extra)) => Ok(extra),
        Some(other) => Err(Error::invalid(path, not_a_map("fields", &other))),
    }
}

fn not_a_map(what: &str, got: &Value) -> String {
    // A string is not quoted: it could be a key that was passed in the wrong place.
    let got = if got.is_string() { "a string".to_owned() } else { shown(got) };
    format!("must map names of {what} to values, got {got}")
}

/// Converts the timestamp of a limit, in any form, to the form that the API takes.
fn as_limit(name: &str, value: Value) -> Value {
    match &value {
        Value::String(text) if matches!(name, "first_exceeded_soft_limit" | "hard_limit_starts") => {
            parse_timestamp(text).map_or(value, |moment| limit_form(moment).into())
        }
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn create(fields: Value) -> Result<Value, Error> {
        ClientFields::from_map(fields.as_object().unwrap().clone())?.for_create()
    }

    fn update(fields: Value, current: Option<&Client>) -> Result<(Value, bool), Error> {
        let id = current.map_or(5, |client| client.id);
        ClientFields::from_map(fields.as_object().unwrap().clone())?.for_update(id, current)
    }

    #[track_caller]
    fn refused(result: Result<Value, Error>, field: &str) {
        let error = result.unwrap_err();
        assert!(error.errors().iter().any(|(name, _)| name == field), "{error}");
        assert_eq!(error.maybe_applied(), Some(false));
    }

    #[test]
    fn absent_null_and_value_are_different() {
        let body = create(json!({"sname": "acme1234", "smsname": null, "extra": {"new": [1]}})).unwrap();
        assert_eq!(body, json!({"sname": "acme1234", "smsname": null, "new": [1]}));
    }

    #[test]
    fn broken_rules_are_reported_by_field() {
        for (fields, field) in [
            (json!({"lname": "x"}), "sname"),
            (json!({"sname": "short"}), "sname"),
            (json!({"sname": "UPPERCASE"}), "sname"),
            (json!({"sname": "acme1234", "smsname": "12345"}), "smsname"),
            (json!({"sname": "acme1234", "smsname": "far too long"}), "smsname"),
            (json!({"sname": "acme1234", "host": "example.org"}), "host"),
            (json!({"sname": "acme1234", "geo": 5}), "geo"),
            (json!({"sname": "acme1234", "current_plan": "plan_1"}), "current_plan"),
            (json!({"sname": "acme1234", "colour": "red"}), "colour"),
            (json!({"sname": "acme1234", "settings": 5}), "settings"),
            (
                json!({"sname": "acme1234", "settings": {"content_filter_regex": ".*"}}),
                "settings.content_filter_regex",
            ),
            (json!({"sname": "acme1234", "settings": {"sms_template": "hello"}}), "settings.sms_template"),
            (json!({"sname": "acme1234", "settings": {"audit_log": "yes"}}), "settings.audit_log"),
            (json!({"sname": "acme1234", "settings": {"stay_in_lobby": true}}), "settings.stay_in_lobby"),
            (
                json!({"sname": "acme1234", "hard_limit_starts": "2019-03-03T15:08:10Z"}),
                "first_exceeded_soft_limit",
            ),
        ] {
            refused(create(fields), field);
        }
        assert!(create(json!({"sname": "acme1234", "extra": {"host": "new.example"}})).is_ok());
    }

    #[test]
    fn limits_are_sent_in_their_own_form() {
        let (body, _) = update(
            json!({"first_exceeded_soft_limit": "2019-03-03T15:08:10Z", "hard_limit_starts": "2019-04-03T15:08:10.5+00:00"}),
            None,
        )
        .unwrap();
        assert_eq!(
            body,
            json!({"first_exceeded_soft_limit": "2019-03-03 15:08:10.0Z", "hard_limit_starts": "2019-04-03 15:08:10.0Z"})
        );
    }

    #[test]
    fn read_only_fields_of_a_response_are_dropped() {
        let text = r#"{"id": 5, "sname": "acme1234", "current_plan": "plan_1", "settings": {"id": "s-1", "black_list_regex": "x", "black_list_pattern": "*", "audit_log": false, "newer": 1}}"#;
        let client = Client::from_json(text).unwrap();
        let mut settings = client.settings.to_json();
        settings["audit_log"] = true.into();
        let (body, lookup) = update(json!({"settings": settings}), None).unwrap();
        assert!(!lookup);
        assert_eq!(
            body,
            json!({"settings": {"id": "s-1", "content_filter_pattern": "*", "audit_log": true, "newer": 1}})
        );

        let (body, lookup) = update(json!({"settings": {"audit_log": true}}), Some(&client)).unwrap();
        assert_eq!((body, lookup), (json!({"settings": {"id": "s-1", "audit_log": true}}), false));
        assert!(update(json!({"settings": {"audit_log": true}}), None).unwrap().1);
        assert!(update(json!({"settings": {"id": "other"}}), Some(&client)).is_err());

        let mut whole = client.to_json();
        whole["lname"] = "New".into();
        whole["settings"] = json!({"id": "s-1"});
        assert!(update(whole.clone(), Some(&client)).is_ok());
        whole["current_plan"] = "plan_2".into();
        assert!(update(whole, Some(&client)).is_err());
        assert!(update(json!({}), None).is_err());
    }

    #[test]
    fn read_only_fields_that_contradict_the_client_are_refused() {
        let text =
            r#"{"id": 5, "sname": "acme1234", "current_plan": "plan_1", "demo_id": 7, "license_count": 3.0}"#;
        let client = Client::from_json(text).unwrap();
        for fields in [
            json!({"id": 6}),
            json!({"id": "6"}),
            json!({"id": null}),
            json!({"id": 5.5}),
            json!({"id": [5]}),
            json!({"extra": {"id": 6}}),
            json!({"extra": {"current_plan": "plan_2"}}),
            json!({"settings": {"extra": {"id": "s-2"}}}),
        ] {
            for current in [None, Some(&client)] {
                let mut fields = fields.clone();
                fields["lname"] = "New".into();
                let error = update(fields.clone(), current).unwrap_err();
                assert_eq!(error.errors().len(), 1, "{fields}: {error}");
            }
            let mut fields = fields.clone();
            fields["sname"] = "acme1234".into();
            assert!(create(fields.clone()).is_err(), "{fields}");
        }
        for equal in [json!({"id": 5}), json!({"id": "5"}), json!({"extra": {"id": 5}})] {
            for current in [None, Some(&client)] {
                let mut fields = equal.clone();
                fields["lname"] = "New".into();
                assert_eq!(update(fields, current).unwrap().0, json!({"lname": "New"}));
            }
            let mut fields = equal.clone();
            fields["sname"] = "acme1234".into();
            assert!(create(fields.clone()).is_err(), "{fields}");
        }
        // A client object has typed values, and its raw JSON has those of the server.
        let raw =
            json!({"id": 5, "lname": "New", "current_plan": "plan_1", "demo_id": 7, "license_count": 3.0});
        let typed =
            json!({"id": 5, "lname": "New", "current_plan": "plan_1", "demo_id": null, "license_count": 3});
        for whole in [raw, typed] {
            assert_eq!(update(whole, Some(&client)).unwrap().0, json!({"lname": "New"}));
        }
        let other = update(json!({"id": 5, "lname": "New", "license_count": 4}), Some(&client)).unwrap_err();
        assert_eq!(other.errors()[0].0, "license_count");
    }

    #[test]
    fn bad_input_is_quoted_short() {
        let long = "x".repeat(10_000_000);
        for (fields, field) in [
            (json!({"sname": long}), "sname"),
            (json!({"smsname": long}), "smsname"),
            (json!({"geo": long}), "geo"),
            (json!({"settings": long}), "settings"),
            (json!({"settings": {"provisioning_provider": long}}), "settings.provisioning_provider"),
            (json!({"settings": {"sms_template": long}}), "settings.sms_template"),
            (json!({"settings": {"audit_log": long}}), "settings.audit_log"),
            (
                json!({"first_exceeded_soft_limit": long, "hard_limit_starts": "a"}),
                "first_exceeded_soft_limit",
            ),
            (json!({ long.clone(): 1 }), "xxx"),
            (json!({"settings": { long.clone(): 1 }}), "settings.xxx"),
        ] {
            let error = update(fields, None).unwrap_err();
            let message = error.message();
            assert!(message.starts_with(field) && message.len() < 1000, "{} characters", message.len());
            assert!(error.errors().iter().all(|(name, _)| name.len() < 200));
        }
        let many: Map<String, Value> = (0..10_000).map(|at| (format!("field{at}"), at.into())).collect();
        let error = update(many.into(), None).unwrap_err();
        assert!(error.message().ends_with("; and 9975 more"), "{error}");
        assert_eq!(error.errors().len(), 10_000);
    }
}
