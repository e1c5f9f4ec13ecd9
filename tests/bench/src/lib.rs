//! The means of `cargo xtask bench`: response bodies as the API sends them, and a static server.
//!
//! Bodies come from a seed, so that every machine measures the same bytes.

mod data;
mod names;
mod server;
mod sets;

pub use data::{KeyOrder, Strings, client, clients, history, overview};
pub use server::serve;
pub use sets::write;
