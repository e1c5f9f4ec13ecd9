//! The endpoints: each reads or changes the state and returns a response.

pub(crate) mod auth;
pub(crate) mod billing;
pub(crate) mod clients;
pub(crate) mod history;
pub(crate) mod plans;
pub(crate) mod query;
pub(crate) mod sso;
pub(crate) mod usage;
