//! The errors of the SDK. All languages have the same kinds of errors under the same names.

mod kind;

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::json::counted;
use crate::secret::Redactor;
use crate::spelling::brief;

pub use kind::ErrorKind;

/// Messages by field, in their order in the API's `errors` object.
///
/// ```
/// let error = crankwheel::Error::invalid_fields(vec![("sname".to_owned(), vec!["is too short".to_owned()])]);
/// assert_eq!(error.errors()[0].0, "sname");
/// ```
pub type FieldErrors = Vec<(String, Vec<String>)>;

/// The error of every operation of the SDK.
///
/// The message is complete; the other methods return its parts for programs. No message, field or
/// source contains an API key, an impersonation key or a login token.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
/// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
/// # let (cw, _sandbox) = sandbox();
/// use crankwheel::{ClientFields, ErrorKind};
///
/// # cw.clients().create(ClientFields::new().sname("acmecorp")).await?;
/// let error = cw.clients().create(ClientFields::new().sname("acmecorp")).await.unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Conflict);
/// println!("{error}");
/// println!("{:?} {:?} {:?}", error.status_code(), error.request_id(), error.headers());
/// println!("{:?} {:?}, {} attempts", error.method(), error.path(), error.attempts());
/// println!("{:?} {:?} {:?}", error.errors(), error.body(), error.retry_after());
/// assert_eq!(error.maybe_applied(), Some(false));
/// if let Some(id) = error.existing_id() {
///     println!("client {id} has this name");
/// }
/// # Ok(()) }
/// ```
pub struct Error {
    // Boxed, so that the result of a successful call stays small.
    pub(crate) inner: Box<Inner>,
}

pub(crate) struct Inner {
    pub kind: ErrorKind,
    pub message: String,
    pub status_code: Option<u16>,
    pub request_id: Option<String>,
    pub code: Option<String>,
    pub errors: FieldErrors,
    pub body: Option<String>,
    pub headers: Vec<(String, String)>,
    pub method: Option<String>,
    pub path: Option<String>,
    pub attempts: u32,
    pub elapsed: Option<Duration>,
    pub retry_stopped_by: Option<String>,
    pub existing_id: Option<i64>,
    pub retry_after: Option<Duration>,
    pub maybe_applied: Option<bool>,
    pub source: Option<Box<Cause>>,
    /// The cause as an object of the caller's language.
    pub cause: Option<Arc<dyn Any + Send + Sync>>,
}

/// The cause of a failed connection as a message. Its source is the next cause.
#[derive(Debug)]
pub(crate) struct Cause {
    text: String,
    source: Option<Box<Cause>>,
}

impl Cause {
    fn of(error: Option<&(dyn std::error::Error + 'static)>) -> Option<Box<Self>> {
        let error = error?;
        let cause = Cause { text: error.to_string(), source: Self::of(error.source()) };
        match cause.source {
            // A wrapper with the same message as its cause is skipped.
            Some(same) if same.text == cause.text => Some(same),
            source => Some(Box::new(Cause { source, ..cause })),
        }
    }

    fn redact(&mut self, redactor: &Redactor) {
        redactor.clean_in_place(&mut self.text);
        if let Some(source) = &mut self.source {
            source.redact(redactor);
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Cause {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error {
            inner: Box::new(Inner {
                kind,
                message: message.into(),
                status_code: None,
                request_id: None,
                code: (kind == ErrorKind::Timeout).then(|| "ETIMEDOUT".to_owned()),
                errors: Vec::new(),
                body: None,
                headers: Vec::new(),
                method: None,
                path: None,
                attempts: 0,
                elapsed: None,
                retry_stopped_by: None,
                existing_id: None,
                retry_after: None,
                maybe_applied: None,
                source: None,
                cause: None,
            }),
        }
    }

    /// Creates an error of [`ErrorKind::Configuration`]: a key, URL or option is not valid.
    ///
    /// ```
    /// use crankwheel::{Error, ErrorKind};
    ///
    /// assert_eq!(Error::configuration("no API key").kind(), ErrorKind::Configuration);
    /// ```
    pub fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration, counted(&message.into(), MAX_MESSAGE))
    }

    /// Creates an error of [`ErrorKind::InvalidRequest`]: one field or argument is not valid.
    ///
    /// ```
    /// use crankwheel::{Error, ErrorKind};
    ///
    /// let error = Error::invalid("sname", "must not be empty");
    /// assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    /// ```
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::invalid_fields(vec![(field.to_owned(), vec![message.into()])])
    }

