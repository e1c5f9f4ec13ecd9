//! Faults and canned responses: what a test injects instead of the real response.

mod body;
mod canned;
mod fault;
mod injector;
mod member;
mod pattern;
mod rule;
mod script;
mod shape;

pub(crate) use canned::{CannedResponses, canned_response};
pub use fault::{Fault, GzipDamage};
pub(crate) use injector::{Faults, InjectedFault};
pub(crate) use pattern::{RequestPattern, parse_method};
pub use rule::FaultRule;
pub(crate) use script::{Script, Step};
