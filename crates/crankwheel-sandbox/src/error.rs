//! The errors of the handle. Errors over HTTP are responses, not these.

use std::net::SocketAddr;

use http::StatusCode;

/// An error of the sandbox's handle: it did not start, or it refused a change.
///
/// ```
/// use crankwheel_sandbox::{Role, Sandbox, SandboxError, SandboxOptions};
///
/// let sandbox = Sandbox::start(SandboxOptions::default())?;
/// let error = sandbox.add_user(1, "anna@acme.example", Role::User);
/// assert!(matches!(error, Err(SandboxError::UnknownClient(1))));
/// # Ok::<(), SandboxError>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The sandbox cannot listen on the address, for example because another program uses the port.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The requested address.
        address: SocketAddr,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// The operating system refused to create a thread or an event loop.
    #[error("cannot start the thread of the sandbox: {0}")]
    Thread(#[source] std::io::Error),
    /// An option or argument is invalid; the message names it and what it must be.
    #[error("{0}")]
    Invalid(String),
    /// No client with this id exists at the time of the sandbox's clock.
    #[error(
        "client_id: unknown client {0}; add it first, or set the sandbox's clock to a time at which it exists"
    )]
    UnknownClient(i64),
    /// The client already has a user with this e-mail address.
    #[error("email: client {client_id} already has a user with this address; choose another address")]
    UserExists {
        /// The id of the client.
        client_id: i64,
    },
    /// The sandbox cannot read or write a file.
    #[error("{path}: {source}")]
    File {
        /// The path of the file.
        path: String,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// The control path refused a request.
    #[error("{message}")]
    Control {
        /// The status of the same request over HTTP: 400, 404, 405 or 409.
        status: u16,
        /// The reason.
        message: String,
    },
}

impl SandboxError {
    /// Returns the status of the same request over HTTP.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::UnknownClient(_) => StatusCode::NOT_FOUND,
            Self::UserExists { .. } => StatusCode::CONFLICT,
            Self::Control { status, .. } => StatusCode::from_u16(*status).unwrap_or_default(),
            _ => StatusCode::BAD_REQUEST,
        }
    }
}
