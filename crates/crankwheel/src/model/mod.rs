//! The types on the wire, and reading them tolerantly.
//!
//! Every model keeps the JSON that it came from: [`Model::to_json`] gives it back with nothing dropped, unknown
//! fields and values of an unexpected type included.

pub mod kind;
mod list;
mod models;
mod plan_map;
mod schema;
mod sso;
#[cfg(test)]
mod tests;

pub(crate) use models::decode_body;

pub use kind::{DecodeError, Path};
pub use list::List;
pub use models::{
    BillingOverview, BillingPeriod, Client, ClientBilling, ClientUsage, Companies, Field, LoginOption, Model,
    Plan, PlanProRata, Raw, Settings, Value, Visit,
};
pub use plan_map::PlanMap;
pub use sso::LoginLink;
