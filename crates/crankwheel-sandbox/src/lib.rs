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
//! `history.rs`, `sso.rs`); endpoints read and change one `World` (`state.rs`); `late_body.rs` puts the body
//! of a 204 on the wire, which an HTTP library would not.

mod answer;
mod auth;
mod billing;
mod canned;
mod clients;
mod clock;
mod demo;
mod demo_names;
mod error;
mod handle;
mod history;
mod late_body;
mod options;
mod plans;
#[cfg(feature = "program")]
mod program;
mod query;
mod request_log;
mod routes;
mod rules;
mod server;
mod sso;
mod state;
#[cfg(test)]
mod testing;
mod usage;
mod when;

pub use error::SandboxError;
pub use handle::Sandbox;
pub use options::SandboxOptions;
#[cfg(feature = "program")]
pub use program::run_program;
pub use request_log::RecordedRequest;
pub use state::Role;

/// Compiles and runs the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
