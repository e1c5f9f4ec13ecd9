//! The CrankWheel reseller API, in memory.
//!
//! All 13 endpoints over HTTP on loopback, with state: clients and their settings, plans and their history,
//! users, screen sharing sessions, API keys, impersonation keys and login links that expire. A partner builds
//! and tests against it without touching a live account.
//!
//! ```
//! use crankwheel_sandbox::{Sandbox, SandboxOptions};
//!
//! let sandbox = Sandbox::start(SandboxOptions { clients: 20, days: 90, ..SandboxOptions::default() })?;
//! println!("send requests to {} with the key {}", sandbox.url(), sandbox.api_key());
//! assert!(sandbox.requests().is_empty());
//! # Ok::<(), crankwheel_sandbox::SandboxError>(())
//! ```
//!
//! What the API's documentation says, the sandbox does to the letter, odd spots included: a 204 carries a
//! body, the company id of a usage answer is text, timestamps of plan changes have no zone. What the
//! documentation leaves open is listed in this crate's README, rule by rule.
//!
//! How a request travels: [`Sandbox`] owns a thread with a small tokio runtime (`server.rs`); `routes.rs`
//! checks path, method and key and calls the endpoint (`clients.rs`, `plans.rs`, `usage.rs`, `billing.rs`,
//! `history.rs`, `sso.rs`); endpoints read and change one `World` (`state.rs`); `wire/` lies under the HTTP
//! library and writes what that would not: the body of a 204, and answers broken on purpose (`fault.rs`).
//! `control.rs` is the way in for the sandbox's owner, from outside and for the bindings.

#![forbid(unsafe_code)]

mod api;
mod control;
mod demo;
mod error;
mod faults;
mod handle;
mod http;
mod options;
#[cfg(feature = "program")]
mod program;
mod response;
mod state;
#[cfg(test)]
mod testing;
mod time;

pub use error::SandboxError;
pub use faults::{Fault, FaultRule, GzipDamage};
pub use handle::Sandbox;
pub use options::SandboxOptions;
#[cfg(feature = "program")]
pub use program::run_program;
pub use state::{RecordedRequest, Role};

/// Compiles and runs the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
