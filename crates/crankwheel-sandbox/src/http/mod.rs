//! HTTP: accepts connections, routes requests to the endpoints, and writes the responses.

mod body;
mod routes;
mod scripted_stream;
mod server;
mod write;

#[cfg(test)]
pub(crate) use routes::{Request, respond};
pub(crate) use server::{Shared, serve};
