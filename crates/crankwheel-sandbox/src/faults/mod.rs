//! Faults and canned responses: what a test injects in the place of the real response.

pub(crate) mod canned;
pub(crate) mod fault;
pub(crate) mod script;
