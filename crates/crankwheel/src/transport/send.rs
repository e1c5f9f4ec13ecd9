//! Sending a request, with retries, until it succeeds or its error is final.

use std::time::Duration;

use super::body::Reader;
use super::config::Config;
use super::key::looks_like_basic_credentials;
use super::proxy_problem::credentials_required;
use super::report::Reporter;
use super::request::{Request, Safety};
use super::response::Response;
use super::retry::{self, FailureReason};
use super::scope::{CallScope, Renewal};
use super::sender::{Failure, Sender};
use super::shared::Shared;
use super::stop::{Stop, describe};
use crate::error::{Error, ErrorKind};
use crate::secret::Secret;
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
    let key = scope.key();
    let first = send_with(shared, scope, &key, request, 0, reader).await;
    let Err(error) = first else { return first };
    if error.status_code() != Some(401) {
        return Err(error);
    }
    // The key can have been replaced since the function returned it.
    match scope.renew(shared, &key).await {
        Renewal::None => Err(error),
        Renewal::Failed(advice, cause) => {
            let mut error = error.hint(advice);
            error.inner.cause = cause.and_then(|cause| cause.inner.cause);
            Err(error.redacted(&scope.redactor(shared)))
        }
        Renewal::Another => {
            let sent = send_with(shared, scope, &scope.key(), request, error.attempts(), reader).await;
            let maybe_applied = error.maybe_applied() == Some(true);
            sent.map_err(|last| if maybe_applied { request.failed_write(last, true) } else { last })
        }
    }
}

/// Sends a request with one key, after `earlier` attempts with another.
async fn send_with<R: Reader>(
    shared: &Shared,
    scope: &CallScope,
    key: &Secret,
    request: &Request,
    earlier: u32,
    reader: &mut R,
) -> Result<Response, Error> {
    let redactor = scope.redactor(shared);
    let CallScope { id, deadline, ref progress, .. } = *scope;
    let progress = progress.as_ref();
    let sender = Sender { shared, request, key, redactor: &redactor, deadline, call_id: id, progress };
    sender.run(earlier, reader).await.map_err(|error| error.redacted(&redactor))
}

impl Sender<'_> {
    async fn run<R: Reader>(&self, earlier: u32, reader: &mut R) -> Result<Response, Error> {
        let Shared { config, connections, budget, .. } = self.shared;
        let reporter = Reporter::new(self.call_id, self.request, self.redactor, config);
        let safety = match self.request.safety {
            Safety::Write | Safety::IssuesCredential if config.settings.retry_writes => Safety::Repeatable,
            safety => safety,
        };
        let mut pooled = self.request.safety.pooled();
        let (mut attempts, mut retries, mut paid) = (earlier, 0, None);
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
                        None,
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
            let allowed = retry::allowed(safety, failure.reason);
            let next = if allowed { self.next(&failure, retries) } else { Err(None) };
            let wait = match next {
                Ok((wait, cost)) => {
                    paid = Some(cost);
                    wait
                }
                Err(stop) => return Err(self.finish(failure, attempts, maybe_applied, stop)),
            };
            if connections.closed_within(wait).await {
                return Err(self.finish(failure, attempts, maybe_applied, Some(Stop::Closed)));
            }
            retries += 1;
        }
    }

    /// Returns the wait before a retry and the tokens that it took from the budget, or the reason why
    /// the failure is final.
    fn next(&self, failure: &Failure, retries: u32) -> Result<(Duration, u32), Option<Stop>> {
        let Shared { config, connections, budget, .. } = self.shared;
        let asked = failure.error.retry_after();
        let wait = asked.unwrap_or_else(|| retry::backoff(retries));
        let after_timeout = failure.error.kind() == ErrorKind::Timeout;
        let most = config.settings.max_retries;
        // The wait must leave time for another attempt.
        let left = self.deadline.left();
        let stop = match asked {
            _ if after_timeout && left.is_zero() => return Err(None),
            _ if retries >= most => Stop::MaxRetries(most),
            _ if connections.is_closed() => Stop::Closed,
            Some(asked) if asked > retry::MAX_RETRY_AFTER => Stop::RetryAfter(asked),
            _ if wait >= left => Stop::Deadline { wait, total: self.deadline.total() },
            _ => return budget.pay(after_timeout).map(|paid| (wait, paid)).ok_or(Some(Stop::Budget)),
        };
        Err(Some(stop))
    }

    /// Returns the final error. That of a write states whether it may have been applied.
    fn finish(&self, failure: Failure, attempts: u32, maybe_applied: bool, stop: Option<Stop>) -> Error {
        let Failure { reason, error, .. } = failure;
        let mut error = describe(error, attempts, self.deadline.elapsed(), stop);
        if reason == FailureReason::Status(401) && looks_like_basic_credentials(self.key.reveal()) {
            error = error
                .hint("the key looks like base64 of `user:password`; pass the key as it is, not encoded");
        }
        if let (FailureReason::Status(407), Some(proxy)) = (reason, self.proxy()) {
            error = error.hint(&credentials_required(proxy));
        }
        if self.request.safety == Safety::Read {
            return error;
        }
        self.request.failed_write(error, maybe_applied)
    }
}
