//! One attempt: a request goes out, and its response comes back whole or not.

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use jiff::Timestamp;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, USER_AGENT};
use tokio::sync::SemaphorePermit;
use tokio::time::timeout;

use super::body::BodySink;
use super::cause::{deepest_cause, is_certificate_refused, is_malformed, is_refusal, remedy};
use super::connecting::{Made, watched};
use super::connections::Pools;
use super::deadline::Deadline;
use super::request::Request;
use super::response::{BODY_SHOWN, Response};
use super::retry::Outcome;
use super::shared::Shared;
use crate::error::{Error, ErrorKind};
use crate::secret::{Redactor, Secret};
use crate::spelling::{name, string};

/// The most of an error's body that is read.
const LARGEST_ERROR: u64 = 1 << 20;

/// A failed attempt.
pub(crate) struct Failure {
    pub outcome: Outcome,
    pub error: Error,
    /// Whether it may have failed only because the server had closed an idle connection.
    pub stale: bool,
}

impl Failure {
    pub fn new(outcome: Outcome, error: Error) -> Self {
        Failure { outcome, error, stale: false }
    }

    fn caused_by(self, error: &reqwest::Error) -> Self {
        Failure { error: self.error.caused_by(error), ..self }
    }
}

/// Where the pieces of a body go.
struct Body<'a> {
    /// All of it; of one that goes to a sink, what an error would show.
    kept: BytesMut,
    taken: u64,
    sink: Option<&'a mut dyn BodySink>,
}

impl Body<'_> {
    fn take(&mut self, piece: &[u8]) -> bool {
        self.taken += piece.len() as u64;
        let Some(sink) = &mut self.sink else {
            self.kept.extend_from_slice(piece);
            return true;
        };
        let shown = BODY_SHOWN.saturating_sub(self.kept.len());
        self.kept.extend_from_slice(piece.get(..shown).unwrap_or(piece));
        sink.take(piece)
    }
}

/// Sends one request; all its attempts share this.
pub(super) struct Sender<'a> {
    pub shared: &'a Shared,
    pub request: &'a Request,
    pub key: &'a Secret,
    pub redactor: &'a Redactor,
    pub deadline: Deadline,
}

