//! The configuration that requests are sent with.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::event::Observer;
use super::key::KeySource;
use super::log::Log;

/// Deadlines: how long each part of a call may take. There is no infinite one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Deadlines {
    /// The whole call, sleeps between attempts included. `None`: 90 s, 15 min for large responses.
    pub total: Option<Duration>,
    /// From sending to the response's headers; then the longest silence within its body.
    pub attempt: Duration,
}

/// The options of connections: clients with the same values can share them.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ConnectionOptions {
    pub connect_timeout: Duration,
    pub proxy: Option<Url>,
    pub ca_file: Option<PathBuf>,
    /// Files or folders that the environment names for the language (`REQUESTS_CA_BUNDLE`,
    /// `NODE_EXTRA_CA_CERTS`).
    pub environment_ca_files: Vec<(&'static str, PathBuf)>,
    pub client_certificate: Option<PathBuf>,
    pub max_connections: usize,
    pub max_idle_connections: usize,
    pub idle_timeout: Duration,
    /// Loopback never goes through a proxy from the environment, whatever that says.
    pub loopback: bool,
    pub tls: bool,
}

/// The checked configuration of a client.
#[derive(Clone)]
pub(crate) struct Config {
    pub key: KeySource,
    /// With neither query nor a slash at the end; can carry a path prefix.
    pub base_url: Url,
    pub deadlines: Deadlines,
    pub max_retries: u32,
    /// Retry writes, too, when it is unknown whether they were applied.
    pub retry_writes: bool,
    pub read_only: bool,
    pub allow_insecure_http: bool,
    /// What the SDK says of itself, and what the caller adds to that.
    pub user_agent: (String, Option<String>),
    pub observer: Option<Arc<Observer>>,
    pub log: Log,
    pub connection: ConnectionOptions,
    /// Passwords of proxies, also of those that the environment names, as they can stand in a proxy's
    /// response.
    pub proxy_secrets: Vec<String>,
}

impl Config {
    /// Returns the `User-Agent` header.
    pub fn user_agent(&self) -> String {
        match &self.user_agent {
            (sdk, Some(suffix)) => format!("{sdk} {suffix}"),
            (sdk, None) => sdk.clone(),
        }
    }
}
