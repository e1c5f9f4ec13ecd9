//! The events of a request, for logs and metrics: never a body, a key, or a path with an e-mail
//! address in it.

use std::fmt;
use std::time::Duration;

use super::response::Response;
use crate::secret::Redactor;

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
    /// A response came, with whatever status.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The response's `x-request-id`.
        request_id: Option<&'a str>,
        /// Those of the response's headers that may be shown.
        headers: ShownHeaders<'a>,
        /// From the beginning of the attempt to the end of the response.
        duration: Duration,
    },
    /// No response came.
    Failed {
        /// What happened, in a word or two: `refused` (by this side, or a certificate that is not trusted), `not sent`, `lost`,
        /// `cut short`, `timed out`, `too large`.
        problem: &'static str,
        /// From the beginning of the attempt to its failure.
        duration: Duration,
    },
}

/// The headers of a response that logs may show; all others may hold what nobody should read.
#[derive(Clone, Copy)]
pub struct ShownHeaders<'a> {
    pub(super) response: &'a Response,
    pub(super) redactor: &'a Redactor,
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
        let value = |name| Some((name, self.redactor.clean(self.response.header(name)?)));
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
    /// A string.
    Text(String),
    /// A number.
    Number(i64),
    /// A list of strings, as the values of a header are.
    Texts(Vec<String>),
}

impl RequestEvent<'_> {
    /// The event under the names of OpenTelemetry's conventions for HTTP clients, to be put on a span or a metric as they are.
    ///
    /// `http.request.method`, `url.template`, `server.address`, `server.port`, `http.request.resend_count` (from the second attempt
    /// on); of a response `http.response.status_code` and `http.response.header.<name>`; `error.type` of a failure.
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

/// Returns a problem as a value of `error.type`, which has no blanks.
pub(super) fn error_type(problem: &str) -> String {
    problem.replace(' ', "_")
}
