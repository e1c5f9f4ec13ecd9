//! Sending a request until it has an answer, or must not be sent any more.

use std::time::{Duration, Instant};

use bytes::BytesMut;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, USER_AGENT};
use tokio::time::timeout;

use super::answer::Answer;
use super::redact::Redactor;
use super::request::{LARGE_ANSWER, Request, SMALL_ANSWER, Safety};
use super::retry::{self, Outcome};
use crate::auth::{Secret, looks_like_basic_credentials};
use crate::client::Shared;
use crate::config::Config;
use crate::error::{Error, ErrorKind};
use crate::observe::Reporter;

/// How long a call may take unless the caller says otherwise.
const TOTAL: Duration = Duration::from_secs(90);
const TOTAL_LARGE: Duration = Duration::from_secs(15 * 60);

/// A failed attempt.
struct Failure {
    outcome: Outcome,
    error: Error,
}

/// Refuses a write for a read-only client.
pub(crate) fn refuse_write(config: &Config, request: &Request) -> Result<(), Error> {
    if !config.read_only || request.safety == Safety::Read {
        return Ok(());
    }
    let message = format!("{} {} would write, and this client is read-only", request.method, request.path);
    Err(Error::invalid("", message).about(request.method, &request.path).maybe(Some(false)))
}

/// Sends until there is an answer with a success, or an error that is final.
pub(crate) async fn send(shared: &Shared, key: &Secret, request: &Request) -> Result<Answer, Error> {
    let config = &shared.config;
    let redactor = Redactor::new(key);
    let total = config.deadlines.total.unwrap_or(if request.large { TOTAL_LARGE } else { TOTAL });
    let sender = Sender { shared, request, key, redactor: &redactor, started: Instant::now(), total };
    sender.run().await.map_err(|error| error.redacted(&redactor))
}

struct Sender<'a> {
    shared: &'a Shared,
    request: &'a Request,
    key: &'a Secret,
    redactor: &'a Redactor,
    started: Instant,
    total: Duration,
}