    /// Creates an error of [`ErrorKind::InvalidRequest`] with messages by field.
    ///
    /// ```
    /// use crankwheel::Error;
    ///
    /// let error = Error::invalid_fields(vec![("sname".to_owned(), vec!["must not be empty".to_owned()])]);
    /// assert_eq!(error.errors().len(), 1);
    /// ```
    pub fn invalid_fields(errors: FieldErrors) -> Self {
        let short = |message: &String| counted(message, MAX_MESSAGE);
        let errors: FieldErrors = errors
            .iter()
            .map(|(field, messages)| (brief(field), messages.iter().map(short).collect()))
            .collect();
        let mut error = Self::new(ErrorKind::InvalidRequest, join(&errors, ": "));
        error.inner.errors = errors;
        error
    }

    /// Returns the kind of the error, to match on.
    ///
    /// ```
    /// use crankwheel::{CrankWheel, ErrorKind};
    ///
    /// let error = CrankWheel::new("not a key").unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Configuration);
    /// ```
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// Returns the message, without the name of the kind.
    ///
    /// ```
    /// let error = crankwheel::CrankWheel::new("not a key").unwrap_err();
    /// assert_eq!(error.message(), error.to_string());
    /// ```
    pub fn message(&self) -> &str {
        &self.inner.message
    }

    // generated: attributes
    /// The HTTP status of the response, if one arrived.
    ///
    /// ```
    /// # let error = crankwheel::CrankWheel::new("").unwrap_err();
    /// println!("{error}: {:?}", error.status_code());
    /// ```
    pub fn status_code(&self) -> Option<u16> {
        self.inner.status_code
    }

    /// The response's `x-request-id`. Quote it when you ask CrankWheel's support.
    ///
    /// ```
    /// # let error = crankwheel::CrankWheel::new("").unwrap_err();
    /// println!("{error}: {:?}", error.request_id());
    /// ```
    pub fn request_id(&self) -> Option<&str> {
        self.inner.request_id.as_deref()
    }

    /// The cause of a failed connection, by the name that Node and the operating system use:
    /// `ECONNREFUSED`, `ECONNRESET`, `ENOTFOUND` (unknown host), `ETIMEDOUT`, `CERT_HAS_EXPIRED`,
    /// `DEPTH_ZERO_SELF_SIGNED_CERT` and so on.
    ///
    /// ```
    /// # let error = crankwheel::CrankWheel::new("").unwrap_err();
    /// println!("{error}: {:?}", error.code());
    /// ```
    pub fn code(&self) -> Option<&str> {
        self.inner.code.as_deref()
    }

    /// The messages by field: the API's own (400, 409) or this SDK's
    /// ([`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest)); empty otherwise.
    ///
    /// ```
    /// # let error = crankwheel::CrankWheel::new("").unwrap_err();
    /// println!("{error}: {:?}", error.errors());
    /// ```
    pub fn errors(&self) -> &[(String, Vec<String>)] {
        &self.inner.errors
    }

    /// The response body, if one arrived and it may be shown. A grant-token response never is.
    ///
    /// ```
    /// # let error = crankwheel::CrankWheel::new("").unwrap_err();
    /// println!("{error}: {:?}", error.body());
    /// ```
    pub fn body(&self) -> Option<&str> {
        self.inner.body.as_deref()
    }

    /// The response headers, names in lower case.
    ///
    /// ```
    /// # let error = crankwheel::CrankWheel::new("").unwrap_err();
    /// println!("{error}: {:?}", error.headers());
    /// ```
    pub fn headers(&self) -> &[(String, String)] {
        &self.inner.headers
    }

    /// The HTTP method of the request, if the failure belongs to one request.
    ///
    /// ```
    /// # let error = crankwheel::CrankWheel::new("").unwrap_err();
    /// println!("{error}: {:?}", error.method());
    /// ```
    pub fn method(&self) -> Option<&str> {
        self.inner.method.as_deref()
    }

    /// The path of the request below the base URL, if the failure belongs to one request.
    ///
    /// ```
    /// # let error = crankwheel::CrankWheel::new("").unwrap_err();
    /// println!("{error}: {:?}", error.path());
    /// ```
    pub fn path(&self) -> Option<&str> {
        self.inner.path.as_deref()
    }

    /// The number of attempts; 0 if the request was never sent.
    ///
    /// ```
    /// # let error = crankwheel::CrankWheel::new("").unwrap_err();
    /// println!("{error}: {:?}", error.attempts());
    /// ```
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    /// The time from the beginning of the call to the error, retries and waits included. Not set if
    /// nothing was sent.
    ///
    /// ```
    /// # let error = crankwheel::CrankWheel::new("").unwrap_err();
    /// println!("{error}: {:?}", error.elapsed());
    /// ```
    pub fn elapsed(&self) -> Option<Duration> {
        self.inner.elapsed
    }

    /// The reason why a failure of a kind that is retried was final: `max_retries`, `retry_budget`
    /// (too many calls of the client have failed), `timeout` (the wait would exceed it),
    /// [`retry_after`](crate::Error::retry_after) (the server asked for more than 60 s) or `closed`
    /// (the client was). Not set for other failures.
    ///
    /// ```
    /// # let error = crankwheel::CrankWheel::new("").unwrap_err();
    /// println!("{error}: {:?}", error.retry_stopped_by());
    /// ```
    pub fn retry_stopped_by(&self) -> Option<&str> {
        self.inner.retry_stopped_by.as_deref()
    }

