//! The configuration of a client.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use super::event::Observer;
use super::headers::ExtraHeaders;
use super::key_source::KeySource;
use super::log::Log;
use super::proxy::Route;
use super::settings::{CallSettings, ConnectionSettings};
use crate::error::Error;
use crate::spelling::name;

/// The options of connections. Clients with the same values can share connections.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ConnectionOptions {
    pub settings: ConnectionSettings,
    pub route: Route,
    /// Files or folders that the environment names for the language (`REQUESTS_CA_BUNDLE`,
    /// `NODE_EXTRA_CA_CERTS`).
    pub environment_ca_files: Vec<(&'static str, PathBuf)>,
    /// True if the API is on localhost, for which a proxy from the environment is not used.
    pub loopback: bool,
    pub tls: bool,
}

/// The checked configuration of a client.
#[derive(Clone)]
pub(crate) struct Config {
    pub key: KeySource,
    /// Without a query or a slash at its end. It can have a path prefix.
    pub base_url: Url,
    pub settings: CallSettings,
    /// The name and version of the SDK, and the suffix from the caller.
    pub user_agent: (String, Option<String>),
    pub observer: Option<Arc<Observer>>,
    pub clock: Option<Arc<Clock>>,
    pub log: Log,
    pub connection: ConnectionOptions,
    /// Headers that are added to every request.
    pub headers: ExtraHeaders,
    /// The values of these headers, and the passwords of proxies, also of those from the environment:
    /// a response could quote them.
    pub secrets: Vec<String>,
}

/// Returns the current time.
pub(crate) type Clock = dyn Fn() -> Timestamp + Send + Sync;

impl Config {
    /// Returns the current time of the client's clock, which is the system's unless a test sets it.
    pub fn now(&self) -> Timestamp {
        self.clock.as_ref().map_or_else(Timestamp::now, |clock| clock())
    }

    /// Returns the `User-Agent` header.
    pub fn user_agent(&self) -> String {
        match &self.user_agent {
            (sdk, Some(suffix)) => format!("{sdk} {suffix}"),
            (sdk, None) => sdk.clone(),
        }
    }
}

/// More than 30 days is longer than any call, and later arithmetic with points in time must not
/// overflow.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// Refuses a timeout that is zero or too long.
pub(crate) fn positive(option: &str, timeout: Duration) -> Result<Duration, Error> {
    if timeout.is_zero() || timeout > LONGEST {
        let option = name(option);
        return Err(Error::configuration(format!(
            "{option}: must be more than 0 and at most 30 days, got {timeout:?}"
        )));
    }
    Ok(timeout)
}

/// Refuses a number that is too small.
pub(crate) fn at_least(minimum: usize, option: &str, number: usize) -> Result<usize, Error> {
    if number < minimum {
        let option = name(option);
        return Err(Error::configuration(format!("{option}: must be {minimum} or more, got {number}")));
    }
    Ok(number)
}
