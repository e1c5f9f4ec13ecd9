//! The events of a request, for logs and metrics. They contain no body, no key and no path with an
//! e-mail address.

use std::fmt;
use std::time::Duration;

use super::response::Response;
use crate::secret::Redactor;

/// Receives events; see [`Options::observer`](crate::Options::observer).
pub(crate) type Observer = dyn Fn(&RequestEvent<'_>) + Send + Sync;

/// An event of one attempt: it begins, it has completed, or it has failed. An
/// [`observer`](crate::Options::observer) receives it.
///
/// ```
/// use crankwheel::{CrankWheel, Options, RequestPhase};
///
/// let options = Options::new().observer(|event| {
///     if let RequestPhase::Failed { problem, duration } = event.phase {
///         eprintln!("{} {}: {problem} after {duration:?}", event.method, event.template);
///     }
/// });
/// let cw = CrankWheel::with("my-key", options)?;
/// # Ok::<(), crankwheel::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RequestEvent<'a> {
    /// The phase of the attempt.
    pub phase: RequestPhase<'a>,
    /// The HTTP method.
    pub method: &'static str,
    /// The path with names for its variable parts, such as `/ss/rsapi/clients/{id}`.
    pub template: &'static str,
    /// The id of the call, which no other call of this process has. All attempts of a call have the
    /// same id, also those of an additional request.
    pub call_id: u64,
    /// The number of the attempt, counted from 1.
    pub attempt: u32,
    /// The host of the base URL.
    pub server_address: &'a str,
    /// The port of the base URL.
    pub server_port: u16,
}

/// The phase of an attempt.
///
/// ```
/// use crankwheel::{CrankWheel, Options, RequestPhase};
///
/// let options = Options::new().observer(|event| match event.phase {
///     RequestPhase::Completed { status, duration, .. } => println!("{status} in {duration:?}"),
///     RequestPhase::Failed { problem, .. } => println!("{problem}"),
///     RequestPhase::Begins => {}
/// });
/// let cw = CrankWheel::with("my-key", options)?;
/// # Ok::<(), crankwheel::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub enum RequestPhase<'a> {
    /// The request is about to be sent.
    Begins,
    /// A complete response was received, whatever its status.
    Completed {
        /// The HTTP status.
        status: u16,
        /// The response's `x-request-id`.
        request_id: Option<&'a str>,
        /// The headers of the response that contain no secrets.
        headers: ShownHeaders<'a>,
        /// The time from the beginning of the attempt to the end of the response.
        duration: Duration,
    },
    /// No complete response was received.
    Failed {
        /// The problem in a word or two: `refused` (by this side, or a certificate that is not
        /// trusted), `not sent`, `lost`, `cut short`, `timed out`, `too large`,
        /// `unreadable`, or `cancelled` if the future of the call was dropped.
        problem: &'static str,
        /// The time from the beginning of the attempt to its failure.
        duration: Duration,
    },
}

/// The headers of a response that contain no secrets, for logs: content encoding, content length,
/// content type, date, retry-after, server, via and x-request-id.
///
/// ```
/// use crankwheel::{CrankWheel, Options, RequestPhase};
///
/// let options = Options::new().observer(|event| {
///     if let RequestPhase::Completed { headers, .. } = event.phase {
///         println!("{headers:?}");
///     }
/// });
/// let cw = CrankWheel::with("my-key", options)?;
/// # Ok::<(), crankwheel::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct ShownHeaders<'a> {
    pub(super) response: &'a Response,
    pub(super) redactor: &'a Redactor,
}

/// The names of these headers, in lower case.
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
    /// Returns an iterator over these headers, with their names in lower case.
    ///
    /// ```
    /// use crankwheel::{CrankWheel, Options, RequestPhase};
    ///
    /// let options = Options::new().observer(|event| {
    ///     if let RequestPhase::Completed { headers, .. } = event.phase {
    ///         for (name, value) in headers.iter() {
    ///             println!("{name}: {value}");
    ///         }
    ///     }
    /// });
    /// let cw = CrankWheel::with("my-key", options)?;
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
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

/// The value of an attribute. [`RequestEvent::attributes`] returns it.
///
/// ```
/// use crankwheel::Attribute;
///
/// assert_ne!(Attribute::String("5".to_owned()), Attribute::Number(5));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// A string.
    String(String),
    /// A number.
    Number(i64),
    /// A list of strings, such as the values of a header.
    Strings(Vec<String>),
}

impl RequestEvent<'_> {
    /// Returns the event as the attributes of a span or metric, with the names of OpenTelemetry's
    /// conventions for HTTP clients.
    ///
    /// They are `http.request.method`, `url.template`, `server.address`, `server.port` and, from
    /// the second attempt on, `http.request.resend_count`. A response adds
    /// `http.response.status_code` and `http.response.header.<name>`; a failure or a status of 400
    /// or more adds `error.type`.
    ///
    /// ```
    /// use crankwheel::{CrankWheel, Options};
    ///
    /// let options = Options::new().observer(|event| {
    ///     for (name, value) in event.attributes() {
    ///         println!("{name} = {value:?}");
    ///     }
    /// });
    /// let cw = CrankWheel::with("my-key", options)?;
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn attributes(&self) -> Vec<(String, Attribute)> {
        let text = |text: &str| Attribute::String(text.to_owned());
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
            RequestPhase::Completed { status, headers, .. } => {
                attributes.push(("http.response.status_code".to_owned(), Attribute::Number(status.into())));
                if status >= 400 {
                    attributes.push(("error.type".to_owned(), Attribute::String(status.to_string())));
                }
                let header = |(name, value): (&str, String)| {
                    (format!("http.response.header.{name}"), Attribute::Strings(vec![value]))
                };
                attributes.extend(headers.iter().map(header));
            }
            RequestPhase::Failed { problem, .. } => {
                attributes.push(("error.type".to_owned(), Attribute::String(error_type(problem))));
            }
        }
        attributes
    }
}

/// Converts a problem to a value of `error.type`, which contains no blanks.
pub(super) fn error_type(problem: &str) -> String {
    problem.replace(' ', "_")
}