impl Sender<'_> {
    async fn run(&self) -> Result<Answer, Error> {
        let connections = &self.shared.connections;
        let config = &self.shared.config;
        let reporter = Reporter {
            request: self.request,
            redactor: self.redactor,
            observer: config.observer.as_deref(),
            log: config.log,
        };
        let mut attempts = 0;
        let mut retries = 0;
        let mut resent = false;
        loop {
            let pooled = self.request.safety != Safety::Write && !resent;
            let http = if pooled { connections.shared()? } else { connections.single()? };
            attempts += 1;
            let began = Instant::now();
            reporter.begins(attempts);
            let failure = match self.attempt(&http, attempts).await {
                Ok(answer) => {
                    reporter.answered(attempts, &answer, began.elapsed());
                    if (200..300).contains(&answer.status) {
                        self.shared.budget.refill();
                        return Ok(answer);
                    }
                    let error = answer.status_error(self.request, self.redactor);
                    Failure { outcome: Outcome::Status(answer.status), error }
                }
                Err(failure) => {
                    reporter.failed(attempts, failure.outcome.word(), began.elapsed());
                    failure
                }
            };
            // An idle connection that the server had closed: nobody's fault, so no retry is counted. The next
            // attempt takes a connection that cannot be stale.
            if failure.outcome == Outcome::Lost && pooled && connections.take_resend() {
                resent = true;
                continue;
            }
            let final_error = |failure: Failure| Err(self.finish(failure, attempts));
            if retries >= self.shared.config.max_retries
                || !retry::allowed(self.request.safety, failure.outcome)
                || connections.is_closed()
            {
                return final_error(failure);
            }
            let wait = match failure.error.retry_after() {
                Some(asked) if asked > retry::LONGEST_ASKED_WAIT => return final_error(failure),
                Some(asked) => asked,
                None => retry::backoff(retries),
            };
            // The wait must leave time for another attempt.
            if wait >= self.left() || !self.shared.budget.pay(failure.outcome) {
                return final_error(failure);
            }
            tokio::time::sleep(wait).await;
            retries += 1;
        }
    }

    fn left(&self) -> Duration {
        self.total.saturating_sub(self.started.elapsed())
    }

    /// Says what the outcome of a write is, and how to find out.
    fn finish(&self, failure: Failure, attempts: u32) -> Error {
        let Failure { outcome, mut error } = failure;
        error.inner.attempts = attempts;
        if outcome == Outcome::Status(401) && looks_like_basic_credentials(self.key.reveal()) {
            error = error.hint(
                "the key looks like base64 of `user:password`; this API takes the key as it is, not encoded",
            );
        }
        if self.request.safety == Safety::Read {
            return error;
        }
        let unknown = retry::maybe_applied(outcome);
        let error = error.maybe(Some(unknown));
        if unknown && !self.request.check.is_empty() { error.hint(self.request.check) } else { error }
    }

    async fn attempt(&self, http: &reqwest::Client, attempts: u32) -> Result<Answer, Failure> {
        let request = self.build(http).map_err(|error| Failure { outcome: Outcome::NotSent, error })?;
        let patience = self.shared.config.deadlines.attempt;
        let mut response = match timeout(patience.min(self.left()), http.execute(request)).await {
            Err(_) => return Err(self.timed_out("no answer came")),
            Ok(Err(error)) => return Err(self.failed(&error)),
            Ok(Ok(response)) => response,
        };
        let status = response.status().as_u16();
        let success = (200..300).contains(&status);
        let limit = if self.request.large { LARGE_ANSWER } else { SMALL_ANSWER };
        let expected = response.content_length().unwrap_or(0).min(1 << 20);
        let mut body = BytesMut::with_capacity(usize::try_from(expected).unwrap_or(0));
        loop {
            let failure = match timeout(patience.min(self.left()), response.chunk()).await {
                Ok(Ok(Some(chunk))) if body.len() as u64 + chunk.len() as u64 <= limit => {
                    body.extend_from_slice(&chunk);
                    continue;
                }
                Ok(Ok(Some(_))) => Failure {
                    outcome: Outcome::Status(status),
                    error: self.error(
                        ErrorKind::Connection,
                        format!("the answer is larger than the {} MiB that are taken", limit >> 20),
                    ),
                },
                Ok(Ok(None)) => break,
                Ok(Err(error)) => self.cut_short(&error),
                Err(_) => self.timed_out("the answer stopped in the middle"),
            };
            // The head has said all that matters where nobody reads the body.
            if success && self.request.needs_body {
                return Err(failure);
            }
            break;
        }
        if self.request.safety != Safety::Write {
            self.shared.connections.served();
        }
        Ok(Answer { status, headers: std::mem::take(response.headers_mut()), body: body.freeze(), attempts })
    }

    fn build(&self, http: &reqwest::Client) -> Result<reqwest::Request, Error> {
        let config = &self.shared.config;
        let url = self.request.url(&config.base_url)?;
        let method = reqwest::Method::from_bytes(self.request.method.as_bytes())
            .map_err(|_| Error::invalid("method", format!("`{}` is no HTTP method", self.request.method)))?;
        let mut authorization = HeaderValue::try_from(format!("Basic {}", self.key.reveal()))
            .map_err(|_| Error::configuration("the API key cannot stand in a header"))?;
        authorization.set_sensitive(true);
        let mut builder = http
            .request(method, url)
            .header(AUTHORIZATION, authorization)
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, config.user_agent.as_str());
        builder = match &self.request.body {
            Some(body) => builder.header(CONTENT_TYPE, "application/json").body(body.clone()),
            // Servers may refuse a POST without a length; reqwest does not send one by itself.
            None if matches!(self.request.method, "POST" | "PATCH" | "PUT") => {
                builder.header(CONTENT_LENGTH, 0)
            }
            None => builder,
        };
        builder.build().map_err(|error| Error::invalid("request", deepest_cause(&error)))
    }

    fn error(&self, kind: ErrorKind, what: String) -> Error {
        let message = format!("{what} ({} {} at {})", self.request.method, self.request.path, self.host());
        Error::new(kind, message).about(self.request.method, &self.request.path)
    }

    /// Scheme, host and port, as the caller wrote them.
    fn host(&self) -> String {
        let url = &self.shared.config.base_url;
        url.origin().ascii_serialization()
    }

    fn timed_out(&self, what: &str) -> Failure {
        let error = if self.left().is_zero() {
            self.error(ErrorKind::Timeout, format!("{what} within {:?}, the call's `timeout`", self.total))
        } else {
            let patience = self.shared.config.deadlines.attempt;
            self.error(ErrorKind::Timeout, format!("{what} within {patience:?}, the `attempt_timeout`"))
        };
        Failure { outcome: Outcome::TimedOut, error }
    }

    fn failed(&self, error: &reqwest::Error) -> Failure {
        let cause = deepest_cause(error);
        if error.is_connect() && error.is_timeout() {
            let patience = self.shared.config.connection.connect_timeout;
            let what = format!("no connection was made within {patience:?}, the `connect_timeout`");
            return Failure { outcome: Outcome::NotSent, error: self.error(ErrorKind::Timeout, what) };
        }
        if error.is_connect() {
            let what = format!("no connection could be made: {cause}{}", remedy(&cause));
            return Failure { outcome: Outcome::NotSent, error: self.error(ErrorKind::Connection, what) };
        }
        if error.is_builder() {
            let what = format!("the request cannot be sent: {cause}");
            return Failure { outcome: Outcome::NotSent, error: self.error(ErrorKind::Connection, what) };
        }
        let what = if cause.starts_with("invalid HTTP") {
            format!("what came back is no HTTP answer: {cause}")
        } else {
            format!("the connection broke before an answer came: {cause}")
        };
        Failure { outcome: Outcome::Lost, error: self.error(ErrorKind::Connection, what) }
    }

    fn cut_short(&self, error: &reqwest::Error) -> Failure {
        let what = format!("the answer was cut short: {}", deepest_cause(error));
        Failure { outcome: Outcome::CutShort, error: self.error(ErrorKind::Connection, what) }
    }
}

/// The last error of the chain: what really happened.
pub(crate) fn deepest_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    // reqwest's own texts can quote the URL, and with it what a caller may not want to log.
    cause.to_string()
}

/// What to do about a cause, as rustls and the operating system word it.
fn remedy(cause: &str) -> &'static str {
    const REMEDIES: [(&str, &str); 9] = [
        ("UnknownIssuer", "; if the server has a certificate of your own authority, pass `ca_file`"),
        (
            "CaUsedAsEndEntity",
            "; if the server signed its certificate itself, pass that certificate as `ca_file`",
        ),
        (
            "certificate expired",
            "; the server's certificate has expired: tell whoever runs it, or check this machine's clock",
        ),
        ("not valid yet", "; the server's certificate is not valid yet: check this machine's clock"),
        ("not valid for name", "; the certificate is for another host: is the base URL right?"),
        (
            "BadSignature",
            "; the authority that the certificate names did not sign it: is `ca_file` the right one?",
        ),
        ("ProtocolVersion", "; the server speaks no TLS 1.2 or newer"),
        ("onnection refused", "; is the server running, and is the base URL right?"),
        ("not known", "; is the host name right, and is there a network?"),
    ];
    let known = REMEDIES.iter().find(|(word, _)| cause.contains(word));
    known.map(|(_, remedy)| *remedy).unwrap_or_default()
}
