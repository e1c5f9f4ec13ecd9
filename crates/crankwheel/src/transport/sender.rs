//! One request that is being sent, and its failures.

use std::time::Duration;

use super::code::code;
use super::deadline::Deadline;
use super::progress::Progress;
use super::proxy::Proxy;
use super::request::Request;
use super::retry::FailureReason;
use super::shared::Shared;
use crate::error::{Error, ErrorKind};
use crate::secret::{Redactor, Secret};
use crate::spelling::name;

/// A failed attempt.
pub(crate) struct Failure {
    pub reason: FailureReason,
    pub error: Error,
    /// True if the server may just have closed an idle connection.
    pub stale: bool,
}

impl Failure {
    pub fn new(reason: FailureReason, error: Error) -> Self {
        Failure { reason, error, stale: false }
    }

    pub fn caused_by(self, error: &reqwest::Error) -> Self {
        Failure { error: self.error.caused_by(error).with_code(code(error)), ..self }
    }
}

/// Sends one request. All its attempts use the same sender.
pub(super) struct Sender<'a> {
    pub shared: &'a Shared,
    pub request: &'a Request,
    pub key: &'a Secret,
    pub redactor: &'a Redactor,
    pub deadline: Deadline,
    pub call_id: u64,
    pub progress: Option<&'a Progress>,
}

impl Sender<'_> {
    /// Returns the time to wait for the next bytes from the server.
    pub(super) fn wait_limit(&self) -> Duration {
        self.shared.config.settings.attempt_timeout.min(self.deadline.left())
    }

    pub(super) fn error(&self, kind: ErrorKind, what: String) -> Error {
        // Scheme, host and port of the base URL.
        let host = self.shared.config.base_url.origin().ascii_serialization();
        let through = match self.proxy() {
            Some(proxy) => format!(" through the proxy {}", proxy.shown()),
            None => String::new(),
        };
        let message = format!("{what} ({} {} at {host}{through})", self.request.method, self.request.path);
        Error::new(kind, message).with_request(self.request.method, &self.request.path)
    }

    pub(super) fn proxy(&self) -> Option<&Proxy> {
        self.shared.config.connection.route.proxy()
    }

    pub(super) fn connection_failure(&self, reason: FailureReason, what: String) -> Failure {
        Failure::new(reason, self.error(ErrorKind::Connection, what))
    }

    pub(super) fn timed_out(&self, reason: FailureReason, what: &str) -> Failure {
        let limit = if self.deadline.left().is_zero() {
            format!("{:?}, the call's `timeout`", self.deadline.total())
        } else {
            format!("{:?}, the `{}`", self.shared.config.settings.attempt_timeout, name("attempt_timeout"))
        };
        Failure::new(reason, self.error(ErrorKind::Timeout, format!("{what} within {limit}")))
    }
}
