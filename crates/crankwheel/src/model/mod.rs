//! The models of the API's responses.
//!
//! Reading is tolerant: a model keeps its raw JSON, and [`Model::to_json`] returns all of it,
//! including unknown fields and values of an unexpected type.

mod decode;
mod examples;
mod field;
mod index;
mod list;
mod lookup;
mod models;
mod raw;
mod read_rules;
mod schema;
mod sso;
#[cfg(test)]
mod tests;

pub(crate) use decode::decode_body;

#[doc(hidden)]
pub use crate::json::{DecodeError, Path};
pub use decode::Decode;
pub use field::Field;
pub use list::List;
pub use models::{
    BillingOverview, BillingPeriod, Client, ClientBilling, ClientUsage, Companies, FieldValue, LoginOption,
    Model, Plan, PlanMap, PlanProRata, Settings, Visit,
};
#[doc(hidden)]
pub use raw::Raw;
pub use sso::LoginLink;
