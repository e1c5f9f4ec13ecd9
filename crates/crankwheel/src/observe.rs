//! What happens on the wire, for logs and metrics: never a body, a key, or a path with an e-mail address in it.

use std::time::Duration;

use crate::transport::redact::Redactor;
use crate::transport::{Answer, Request};

/// The environment variable that turns on a line on standard error for every call (`info`) or attempt (`debug`).
pub const LOG_VARIABLE: &str = "CRANKWHEEL_LOG";

/// Takes events, see [`Options::observer`](crate::Options::observer).
pub(crate) type Observer = dyn Fn(&RequestEvent<'_>) + Send + Sync;

/// One attempt of a request, before it is sent or after it has ended.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct RequestEvent<'a> {
    /// Whether the attempt begins, or how it ended.
    pub phase: RequestPhase<'a>,
    /// The method (OpenTelemetry: `http.request.method`).
    pub method: &'static str,
    /// The path with names for its variable parts (OpenTelemetry: `url.template`).
    pub template: &'static str,
    /// Counted from 1.
    pub attempt: u32,
}

/// Where an attempt is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RequestPhase<'a> {
    /// It is about to be sent.
    Begins,
    /// An answer came, with whatever status.
    Answered {
        /// The HTTP status (OpenTelemetry: `http.response.status_code`).
        status: u16,
        /// The answer's `x-request-id`.
        request_id: Option<&'a str>,
        /// From the beginning of the attempt to the end of the answer.
        duration: Duration,
    },
    /// No answer came.
    Failed {
        /// What happened, in a word: `not sent`, `lost`, `cut short`, `timed out`.
        problem: &'static str,
        /// From the beginning of the attempt to its failure.
        duration: Duration,
    },
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

/// Tells everyone who wants to know about one attempt.
pub(crate) struct Reporter<'a> {
    pub request: &'a Request,
    pub redactor: &'a Redactor,
    pub observer: Option<&'a Observer>,
    pub log: Log,
}

impl Reporter<'_> {
    pub fn begins(&self, attempt: u32) {
        self.observe(attempt, RequestPhase::Begins);
        if self.log >= Log::Debug {
            self.line(attempt, "begins");
        }
    }

    pub fn answered(&self, attempt: u32, answer: &Answer, duration: Duration) {
        let Request { method, template, .. } = self.request;
        let request_id = answer.request_id().map(|id| self.redactor.clean(id));
        let status = answer.status;
        tracing::event!(
            target: "crankwheel",
            tracing::Level::DEBUG,
            {
                http.request.method = method,
                url.template = template,
                http.response.status_code = status,
                request_id,
                attempt,
                duration_ms = duration.as_millis() as u64
            },
            "answered"
        );
        self.observe(attempt, RequestPhase::Answered { status, request_id: request_id.as_deref(), duration });
        if self.log >= Log::Info {
            let id = request_id.map(|id| format!(", request {id}")).unwrap_or_default();
            self.line(attempt, &format!("{status} in {} ms{id}", duration.as_millis()));
        }
    }

    pub fn failed(&self, attempt: u32, problem: &'static str, duration: Duration) {
        let Request { method, template, .. } = self.request;
        tracing::event!(
            target: "crankwheel",
            tracing::Level::DEBUG,
            {
                http.request.method = method,
                url.template = template,
                error.type = problem,
                attempt,
                duration_ms = duration.as_millis() as u64
            },
            "failed"
        );
        self.observe(attempt, RequestPhase::Failed { problem, duration });
        if self.log >= Log::Info {
            self.line(attempt, &format!("{problem} after {} ms", duration.as_millis()));
        }
    }

    fn observe(&self, attempt: u32, phase: RequestPhase<'_>) {
        if let Some(observer) = self.observer {
            let Request { method, template, .. } = *self.request;
            observer(&RequestEvent { phase, method, template, attempt });
        }
    }

    fn line(&self, attempt: u32, what: &str) {
        let Request { method, template, .. } = self.request;
        eprintln!("crankwheel: {method} {template} (attempt {attempt}): {what}");
    }
}
