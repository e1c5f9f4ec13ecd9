//! Sending a request, with retries, until it succeeds or its error is final.

use super::attempt::{Failure, Sender};
use super::body::Reader;
use super::config::Config;
use super::key::looks_like_basic_credentials;
use super::report::Reporter;
use super::request::{Request, Safety};
use super::response::Response;
use super::retry::{self, FailureReason};
use super::scope::CallScope;
use super::shared::Shared;
use crate::error::{Error, ErrorKind};
use crate::secret::Redactor;
use crate::spelling::name;

/// Refuses a write for a read-only client.
pub(crate) fn refuse_write(config: &Config, request: &Request) -> Result<(), Error> {
    if !config.settings.read_only || request.safety == Safety::Read {
        return Ok(());
    }
    let (method, path, option) = (request.method, &request.path, name("read_only"));
    let message = format!("{method} {path} is a write, and this client is read-only (`{option}`)");
    Err(Error::invalid("", message)
        .with_request(request.method, &request.path)
        .with_maybe_applied(Some(false)))
}

/// Sends a request until it succeeds or its error is final. The body of a success is read by a new
/// `reader`. The response keeps only its beginning, unless the reader leaves it whole.
pub(crate) async fn send<R: Reader>(
    shared: &Shared,
    scope: &CallScope,
    request: &Request,
    reader: &mut R,
) -> Result<Response, Error> {
    let CallScope { id, key, deadline } = scope;
    let redactor = Redactor::new(Some(key), &shared.config.proxy_secrets);
    let sender = Sender { shared, request, key, redactor: &redactor, deadline: *deadline, call_id: *id };
    sender.run(reader).await.map_err(|error| error.redacted(&redactor))
}

impl Sender<'_> {
    async fn run<R: Reader>(&self, reader: &mut R) -> Result<Response, Error> {
        let Shared { config, connections, budget } = self.shared;
        let reporter = Reporter::new(self.call_id, self.request, self.redactor, config);
        let safety = match self.request.safety {
            Safety::Write | Safety::IssuesCredential if config.settings.retry_writes => Safety::Repeatable,
            safety => safety,
        };
        let mut pooled = self.request.safety.pooled();
        let (mut attempts, mut retries, mut paid) = (0, 0, None);
        // It stays true: an earlier attempt may have been applied even if a later one was not sent.
        let mut maybe_applied = false;
        loop {
            let pools = match connections.pools() {
                Ok(pools) => pools,
                Err(error) => {
                    return Err(self.finish(
                        Failure::new(FailureReason::Refused, error),
                        attempts,
                        maybe_applied,
                    ));
                }
            };
            attempts += 1;
            let attempt = self.attempt(&pools, pooled, attempts, reader);
            let failure = match reporter.attempt(attempts, attempt).await {
                Ok(response) if (200..300).contains(&response.status) => {
                    budget.refill(paid);
                    return Ok(response);
                }
                Ok(response) => {
                    Failure::new(FailureReason::Status(response.status), response.status_error(self.request))
                }
                Err(failure) => failure,
            };
            maybe_applied |= retry::maybe_applied(failure.reason);
            // The server had closed an idle connection. That does not count as a retry, and the
            // next attempts use new connections.
            if failure.stale {
                pooled = false;
                continue;
            }
            let allowed = retries < config.settings.max_retries
                && retry::allowed(safety, failure.reason)
                && !connections.is_closed();
            let wait = match failure.error.retry_after() {
                _ if !allowed => None,
                Some(asked) if asked > retry::MAX_RETRY_AFTER => None,
                Some(asked) => Some(asked),
                None => Some(retry::backoff(retries)),
            };
            // The wait must leave time for another attempt.
            let Some(wait) = wait.filter(|wait| *wait < self.deadline.left()) else {
                return Err(self.finish(failure, attempts, maybe_applied));
            };
            paid = budget.pay(failure.error.kind() == ErrorKind::Timeout);
            if paid.is_none() {
                return Err(self.finish(failure, attempts, maybe_applied));
            }
            tokio::time::sleep(wait).await;
            retries += 1;
        }
    }

    /// Returns the final error. That of a write states whether it may have been applied.
    fn finish(&self, failure: Failure, attempts: u32, maybe_applied: bool) -> Error {
        let Failure { reason, mut error, .. } = failure;
        error.inner.attempts = attempts;
        if reason == FailureReason::Status(401) && looks_like_basic_credentials(self.key.reveal()) {
            error = error
                .hint("the key looks like base64 of `user:password`; pass the key as it is, not encoded");
        }
        if self.request.safety == Safety::Read {
            return error;
        }
        self.request.failed_write(error, maybe_applied)
    }
}
