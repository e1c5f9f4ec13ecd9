//! What can go wrong with the handle itself; errors over HTTP are answers, not these.

use std::net::SocketAddr;

/// Why the sandbox did not start, or why a change through its handle was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The address cannot be listened on, for example because another program has the port.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The system gave no thread or no event loop.
    #[error("cannot start the sandbox's thread: {0}")]
    Thread(#[source] std::io::Error),
    /// An option or argument is out of range; the text says which and why.
    #[error("{0}")]
    Invalid(String),
    /// There is no client with this id (or not at the time that the sandbox's clock shows).
    #[error("the sandbox has no client {0}")]
    UnknownClient(i64),
    /// The client already has a user with this e-mail address.
    #[error("client {client_id} already has a user with this e-mail address")]
    UserExists {
        /// The client.
        client_id: i64,
    },
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Its path.
        path: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// What the control path refused, with the status that it has over HTTP.
    #[error("{message}")]
    Control {
        /// 400, 404, 405 or 409.
        status: u16,
        /// Why.
        message: String,
    },
}