    /// On a 409 for a taken `sname`: the id of your client that has it.
    ///
    /// ```
    /// # let error = crankwheel::CrankWheel::new("").unwrap_err();
    /// println!("{error}: {:?}", error.existing_id());
    /// ```
    pub fn existing_id(&self) -> Option<i64> {
        self.inner.existing_id
    }

    /// The wait that the server asked for (`Retry-After`).
    ///
    /// ```
    /// # let error = crankwheel::CrankWheel::new("").unwrap_err();
    /// println!("{error}: {:?}", error.retry_after());
    /// ```
    pub fn retry_after(&self) -> Option<Duration> {
        self.inner.retry_after
    }

    /// For a failed write: `false` if it was certainly not applied, `true` if that is unknown. Not
    /// set for reads.
    ///
    /// ```
    /// # let error = crankwheel::CrankWheel::new("").unwrap_err();
    /// println!("{error}: {:?}", error.maybe_applied());
    /// ```
    pub fn maybe_applied(&self) -> Option<bool> {
        self.inner.maybe_applied
    }
    // end of generated: attributes

    /// Returns the cause as an object of the caller's language.
    #[doc(hidden)]
    pub fn cause_object(&self) -> Option<&(dyn Any + Send + Sync)> {
        self.inner.cause.as_deref()
    }

    pub(crate) fn with_request(mut self, method: &str, path: &str) -> Self {
        self.inner.method = Some(method.to_owned());
        self.inner.path = Some(path.to_owned());
        self
    }

    pub(crate) fn with_maybe_applied(mut self, maybe_applied: Option<bool>) -> Self {
        self.inner.maybe_applied = maybe_applied;
        self
    }

    /// Records the causes of an error of the HTTP client. The error's own message can quote the URL
    /// and is left out.
    pub(crate) fn caused_by(mut self, error: &(dyn std::error::Error + 'static)) -> Self {
        self.inner.source = Cause::of(error.source());
        self
    }

    /// Sets the code of a failed connection. A deadline that passed keeps its own.
    pub(crate) fn with_code(mut self, code: Option<&str>) -> Self {
        self.inner.code = self.inner.code.or_else(|| code.map(str::to_owned));
        self
    }

    /// Adds advice to the message.
    pub(crate) fn hint(mut self, hint: &str) -> Self {
        self.inner.message.push_str("; ");
        self.inner.message.push_str(hint);
        self
    }

    /// Masks secrets in every string of the error.
    pub(crate) fn redacted(mut self, redactor: &Redactor) -> Self {
        let inner = &mut *self.inner;
        redactor.clean_in_place(&mut inner.message);
        if let Some(source) = &mut inner.source {
            source.redact(redactor);
        }
        if let Some(body) = &mut inner.body {
            redactor.clean_in_place(body);
        }
        if let Some(path) = &mut inner.path {
            redactor.clean_in_place(path);
        }
        if let Some(id) = &mut inner.request_id {
            redactor.clean_in_place(id);
        }
        for (name, value) in &mut inner.headers {
            redactor.clean_in_place(name);
            redactor.clean_in_place(value);
        }
        for (field, messages) in &mut inner.errors {
            redactor.clean_in_place(field);
            messages.iter_mut().for_each(|message| redactor.clean_in_place(message));
        }
        self
    }
}

/// The number of characters of one problem that a message shows.
const MAX_MESSAGE: usize = 1000;

/// The number of problems that a message lists; [`Error::errors`] has all of them.
const MAX_PROBLEMS: usize = 25;

/// Joins messages by field: `sname: must not be null; lname: must be a string`. The API's own
/// messages are sentences with the field in front: `sname has already been taken`.
pub(crate) fn join(errors: &FieldErrors, separator: &str) -> String {
    let all = || errors.iter().flat_map(|(field, messages)| messages.iter().map(move |it| (field, it)));
    let mut out = String::new();
    for (field, message) in all().take(MAX_PROBLEMS) {
        if !out.is_empty() {
            out.push_str("; ");
        }
        out.push_str(field);
        out.push_str(if field.is_empty() { "" } else { separator });
        out.push_str(message);
    }
    match all().skip(MAX_PROBLEMS).count() {
        0 => {}
        more => out.push_str(&format!("; and {more} more")),
    }
    out
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.inner.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(self.inner.kind.class_name())
            .field("message", &self.inner.message)
            .field("status_code", &self.inner.status_code)
            .field("request_id", &self.inner.request_id)
            .field("attempts", &self.inner.attempts)
            .field("maybe_applied", &self.inner.maybe_applied)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.inner.source.as_deref().map(|source| source as _)
    }
}
