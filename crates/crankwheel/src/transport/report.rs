//! Reporting the attempts of a request: to the observer, to `tracing` and on standard error.

use std::future::Future;
use std::time::{Duration, Instant};

use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::config::Config;
use super::event::{RequestEvent, RequestPhase, ShownHeaders, error_type};
use super::log::{Log, write_line};
use super::request::Request;
use super::response::Response;
use super::sender::Failure;
use crate::secret::Redactor;

/// The problem of an attempt whose future was dropped.
const CANCELLED: &str = "cancelled";

/// Reports the attempts of one request.
pub(crate) struct Reporter<'a> {
    call_id: u64,
    request: &'a Request,
    redactor: &'a Redactor,
    config: &'a Config,
}

/// Reports an attempt as cancelled if it is dropped before it has ended.
struct Running<'a> {
    reporter: &'a Reporter<'a>,
    attempt: u32,
    started: Instant,
    span: Span,
    ended: bool,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if !self.ended && !std::thread::panicking() {
            self.reporter.failed(self.attempt, CANCELLED, self.started.elapsed(), &self.span);
        }
    }
}

impl<'a> Reporter<'a> {
    pub fn new(call_id: u64, request: &'a Request, redactor: &'a Redactor, config: &'a Config) -> Self {
        Reporter { call_id, request, redactor, config }
    }

    /// Runs one attempt and reports its beginning and its end.
    pub async fn attempt(
        &self,
        attempt: u32,
        running: impl Future<Output = Result<Response, Failure>>,
    ) -> Result<Response, Failure> {
        let started = Instant::now();
        let span = self.span(attempt);
        self.report(attempt, RequestPhase::Begins);
        let mut guard = Running { reporter: self, attempt, started, span: span.clone(), ended: false };
        let ended = running.instrument(span.clone()).await;
        guard.ended = true;
        let duration = started.elapsed();
        match &ended {
            Ok(response) => self.completed(attempt, response, duration, &span),
            Err(failure) => self.failed(attempt, failure.reason.label(), duration, &span),
        }
        ended
    }

    fn failed(&self, attempt: u32, problem: &'static str, duration: Duration, span: &Span) {
        let _within = span.enter();
        span.record("error.type", error_type(problem));
        let duration_ms = milliseconds(duration);
        tracing::debug!(target: "crankwheel", attempt, duration_ms, "{problem}");
        self.report(attempt, RequestPhase::Failed { problem, duration });
    }

    fn completed(&self, attempt: u32, response: &Response, duration: Duration, span: &Span) {
        let _within = span.enter();
        let status = response.status;
        let request_id = response.request_id().map(|id| self.redactor.clean(id));
        let request_id = request_id.as_deref();
        span.record("http.response.status_code", status);
        if status >= 400 {
            span.record("error.type", status);
        }
        let duration_ms = milliseconds(duration);
        tracing::debug!(target: "crankwheel", attempt, duration_ms, request_id, "response with status {status}");
        let headers = ShownHeaders { response, redactor: self.redactor };
        self.report(attempt, RequestPhase::Completed { status, request_id, headers, duration });
    }

    /// Creates the span of an attempt with OpenTelemetry's names.
    fn span(&self, attempt: u32) -> Span {
        let Request { method, template, .. } = *self.request;
        tracing::debug_span!(
            target: "crankwheel",
            "request",
            otel.name = format!("{method} {template}"),
            otel.kind = "client",
            crankwheel.call_id = self.call_id,
            http.request.method = method,
            url.template = template,
            server.address = self.config.base_url.host_str(),
            server.port = self.config.base_url.port_or_known_default(),
            http.request.resend_count = (attempt > 1).then(|| attempt - 1),
            http.response.status_code = Empty,
            error.type = Empty,
        )
    }

    fn report(&self, attempt: u32, phase: RequestPhase<'_>) {
        let Request { method, template, .. } = *self.request;
        if let Some(observer) = &self.config.observer {
            let url = &self.config.base_url;
            observer(&RequestEvent {
                phase,
                method,
                template,
                call_id: self.call_id,
                attempt,
                server_address: url.host_str().unwrap_or_default(),
                server_port: url.port_or_known_default().unwrap_or_default(),
            });
        }
        let detailed = self.config.log >= Log::Debug;
        let what = match phase {
            RequestPhase::Begins if detailed => "begins".to_owned(),
            RequestPhase::Completed { status, request_id, headers, duration }
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

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
