//! Faults and canned responses: what a test injects in the place of the real response.

mod canned;
mod fault;
mod injector;
mod rule;
mod script;

pub(crate) use canned::{CannedAnswers, ordered_answer};
pub use fault::{Fault, GzipDamage};
pub(crate) use injector::{Faults, Trouble};
pub use rule::FaultRule;
pub(crate) use script::{Script, Step};
