//! The CrankWheel reseller API in memory, for tests and development.
//!
//! All endpoints over HTTP on localhost, with state: clients and their settings, plans and their
//! history, users, screen-sharing sessions, API keys, impersonation keys and login links that
//! expire. A partner builds and tests against it without touching a live account.
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
//! The sandbox follows the API's documentation exactly, including its peculiarities: a 204 has a
//! body, the company id of a usage response is a string, and the times of plan changes have no
//! zone. This crate's README lists the rules for everything that the documentation leaves open.
//!
//! # The life of a request
//!
//! [`Sandbox`] (`handle/`) owns a thread with a tokio runtime. `http/server.rs` reads a request and
//! looks for a fault or a canned response (`faults/`). `http/routes.rs` checks path, method and key
//! and calls the endpoint (`api/`), which reads or changes the one `State` (`state/`; `demo/` fills
//! it at the start). `http/write.rs` adds the usual headers. `http/scripted_stream.rs` writes what
//! the HTTP library would not: the body of a 204, and damaged responses. `control/` is the path of
//! the sandbox's owner, over HTTP and for the bindings.

#![forbid(unsafe_code)]

mod access;
mod api;
mod control;
mod demo;
mod endpoints;
mod error;
mod faults;
mod handle;
mod hosts;
mod http;
mod input;
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

/// Compiles and runs the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
