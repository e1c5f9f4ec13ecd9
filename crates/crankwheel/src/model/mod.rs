//! The types on the wire, and reading them tolerantly.
//!
//! Every model keeps the JSON that it came from: [`Model::to_json`] gives it back with nothing dropped, unknown
//! fields and values of an unexpected type included.

mod decode;
mod field;
pub mod kind;
mod list;
mod models;
mod raw;
mod schema;
mod sso;
#[cfg(test)]
mod tests;

pub(crate) use decode::decode_body;

pub use crate::json::{DecodeError, Path};
pub use decode::Decode;
pub use field::Field;
pub use list::List;
pub use models::{
    BillingOverview, BillingPeriod, Client, ClientBilling, ClientUsage, Companies, LoginOption, Model, Plan,
    PlanMap, PlanProRata, Settings, Value, Visit,
};
pub use raw::Raw;
pub use sso::LoginLink;
