//! One table of cases that every surface of the SDK must pass, and the server that plays the API's part in it.
//!
//! `README.md` beside this crate defines the format and what a runner does. Here are the types of the
//! table ([`table`]), the check of an arriving request ([`check`]), the making of an answer's bytes
//! ([`answer`]) and the server over raw sockets ([`server`]): an HTTP library would repair exactly what is tested.

pub mod answer;
pub mod check;
pub mod http;
pub mod json;
pub mod server;
pub mod table;

/// The key that runners construct the SDK with when a case names none.
pub const DEFAULT_API_KEY: &str = "conformance-key-9f2c";
