//! HTTP: accepts connections, routes requests to the endpoints, and writes responses.

pub(crate) mod body;
pub(crate) mod routes;
pub(crate) mod server;
pub(crate) mod wire;
