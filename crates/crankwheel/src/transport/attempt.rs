//! One attempt to send a request and to read its response.

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue,
    USER_AGENT,
};
use tokio::sync::SemaphorePermit;
use tokio::time::timeout;

use super::body::Reader;
use super::cause::{deepest_cause, is_certificate_refused, is_malformed, is_refusal, remedy};
use super::coding::ACCEPTED;
use super::connection_tracking::{Opened, track_opened};
use super::connections::Pools;
use super::proxy_problem::proxy_problem;
use super::receive::Received;
use super::request::Request;
use super::response::Response;
use super::retry::FailureReason;
use super::sender::{Failure, Sender};
use crate::error::{Error, ErrorKind};
use crate::spelling::{name, string};

impl Sender<'_> {
    /// Sends the request once, over a pooled or a new connection. The body of a success is read by
    /// a new `reader`.
    pub(super) async fn attempt<R: Reader>(
        &self,
        pools: &Pools,
        pooled: bool,
        attempts: u32,
        reader: &mut R,
    ) -> Result<Response, Failure> {
        let _slot = self.slot(pools).await?;
        let http = if pooled { &pools.shared } else { &pools.single };
        let request = self.build(http).map_err(|error| Failure::new(FailureReason::Refused, error))?;
        let sent_at = self.shared.config.now();
        let executing = timeout(self.wait_limit(), http.execute(request));
        let (executed, opened) = track_opened(executing).await;
        let mut response = match executed {
            // A request that needs a new connection was not sent if none was opened.
            Err(_) if !pooled && opened == Opened::None => {
                return Err(self.timed_out(FailureReason::NotSent, "no connection was opened"));
            }
            Err(_) => return Err(self.timed_out(FailureReason::TimedOut, "no response arrived")),
            Ok(Err(error)) => {
                let failure = self.failed(&error).caused_by(&error);
                let stale = pooled
                    && failure.reason == FailureReason::Lost
                    && opened.failed_on_idle_connection(&error);
                return Err(Failure { stale, ..failure });
            }
            Ok(Ok(response)) => response,
        };

        let received = self.receive(&mut response).await?;
        let status = response.status();
        let mut headers = std::mem::take(response.headers_mut());
        let Received { body, size, unreadable, .. } = received;
        if received.decoded {
            // They describe the body before it was decoded.
            headers.remove(CONTENT_ENCODING);
            headers.remove(CONTENT_LENGTH);
        }
        let response =
            Response { status: status.as_u16(), headers, body, size, unreadable, attempts, sent_at };
        if status.is_success() && self.request.needs_body && response.unreadable.is_some() {
            let error = response.unreadable_error(self.request);
            return Err(Failure::new(FailureReason::Unreadable, error));
        }
        *reader = received.reader;
        Ok(response)
    }

    /// Waits until fewer than `max_connections` requests are in flight.
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
                Err(self.timed_out(FailureReason::NotSent, &what))
            }
        }
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
            .header(ACCEPT_ENCODING, ACCEPTED)
            .header(USER_AGENT, config.user_agent());
        for (name, value) in config.headers.iter() {
            builder = builder.header(name, value);
        }
        builder = match &self.request.body {
            Some(body) => builder.header(CONTENT_TYPE, "application/json").body(body.clone()),
            // Servers can refuse a POST without a length, and reqwest does not send one by itself.
            None if matches!(self.request.method, "POST" | "PATCH" | "PUT") => {
                builder.header(CONTENT_LENGTH, 0)
            }
            None => builder,
        };
        builder
            .build()
            .map_err(|error| Error::invalid("", format!("not a valid request: {}", deepest_cause(&error))))
    }

    fn failed(&self, error: &reqwest::Error) -> Failure {
        let cause = deepest_cause(error);
        if error.is_connect() && error.is_timeout() {
            let limit = self.shared.config.connection.settings.connect_timeout;
            let what =
                format!("no connection was opened within {limit:?}, the `{}`", name("connect_timeout"));
            return Failure::new(FailureReason::NotSent, self.error(ErrorKind::Timeout, what));
        }
        // A server checks the client's certificate at the end of the handshake, before it reads the
        // request.
        let certificate_refused = is_certificate_refused(error);
        if error.is_connect() || certificate_refused {
            let reason = if certificate_refused || is_refusal(error) {
                FailureReason::Refused
            } else {
                FailureReason::NotSent
            };
            if let Some(proxy) = self.proxy()
                && let Some(problem) = proxy_problem(error, proxy, self.shared.config.connection.tls)
            {
                let Request { method, path, .. } = self.request;
                let message = format!("{} ({method} {path})", problem.message);
                let error = Error::new(ErrorKind::Connection, message).with_request(method, path);
                let reason = if problem.is_final { FailureReason::Refused } else { reason };
                return Failure::new(reason, error);
            }
            let what = format!("no connection could be opened: {cause}{}", remedy(&cause));
            return self.connection_failure(reason, what);
        }
        if error.is_builder() {
            return self.connection_failure(
                FailureReason::Refused,
                format!("the request could not be sent: {cause}"),
            );
        }
        let malformed = is_malformed(error);
        if malformed && cause.contains("too large") {
            let what = "the response's headers are too large: more than 400 KiB, or 100 lines";
            return self.connection_failure(FailureReason::TooLarge, what.to_owned());
        }
        let what = if malformed {
            format!("expected an HTTP response, found something else: {cause}")
        } else {
            format!("the connection was lost before a response arrived: {cause}")
        };
        self.connection_failure(FailureReason::Lost, what)
    }
}
