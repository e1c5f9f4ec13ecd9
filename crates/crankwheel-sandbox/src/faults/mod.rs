//! Faults and canned responses: what a test injects instead of the real response.

mod body;
mod canned;
mod fault;
mod injector;
mod rule;
mod script;

pub(crate) use canned::{CannedResponses, canned_response};
pub use fault::{Fault, GzipDamage};
pub(crate) use injector::{Faults, InjectedFault};
pub use rule::FaultRule;
pub(crate) use script::{Script, Step};
