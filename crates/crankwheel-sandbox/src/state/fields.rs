//! The fields of a client and of its settings: the order, rule and default of each, in one table.
//!
//! The order is that of the API's responses. The rules are those of the API document ("Get clients
//! list", "Create client").

use std::collections::BTreeMap;

use serde_json::Value;

/// The stored values of one object, by field name. A field that is missing has its default.
pub(crate) type Values = BTreeMap<&'static str, Value>;

/// The rule for a field's value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rule {
    /// Set by the service; refused in a request.
    ReadOnly,
    /// The object of settings, which has its own table.
    Settings,
    /// True, false or null.
    Flag,
    /// False or null; true is refused, since the field is deprecated.
    AlwaysFalse,
    /// Any string, or null.
    String,
    /// A string of at most this many characters, or null.
    StringUpTo(usize),
    /// An absolute URL, or null.
    Url,
    /// One of these words, or null.
    OneOf(&'static [&'static str]),
    /// One of these words.
    RequiredOneOf(&'static [&'static str]),
    /// The short name in links.
    ShortName,
    /// The sender of text messages.
    SmsName,
    /// The time of the soft or hard limit, or null.
    Limit,
    /// A string that contains this placeholder, an empty string, or null.
    Template(&'static str),
    /// Match patterns for the pages that may be shared, or null.
    Pattern,
}

/// The value of a field that was never set.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Initial {
    Null,
    /// An empty string, as the API shows some settings of a new client.
    Empty,
    True,
    False,
    Word(&'static str),
}

impl Initial {
    fn value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Empty => Value::String(String::new()),
            Self::True => Value::Bool(true),
            Self::False => Value::Bool(false),
            Self::Word(word) => Value::String(word.to_owned()),
        }
    }
}

/// One field.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) rule: Rule,
    pub(crate) initial: Initial,
}

impl Field {
    /// Returns the stored value, or the default.
    pub(crate) fn value(&self, values: &Values) -> Value {
        values.get(self.name).cloned().unwrap_or_else(|| self.initial.value())
    }

    /// Returns true if the field can have a value of this type. A snapshot must not change the
    /// types of responses.
    pub(crate) fn can_store(&self, value: &Value) -> bool {
        match self.rule {
            Rule::Settings => false,
            Rule::Flag | Rule::AlwaysFalse => value.is_boolean() || value.is_null(),
            _ => value.is_string() || value.is_null(),
        }
    }
}

const fn field(name: &'static str, rule: Rule, initial: Initial) -> Field {
    Field { name, rule, initial }
}

// generated: fields (by `cargo xtask generate` from the contract; do not edit)
/// The fields of a client, in the order of the API's responses.
pub(crate) const CLIENT_FIELDS: &[Field] = &[
    field("current_plan", Rule::ReadOnly, Initial::Null),
    field("sname", Rule::ShortName, Initial::Null),
    field("smsname", Rule::SmsName, Initial::Null),
    field("settings", Rule::Settings, Initial::Null),
    field("session_limit", Rule::ReadOnly, Initial::Null),
    field("remove_cw_branding", Rule::Flag, Initial::False),
    field("post_session_url", Rule::Url, Initial::Null),
    field("logo", Rule::Url, Initial::Null),
    field("lname", Rule::StringUpTo(255), Initial::Null),
    field("license_count", Rule::ReadOnly, Initial::Null),
    field("integrations_enabled", Rule::Flag, Initial::False),
    field("id", Rule::ReadOnly, Initial::Null),
    field("host", Rule::OneOf(&["meeting.is", "syna.is"]), Initial::Word("meeting.is")),
    field(
        "hl",
        Rule::OneOf(&["en", "de", "fi", "fr", "is", "it", "ja", "nl", "no", "pl"]),
        Initial::Word("en"),
    ),
    field("hard_limit_starts", Rule::Limit, Initial::Null),
    field("geo", Rule::OneOf(&["eu1", "eu2", "us1", "ap1"]), Initial::Word("eu1")),
    field("first_exceeded_soft_limit", Rule::Limit, Initial::Null),
    field("demo_id", Rule::ReadOnly, Initial::Null),
    field("api_access_enabled", Rule::Flag, Initial::True),
];

/// The settings of a client, in the order of the API's responses. The filter has its name in the
/// list; other responses call it `black_list_*`.
pub(crate) const SETTINGS_FIELDS: &[Field] = &[
    field("window", Rule::Flag, Initial::True),
    field("tab", Rule::Flag, Initial::True),
    field("stay_in_lobby", Rule::AlwaysFalse, Initial::False),
    field("sms_template", Rule::Template("{{link}}"), Initial::Empty),
    field("screen", Rule::Flag, Initial::True),
    field("provisioning_url", Rule::String, Initial::Empty),
    field("provisioning_provider", Rule::RequiredOneOf(&["default", "reseller"]), Initial::Word("default")),
    field("provisioning_displayname", Rule::String, Initial::Empty),
    field("phone_conf_provider", Rule::String, Initial::Empty),
    field("phone_conf_manual", Rule::Flag, Initial::False),
    field("phone_conf_main_number", Rule::String, Initial::Empty),
    field("phone_conf_extra_numbers", Rule::String, Initial::Empty),
    field("lobby_url", Rule::String, Initial::Empty),
    field("id", Rule::ReadOnly, Initial::Null),
    field("enable_remote_control", Rule::Flag, Initial::False),
    field("email_invite_subject", Rule::String, Initial::Empty),
    field("email_invite_body", Rule::Template("{{screenSharingLink}}"), Initial::Empty),
    field("dod_field_order_template", Rule::String, Initial::Empty),
    field("content_filter_regex", Rule::ReadOnly, Initial::Empty),
    field("content_filter_pattern", Rule::Pattern, Initial::Empty),
    field("auto_accept_in_lobby", Rule::AlwaysFalse, Initial::False),
    field("audit_log", Rule::Flag, Initial::False),
    field("allow_edit_picture", Rule::Flag, Initial::True),
    field("allow_edit_name", Rule::Flag, Initial::True),
    field("allow_edit_headline", Rule::Flag, Initial::True),
    field("allow_changing_lobby_settings", Rule::Flag, Initial::True),
];
// end of generated: fields
