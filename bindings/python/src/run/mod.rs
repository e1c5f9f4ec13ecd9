//! Calls: prepared, run for a waiting thread or an event loop, logged.

mod call;
mod closing;
mod completion;
mod context;
mod ended;
mod keys;
mod logging;
mod native_client;
mod operations;
mod register;
mod request;
mod runtime;
mod waiting;

pub use native_client::NativeClient;
pub use register::register;
