//! The fields of a client and of its settings: order, default and rule of each, in one table.
//!
//! Order is the order in which the API writes them. The rules are those of the API document ("Get clients
//! list", "Create client"); the messages follow the ones that it shows (`should be at most 32 character(s)`).

use std::collections::BTreeMap;

use serde_json::Value;

/// Stored values of one object, by field name; a field that is not in it has its default.
pub(crate) type Values = BTreeMap<&'static str, Value>;

/// What a value must be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rule {
    /// Set by the service, refused in a body.
    ReadOnly,
    /// The collection of settings; looked into with its own table.
    Settings,
    /// True, false or null.
    Flag,
    /// True or false is taken, but true is refused: deprecated.
    AlwaysFalse,
    /// Any text or null.
    Text,
    /// Text of at most this many characters, or null.
    TextUpTo(usize),
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
    /// Soft or hard limit.
    Limit,
    /// Text that must hold a placeholder, unless it is empty.
    Template(&'static str),
    /// Match patterns for the addresses that may be shared.
    Pattern,
}

/// What a field holds before anybody sets it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Start {
    Null,
    /// Empty text: the API shows some settings so on a new client.
    Empty,
    True,
    False,
    Word(&'static str),
}

impl Start {
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
    pub(crate) start: Start,
}

impl Field {
    /// The stored value, else the default.
    pub(crate) fn value(&self, values: &Values) -> Value {
        values.get(self.name).cloned().unwrap_or_else(|| self.start.value())
    }
}

const fn field(name: &'static str, rule: Rule, start: Start) -> Field {
    Field { name, rule, start }
}

const HOSTS: &[&str] = &["meeting.is", "syna.is"];
const LANGUAGES: &[&str] = &["en", "de", "fi", "fr", "is", "it", "ja", "nl", "no", "pl"];
const CLUSTERS: &[&str] = &["eu1", "eu2", "us1", "ap1"];
const PROVIDERS: &[&str] = &["default", "reseller"];

/// A client, in the order of the API's answers.
pub(crate) const CLIENT_FIELDS: &[Field] = &[
    field("current_plan", Rule::ReadOnly, Start::Null),
    field("sname", Rule::ShortName, Start::Null),
    field("smsname", Rule::SmsName, Start::Null),
    field("settings", Rule::Settings, Start::Null),
    field("session_limit", Rule::ReadOnly, Start::Null),
    field("remove_cw_branding", Rule::Flag, Start::False),
    field("post_session_url", Rule::Url, Start::Null),
    field("logo", Rule::Url, Start::Null),
    field("lname", Rule::TextUpTo(255), Start::Null),
    field("license_count", Rule::ReadOnly, Start::Null),
    field("integrations_enabled", Rule::Flag, Start::False),
    field("id", Rule::ReadOnly, Start::Null),
    field("host", Rule::OneOf(HOSTS), Start::Word("meeting.is")),
    field("hl", Rule::OneOf(LANGUAGES), Start::Word("en")),
    field("hard_limit_starts", Rule::Limit, Start::Null),
    field("geo", Rule::OneOf(CLUSTERS), Start::Word("eu1")),
    field("first_exceeded_soft_limit", Rule::Limit, Start::Null),
    field("demo_id", Rule::ReadOnly, Start::Null),
    field("api_access_enabled", Rule::Flag, Start::True),
];

/// The settings of a client, in the order of the API's answers. The filter has the name under which the list
/// shows it; the other answers call it `black_list_*`.
pub(crate) const SETTINGS_FIELDS: &[Field] = &[
    field("window", Rule::Flag, Start::True),
    field("tab", Rule::Flag, Start::True),
    field("stay_in_lobby", Rule::AlwaysFalse, Start::False),
    field("sms_template", Rule::Template("{{link}}"), Start::Empty),
    field("screen", Rule::Flag, Start::True),
    field("provisioning_url", Rule::Text, Start::Empty),
    field("provisioning_provider", Rule::RequiredOneOf(PROVIDERS), Start::Word("default")),
    field("provisioning_displayname", Rule::Text, Start::Empty),
    field("phone_conf_provider", Rule::Text, Start::Empty),
    field("phone_conf_manual", Rule::Flag, Start::False),
    field("phone_conf_main_number", Rule::Text, Start::Empty),
    field("phone_conf_extra_numbers", Rule::Text, Start::Empty),
    field("lobby_url", Rule::Text, Start::Empty),
    field("id", Rule::ReadOnly, Start::Null),
    field("enable_remote_control", Rule::Flag, Start::False),
    field("email_invite_subject", Rule::Text, Start::Empty),
    field("email_invite_body", Rule::Template("{{screenSharingLink}}"), Start::Empty),
    field("dod_field_order_template", Rule::Text, Start::Empty),
    field("content_filter_regex", Rule::ReadOnly, Start::Empty),
    field("content_filter_pattern", Rule::Pattern, Start::Empty),
    field("auto_accept_in_lobby", Rule::AlwaysFalse, Start::False),
    field("audit_log", Rule::Flag, Start::False),
    field("allow_edit_picture", Rule::Flag, Start::True),
    field("allow_edit_name", Rule::Flag, Start::True),
    field("allow_edit_headline", Rule::Flag, Start::True),
    field("allow_changing_lobby_settings", Rule::Flag, Start::True),
];

/// Whether a field can hold this value at all, however it came there: answers must keep their types.
pub(crate) fn can_be_stored(field: &Field, value: &Value) -> bool {
    match field.rule {
        Rule::Settings => false,
        Rule::Flag | Rule::AlwaysFalse => value.is_boolean() || value.is_null(),
        _ => value.is_string() || value.is_null(),
    }
}
