//! The state of one sandbox: its data types, the clock, and the changes that its owner makes.

pub(crate) mod changes;
pub(crate) mod clock;
pub(crate) mod fields;
pub(crate) mod request_log;
pub(crate) mod sessions;
pub(crate) mod snapshot;
pub(crate) mod store;
pub(crate) mod users;
