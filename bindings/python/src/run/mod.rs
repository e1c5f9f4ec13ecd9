//! Calls: prepared, run on the runtime, waited for by a thread or an event loop, logged.

pub mod call;
pub mod completion;
pub mod logging;
pub mod native_client;
pub mod operations;
pub mod runtime;
