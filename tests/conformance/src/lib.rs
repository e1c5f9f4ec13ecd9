//! One table of cases that the SDK must pass in every language, and the server that stands in for the API.
//!
//! `README.md` in this crate's folder defines the format and the work of a runner. The modules are the types
//! of the table ([`table`]), the check of a received request ([`check`]), the bytes of a response
//! ([`response`]) and the server ([`server`]). It uses raw sockets, because an HTTP library would repair exactly
//! what is tested.

pub mod check;
pub mod http;
pub mod json;
pub mod response;
pub mod server;
pub mod table;

/// The key that runners construct the SDK with when a case has no key.
pub const DEFAULT_API_KEY: &str = "conformance-key-9f2c";
