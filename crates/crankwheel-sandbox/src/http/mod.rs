//! HTTP: accepts connections, routes requests to the endpoints, and writes responses.

mod body;
mod routes;
mod scripted_stream;
mod server;
mod write;

#[cfg(test)]
pub(crate) use routes::{Incoming, answer};
pub(crate) use server::{Shared, serve};
