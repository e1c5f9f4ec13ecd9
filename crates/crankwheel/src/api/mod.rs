//! The operations: one file a resource. Each builds its request and names the answer that it expects.

mod arguments;
mod billing;
mod clients;
pub(crate) mod fields;
mod plans;
pub(crate) mod raw;
mod rules;
mod sso;
mod usage;

use arguments::{many, nothing, one};

pub use arguments::{ClientRef, Clients, PeriodArgument, PlanRef, Reseller, Sso};
pub use fields::{ClientFields, SettingsFields};
pub use raw::Impersonation;
pub use sso::GrantToken;
