//! Sending a request until it has an answer, or must not be sent any more.

use std::time::{Duration, Instant};

use super::attempt::{BodySink, Failure};
use super::key::{Secret, looks_like_basic_credentials};
use super::report::Reporter;
use super::request::{Request, Safety};
use super::response::Answer;
use super::retry::{self, Outcome};
use crate::client::Shared;
use crate::config::Config;
use crate::error::{Error, ErrorKind};
use crate::secret::Redactor;

/// When a call must have ended. All requests of a call have the same one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    started: Instant,
    total: Duration,
}

impl Deadline {
    pub fn new(total: Duration) -> Self {
        Deadline { started: Instant::now(), total }
    }

    pub fn total(&self) -> Duration {
        self.total
    }

    pub fn left(&self) -> Duration {
        self.total.saturating_sub(self.started.elapsed())
    }
}

/// Refuses a write for a read-only client.
pub(crate) fn refuse_write(config: &Config, request: &Request) -> Result<(), Error> {
    if !config.read_only || request.safety == Safety::Read {
        return Ok(());
    }
    let message = format!("{} {} would write, and this client is read-only", request.method, request.path);
    Err(Error::invalid("", message).about(request.method, &request.path).maybe(Some(false)))
}

/// Sends until there is an answer with a success, or an error that is final. The body of a success goes to `sink`, if
/// there is one; its answer then keeps the beginning only.
pub(crate) async fn send(
    shared: &Shared,
    key: &Secret,
    request: &Request,
    deadline: Deadline,
    sink: Option<&mut dyn BodySink>,
) -> Result<Answer, Error> {
    let redactor = Redactor::new(Some(key), &shared.config.proxy_secrets);
    let sender = Sender { shared, request, key, redactor: &redactor, deadline };
    sender.run(sink).await.map_err(|error| error.redacted(&redactor))
}

/// What all attempts of a request have in common.
pub(super) struct Sender<'a> {
    pub shared: &'a Shared,
    pub request: &'a Request,
    pub key: &'a Secret,
    pub redactor: &'a Redactor,
    pub deadline: Deadline,
}

impl Sender<'_> {
    async fn run(&self, mut sink: Option<&mut dyn BodySink>) -> Result<Answer, Error> {
        let Shared { config, connections, budget } = self.shared;
        let reporter = Reporter::new(self.request, self.redactor, config);
        let safety = match self.request.safety {
            Safety::Write | Safety::Mint if config.retry_writes => Safety::Repeatable,
            safety => safety,
        };
        let mut pooled = self.request.safety.pooled();
        let (mut attempts, mut retries, mut paid) = (0, 0, None);
        // Once true it stays true: a later attempt that was not sent says nothing of an earlier one.
        let mut maybe_applied = false;
        loop {
            let pools = match connections.pools() {
                Ok(pools) => pools,
                Err(error) => {
                    return Err(self.finish(Failure::new(Outcome::Refused, error), attempts, maybe_applied));
                }
            };
            attempts += 1;
            let attempt = self.attempt(&pools, pooled, attempts, sink.as_mut().map(|sink| &mut **sink as _));
            let failure = match reporter.attempt(attempts, attempt).await {
                Ok(answer) if (200..300).contains(&answer.status) => {
                    budget.refill(paid);
                    return Ok(answer);
                }
                Ok(answer) => Failure::new(Outcome::Status(answer.status), answer.status_error(self.request)),
                Err(failure) => failure,
            };
            maybe_applied |= retry::maybe_applied(failure.outcome);
            // An idle connection that the server had closed: nobody's fault, so no retry is counted. The next
            // attempts take connections that cannot be stale.
            if failure.stale {
                pooled = false;
                continue;
            }
            let allowed = retries < config.max_retries
                && retry::allowed(safety, failure.outcome)
                && !connections.is_closed();
            let wait = match failure.error.retry_after() {
                _ if !allowed => None,
                Some(asked) if asked > retry::LONGEST_ASKED_WAIT => None,
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

    /// Says what the outcome of a write is, and how to find out.
    fn finish(&self, failure: Failure, attempts: u32, maybe_applied: bool) -> Error {
        let Failure { outcome, mut error, .. } = failure;
        error.inner.attempts = attempts;
        if outcome == Outcome::Status(401) && looks_like_basic_credentials(self.key.reveal()) {
            error = error.hint(
                "the key looks like base64 of `user:password`; this API takes the key as it is, not encoded",
            );
        }
        if self.request.safety == Safety::Read {
            return error;
        }
        self.request.outcome(error, maybe_applied)
    }
}
