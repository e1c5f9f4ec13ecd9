//! The operations, one file for each resource. An operation builds its request and names the model
//! of its response.

mod arguments;
mod billing;
mod clients;
mod fields;
mod plans;
mod raw;
mod read;
mod resources;
mod rules;
mod setters;
mod sso;
mod usage;
mod writable;

pub(crate) use raw::raw_request;

pub use arguments::{ClientRef, PeriodArgument, PlanRef};
pub use fields::{ClientFields, SettingsFields};
pub use raw::Impersonation;
pub use resources::{Clients, Reseller, Sso};
pub use sso::GrantToken;
