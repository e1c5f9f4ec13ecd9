//! What happens on the wire, for logs and metrics: never a body, a key, or a path with an e-mail address in it.

use std::fmt;
use std::future::Future;
use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::{Answer, Failure, Request};
use crate::config::Config;
use crate::secret::Redactor;

/// The environment variable that turns on lines on standard error: `info` for the end of every attempt, `debug` also for its
/// beginning, and with those headers of the answer that may be shown.
pub const LOG_VARIABLE: &str = "CRANKWHEEL_LOG";

/// Takes events, see [`Options::observer`](crate::Options::observer).
pub(crate) type Observer = dyn Fn(&RequestEvent<'_>) + Send + Sync;

/// One attempt of a request, before it is sent or after it has ended.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RequestEvent<'a> {
    /// Whether the attempt begins, or how it ended.
    pub phase: RequestPhase<'a>,
    /// The method.
    pub method: &'static str,
    /// The path with names for its variable parts.
    pub template: &'static str,
    /// Counted from 1.
    pub attempt: u32,
    /// The host of the base URL.
    pub server_address: &'a str,
    /// The port of the base URL.
    pub server_port: u16,
}

/// Where an attempt is.
#[derive(Clone, Copy, Debug)]
pub enum RequestPhase<'a> {
    /// It is about to be sent.
    Begins,
    /// An answer came, with whatever status.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The answer's `x-request-id`.
        request_id: Option<&'a str>,
        /// Those of the answer's headers that may be shown.
        headers: ShownHeaders<'a>,
        /// From the beginning of the attempt to the end of the answer.
        duration: Duration,
    },
    /// No answer came.
    Failed {
        /// What happened, in a word or two: `refused` (by this side, or a certificate that is not trusted), `not sent`, `lost`,
        /// `cut short`, `timed out`, `too large`.
        problem: &'static str,
        /// From the beginning of the attempt to its failure.
        duration: Duration,
    },
}

/// The headers of an answer that logs may show; all others may hold what nobody should read.
#[derive(Clone, Copy)]
pub struct ShownHeaders<'a> {
    answer: &'a Answer,
    redactor: &'a Redactor,
}

/// The headers that are shown, in lower case.
const SHOWN_HEADERS: [&str; 8] = [
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "retry-after",
    "server",
    "via",
    "x-request-id",
];

impl ShownHeaders<'_> {
    /// Those that came, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, String)> {
        let value = |name| Some((name, self.redactor.clean(self.answer.header(name)?)));
        SHOWN_HEADERS.into_iter().filter_map(value)
    }
}

impl fmt::Debug for ShownHeaders<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// The value of an attribute, see [`RequestEvent::attributes`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
    /// A list of texts, as the values of a header are.
    Texts(Vec<String>),
}

impl RequestEvent<'_> {
    /// The event under the names of OpenTelemetry's conventions for HTTP clients, to be put on a span or a metric as they are.
    ///
    /// `http.request.method`, `url.template`, `server.address`, `server.port`, `http.request.resend_count` (from the second attempt
    /// on); of an answer `http.response.status_code` and `http.response.header.<name>`; `error.type` of a failure.
    pub fn attributes(&self) -> Vec<(String, Attribute)> {
        let text = |text: &str| Attribute::Text(text.to_owned());
        let mut attributes = vec![
            ("http.request.method".to_owned(), text(self.method)),
            ("url.template".to_owned(), text(self.template)),
            ("server.address".to_owned(), text(self.server_address)),
            ("server.port".to_owned(), Attribute::Number(self.server_port.into())),
        ];
        if self.attempt > 1 {
            let again = Attribute::Number(i64::from(self.attempt) - 1);
            attributes.push(("http.request.resend_count".to_owned(), again));
        }
        match self.phase {
            RequestPhase::Begins => {}
            RequestPhase::Answered { status, headers, .. } => {
                attributes.push(("http.response.status_code".to_owned(), Attribute::Number(status.into())));
                if status >= 400 {
                    attributes.push(("error.type".to_owned(), Attribute::Text(status.to_string())));
                }
                let header = |(name, value): (&str, String)| {
                    (format!("http.response.header.{name}"), Attribute::Texts(vec![value]))
                };
                attributes.extend(headers.iter().map(header));
            }
            RequestPhase::Failed { problem, .. } => {
                attributes.push(("error.type".to_owned(), Attribute::Text(error_type(problem))));
            }
        }
        attributes
    }
}

/// What [`LOG_VARIABLE`] asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Log {
    Off,
    Info,
    Debug,
}

impl Log {
    pub fn from_env() -> Self {
        match std::env::var(LOG_VARIABLE).as_deref() {
            Ok("info") => Log::Info,
            Ok("debug") => Log::Debug,
            _ => Log::Off,
        }
    }
}

/// A problem as a value of `error.type`, which has no blanks.
fn error_type(problem: &str) -> String {
    problem.replace(' ', "_")
}

/// Tells everyone who wants to know about the attempts of one request.
pub(crate) struct Reporter<'a> {
    request: &'a Request,
    redactor: &'a Redactor,
    config: &'a Config,
}

impl<'a> Reporter<'a> {
    pub fn new(request: &'a Request, redactor: &'a Redactor, config: &'a Config) -> Self {
        Reporter { request, redactor, config }
    }

