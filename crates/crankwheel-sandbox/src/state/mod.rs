//! The state of one sandbox: its data types, the clock, and the changes that its owner makes.

mod api_key;
mod changes;
mod client;
mod clock;
mod fields;
mod login_token;
mod plan;
mod request_log;
mod sessions;
mod snapshot;
mod store;
mod users;
mod validation;

pub(crate) use api_key::ApiKey;
pub(crate) use client::Client;
pub(crate) use fields::{CLIENT_FIELDS, Field, SETTINGS_FIELDS, Values};
pub(crate) use login_token::LoginToken;
#[cfg(test)]
pub(crate) use plan::UNLIMITED;
pub(crate) use plan::{NO_PLAN, NO_PLAN_SESSIONS, Plan, PlanChange};
pub use request_log::RecordedRequest;
pub(crate) use request_log::shown_headers;
pub(crate) use sessions::{Session, Sessions};
pub(crate) use store::{State, random_uuid};
pub use users::Role;
pub(crate) use users::{User, is_email_address, leads_to};
pub(crate) use validation::{
    FieldErrors, check_client, check_settings, cure, filter_regex, is_writable, read_fields,
};