impl Sender<'_> {
    /// Sends the request once, over a pooled connection or one of its own.
    pub(super) async fn attempt(
        &self,
        pools: &Pools,
        pooled: bool,
        attempts: u32,
        sink: Option<&mut dyn BodySink>,
    ) -> Result<Response, Failure> {
        let _slot = self.slot(pools).await?;
        let http = if pooled { &pools.shared } else { &pools.single };
        let request = self.build(http).map_err(|error| Failure::new(Outcome::Refused, error))?;
        let asked_at = Timestamp::now();
        let patience = self.patience();
        let (executed, made) = watched(timeout(patience, http.execute(request))).await;
        let mut response = match executed {
            // What needed a connection of its own and has got none was not sent.
            Err(_) if !pooled && made == Made::Nothing => {
                return Err(self.timed_out(Outcome::NotSent, "no connection was opened"));
            }
            Err(_) => return Err(self.timed_out(Outcome::TimedOut, "no response arrived")),
            Ok(Err(error)) => {
                let failure = self.failed(&error).caused_by(&error);
                let stale = pooled && failure.outcome == Outcome::Lost && made.failed_on_a_used_one(&error);
                return Err(Failure { stale, ..failure });
            }
            Ok(Ok(response)) => response,
        };

        let body = self.read(&mut response, sink).await?;
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        Ok(Response { status, headers, body, attempts, asked_at })
    }

    /// Reads the body of a response whose status line and headers have come.
    async fn read(
        &self,
        response: &mut reqwest::Response,
        sink: Option<&mut dyn BodySink>,
    ) -> Result<Bytes, Failure> {
        let success = response.status().is_success();
        let mut body = Body { kept: BytesMut::new(), taken: 0, sink: if success { sink } else { None } };
        match &mut body.sink {
            Some(sink) => sink.begin(),
            None => {
                let expected = response.content_length().unwrap_or(0).min(1 << 20);
                body.kept.reserve(usize::try_from(expected).unwrap_or(0));
            }
        }
        // What an error says is in its beginning, and must not keep the next attempt waiting.
        let limit = if success { self.request.largest_response() } else { LARGEST_ERROR };
        let began = Instant::now();
        let patience = || {
            let spent = if success { Duration::ZERO } else { began.elapsed() };
            self.patience().saturating_sub(spent)
        };
        loop {
            let failure = match timeout(patience(), response.chunk()).await {
                Ok(Ok(Some(piece))) if body.taken + piece.len() as u64 <= limit => {
                    if body.take(&piece) {
                        continue;
                    }
                    break;
                }
                Ok(Ok(Some(piece))) if !success => {
                    let fits = usize::try_from(limit.saturating_sub(body.taken)).unwrap_or_default();
                    body.take(piece.get(..fits).unwrap_or(&piece));
                    break;
                }
                Ok(Ok(Some(_))) => self.too_large(limit),
                Ok(Ok(None)) => break,
                Ok(Err(error)) => self.cut_short(&error),
                Err(_) => self.timed_out(Outcome::TimedOut, "the response was not complete"),
            };
            // The head has said all that matters where nobody reads the body.
            if success && self.request.needs_body {
                return Err(failure);
            }
            break;
        }
        Ok(body.kept.freeze())
    }

    /// Waits until fewer than `max_connections` requests are under way.
    async fn slot<'p>(&self, pools: &'p Pools) -> Result<SemaphorePermit<'p>, Failure> {
        if let Ok(slot) = pools.slots.try_acquire() {
            return Ok(slot);
        }
        match timeout(self.deadline.left(), pools.slots.acquire()).await {
            Ok(Ok(slot)) => Ok(slot),
            _ => {
                let most = self.shared.config.connection.settings.max_connections;
                let option = name("max_connections");
                let what = format!("none of the {most} connections that `{option}` allows became free");
                Err(self.timed_out(Outcome::NotSent, &what))
            }
        }
    }

    /// How long to wait for the next sign of the server.
    fn patience(&self) -> Duration {
        self.shared.config.settings.attempt_timeout.min(self.deadline.left())
    }

    fn build(&self, http: &reqwest::Client) -> Result<reqwest::Request, Error> {
        let config = &self.shared.config;
        let url = self.request.url(&config.base_url)?;
        let method = reqwest::Method::from_bytes(self.request.method.as_bytes()).map_err(|_| {
            Error::invalid("method", format!("not a valid HTTP method, got {}", string(self.request.method)))
        })?;
        let mut authorization = HeaderValue::try_from(format!("Basic {}", self.key.reveal()))
            .map_err(|_| Error::configuration(format!("{}: not a valid header value", name("api_key"))))?;
        authorization.set_sensitive(true);
        let mut builder = http
            .request(method, url)
            .header(AUTHORIZATION, authorization)
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, config.user_agent());
        builder = match &self.request.body {
            Some(body) => builder.header(CONTENT_TYPE, "application/json").body(body.clone()),
            // Servers may refuse a POST without a length; reqwest does not send one by itself.
            None if matches!(self.request.method, "POST" | "PATCH" | "PUT") => {
                builder.header(CONTENT_LENGTH, 0)
            }
            None => builder,
        };
        builder
            .build()
            .map_err(|error| Error::invalid("", format!("not a valid request: {}", deepest_cause(&error))))
    }

    fn error(&self, kind: ErrorKind, what: String) -> Error {
        // Scheme, host and port, as the caller wrote them.
        let host = self.shared.config.base_url.origin().ascii_serialization();
        let message = format!("{what} ({} {} at {host})", self.request.method, self.request.path);
        Error::new(kind, message).about(self.request.method, &self.request.path)
    }

    fn connection_failure(&self, outcome: Outcome, what: String) -> Failure {
        Failure::new(outcome, self.error(ErrorKind::Connection, what))
    }

    fn timed_out(&self, outcome: Outcome, what: &str) -> Failure {
        let limit = if self.deadline.left().is_zero() {
            format!("{:?}, the call's `timeout`", self.deadline.total())
        } else {
            format!("{:?}, the `{}`", self.shared.config.settings.attempt_timeout, name("attempt_timeout"))
        };
        Failure::new(outcome, self.error(ErrorKind::Timeout, format!("{what} within {limit}")))
    }

    fn failed(&self, error: &reqwest::Error) -> Failure {
        let cause = deepest_cause(error);
        if error.is_connect() && error.is_timeout() {
            let patience = self.shared.config.connection.settings.connect_timeout;
            let what =
                format!("no connection was opened within {patience:?}, the `{}`", name("connect_timeout"));
            return Failure::new(Outcome::NotSent, self.error(ErrorKind::Timeout, what));
        }
        // A server judges this side's certificate only when its own part is done; it has not looked at the request then.
        let unwelcome = is_certificate_refused(error);
        if error.is_connect() || unwelcome {
            let outcome = if unwelcome || is_refusal(error) { Outcome::Refused } else { Outcome::NotSent };
            let what = format!("no connection could be opened: {cause}{}", remedy(&cause));
            return self.connection_failure(outcome, what);
        }
        if error.is_builder() {
            return self
                .connection_failure(Outcome::Refused, format!("the request could not be sent: {cause}"));
        }
        let malformed = is_malformed(error);
        if malformed && cause.contains("too large") {
            let what = "the response's headers are too large: more than 400 KiB, or 100 lines";
            return self.connection_failure(Outcome::TooLarge, what.to_owned());
        }
        let what = if malformed {
            format!("expected an HTTP response, found something else: {cause}")
        } else {
            format!("the connection was lost before a response arrived: {cause}")
        };
        self.connection_failure(Outcome::Lost, what)
    }

    fn cut_short(&self, error: &reqwest::Error) -> Failure {
        let what = format!("the response was cut short: {}", deepest_cause(error));
        self.connection_failure(Outcome::CutShort, what).caused_by(error)
    }

    fn too_large(&self, limit: u64) -> Failure {
        let what = format!("the response is larger than {} MiB, the most that is accepted", limit >> 20);
        self.connection_failure(Outcome::TooLarge, what)
    }
}