    /// Runs one attempt.
    pub async fn attempt(
        &self,
        attempt: u32,
        running: impl Future<Output = Result<Answer, Failure>>,
    ) -> Result<Answer, Failure> {
        let began = Instant::now();
        let span = self.span(attempt);
        self.tell(attempt, RequestPhase::Begins);
        let ended = running.instrument(span.clone()).await;
        let duration = began.elapsed();
        let _within = span.enter();
        match &ended {
            Ok(answer) => self.answered(attempt, answer, duration, &span),
            Err(failure) => {
                let problem = failure.outcome.word();
                span.record("error.type", error_type(problem));
                let duration_ms = milliseconds(duration);
                tracing::debug!(target: "crankwheel", attempt, duration_ms, "{problem}");
                self.tell(attempt, RequestPhase::Failed { problem, duration });
            }
        }
        ended
    }

    fn answered(&self, attempt: u32, answer: &Answer, duration: Duration, span: &Span) {
        let status = answer.status;
        let request_id = answer.request_id().map(|id| self.redactor.clean(id));
        let request_id = request_id.as_deref();
        span.record("http.response.status_code", status);
        if status >= 400 {
            span.record("error.type", status);
        }
        let duration_ms = milliseconds(duration);
        tracing::debug!(target: "crankwheel", attempt, duration_ms, request_id, "answered with {status}");
        let headers = ShownHeaders { answer, redactor: self.redactor };
        self.tell(attempt, RequestPhase::Answered { status, request_id, headers, duration });
    }

    /// One span for each attempt, as OpenTelemetry wants it: named after the template, with the server that was asked.
    fn span(&self, attempt: u32) -> Span {
        let Request { method, template, .. } = *self.request;
        tracing::debug_span!(
            target: "crankwheel",
            "request",
            otel.name = format!("{method} {template}"),
            otel.kind = "client",
            http.request.method = method,
            url.template = template,
            server.address = self.config.base_url.host_str(),
            server.port = self.config.base_url.port_or_known_default(),
            http.request.resend_count = (attempt > 1).then(|| attempt - 1),
            http.response.status_code = Empty,
            error.type = Empty,
        )
    }

    fn tell(&self, attempt: u32, phase: RequestPhase<'_>) {
        let Request { method, template, .. } = *self.request;
        if let Some(observer) = &self.config.observer {
            let url = &self.config.base_url;
            observer(&RequestEvent {
                phase,
                method,
                template,
                attempt,
                server_address: url.host_str().unwrap_or_default(),
                server_port: url.port_or_known_default().unwrap_or_default(),
            });
        }
        let detailed = self.config.log >= Log::Debug;
        let what = match phase {
            RequestPhase::Begins if detailed => "begins".to_owned(),
            RequestPhase::Answered { status, request_id, headers, duration }
                if self.config.log >= Log::Info =>
            {
                let id = request_id.map(|id| format!(", request {id}")).unwrap_or_default();
                let headers = if detailed { format!(" {headers:?}") } else { String::new() };
                format!("{status} in {} ms{id}{headers}", duration.as_millis())
            }
            RequestPhase::Failed { problem, duration } if self.config.log >= Log::Info => {
                format!("{problem} after {} ms", duration.as_millis())
            }
            _ => return,
        };
        write_line(&format!("{method} {template} (attempt {attempt}): {what}"));
    }
}

/// Warnings that no surface has passed on yet.
static WARNINGS: Mutex<Vec<String>> = Mutex::new(Vec::new());
static WARNED: AtomicBool = AtomicBool::new(false);

/// Warns of something in an answer that harms no call: through `tracing`, and to whoever takes the warnings (Python's logger
/// and Node's process warnings write them to standard error by themselves).
pub(crate) fn warn(text: String) {
    tracing::warn!(target: "crankwheel", "{text}");
    // Never wait: a lock that another thread held at a fork stays locked in the child.
    if let Ok(mut warnings) = WARNINGS.try_lock() {
        warnings.push(text);
        WARNED.store(true, Ordering::Release);
    }
}

/// The warnings since the last time, for a language that has a logger of its own.
#[doc(hidden)]
pub fn take_warnings() -> Vec<String> {
    if !WARNED.swap(false, Ordering::Acquire) {
        return Vec::new();
    }
    match WARNINGS.try_lock() {
        Ok(mut warnings) => std::mem::take(&mut *warnings),
        Err(_) => {
            // Somebody is adding one: the next call gets it.
            WARNED.store(true, Ordering::Release);
            Vec::new()
        }
    }
}

/// Standard error can be closed, or a pipe that is full: then the line is lost, and not the call (`eprintln!` panics).
fn write_line(text: &str) {
    let _ = stderr().and_then(|mut stderr| stderr.write_all(format!("crankwheel: {text}\n").as_bytes()));
}

/// Standard error without the lock that Rust puts around it: another thread may hold that at a fork, and the child would wait
/// for it for ever.
#[cfg(unix)]
fn stderr() -> std::io::Result<std::fs::File> {
    use std::os::fd::AsFd;
    Ok(std::io::stderr().as_fd().try_clone_to_owned()?.into())
}

#[cfg(not(unix))]
fn stderr() -> std::io::Result<std::io::Stderr> {
    Ok(std::io::stderr())
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
