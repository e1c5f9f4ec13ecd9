//! Errors as plain data, from which TypeScript creates the object of their class.

use crankwheel::{Error, ErrorKind, code_description};
use napi_derive::napi;

use crate::keys::FailedRequest;

/// An error of the SDK.
#[napi(object, object_from_js = false)]
pub struct ErrorData {
    /// The name of the class, by `ErrorKind::class_name`.
    pub class_name: String,
    pub message: String,
    // generated: attributes
    /// The HTTP status of the response, if one arrived.
    pub status: Option<u32>,
    /// The response's `x-request-id`. Quote it when you ask CrankWheel's support.
    pub request_id: Option<String>,
    /// The cause of a failed connection, by the name that Node and the operating system use:
    /// `ECONNREFUSED`, `ECONNRESET`, `ENOTFOUND` (unknown host), `ETIMEDOUT`, `CERT_HAS_EXPIRED`,
    /// `DEPTH_ZERO_SELF_SIGNED_CERT` and so on.
    pub code: Option<String>,
    /// The messages by field: the API's own (400, 409) or this SDK's (`InvalidRequestError`); empty
    /// otherwise.
    pub errors: Vec<FieldMessages>,
    /// The response body, if one arrived and it may be shown. A grant-token response never is.
    pub body: Option<String>,
    /// The response headers, names in lower case.
    pub headers: Vec<Header>,
    /// The HTTP method of the request, if the failure belongs to one request.
    pub method: Option<String>,
    /// The path of the request below the base URL, if the failure belongs to one request.
    pub path: Option<String>,
    /// The number of attempts; 0 if the request was never sent.
    pub attempts: u32,
    /// The time from the beginning of the call to the error, retries and waits included, in
    /// seconds. Not set if nothing was sent.
    pub elapsed_ms: Option<f64>,
    /// The reason why a failure of a kind that is retried was final: `max_retries`, `retry_budget`
    /// (too many calls of the client have failed), `timeout` (the wait would exceed it),
    /// `retry_after` (the server asked for more than 60 s) or `closed` (the client was). Not set
    /// for other failures.
    pub retry_stopped_by: Option<String>,
    /// On a 409 for a taken `sname`: the id of your client that has it.
    pub existing_id: Option<i64>,
    /// The wait that the server asked for, in seconds.
    pub retry_after: Option<f64>,
    /// For a failed write: `false` if it was certainly not applied, `true` if that is unknown. Not
    /// set for reads.
    pub maybe_applied: Option<bool>,
    // end of generated: attributes
    /// The cause in words, if a connection failed.
    pub cause: Option<String>,
    /// The number of the request for the key that failed.
    pub failed_key: Option<u32>,
}

/// The messages about one field.
#[napi(object, object_from_js = false)]
pub struct FieldMessages {
    pub field: String,
    pub messages: Vec<String>,
}

/// One header, its name in lower case.
#[napi(object, object_from_js = false)]
pub struct Header {
    pub name: String,
    pub value: String,
}

/// Converts headers.
pub fn headers(list: impl IntoIterator<Item = (String, String)>) -> Vec<Header> {
    list.into_iter().map(|(name, value)| Header { name, value }).collect()
}

impl From<Error> for ErrorData {
    fn from(error: Error) -> Self {
        // The causes in between name the parts of the HTTP client, which nobody outside of it knows.
        let deepest = deepest(std::error::Error::source(&error)).map(ToString::to_string);
        let cause = deepest.map(|deepest| match error.code().and_then(code_description) {
            Some(words) if error.kind() != ErrorKind::Timeout => format!("{words}: {deepest}"),
            _ => deepest,
        });
        let field = |(field, messages): &(String, Vec<String>)| FieldMessages {
            field: field.clone(),
            messages: messages.clone(),
        };
        ErrorData {
            class_name: error.kind().class_name().to_owned(),
            message: error.message().to_owned(),
            // generated: values
            status: error.status_code().map(u32::from),
            request_id: error.request_id().map(str::to_owned),
            code: error.code().map(str::to_owned),
            errors: error.errors().iter().map(field).collect(),
            body: error.body().map(str::to_owned),
            headers: headers(error.headers().iter().cloned()),
            method: error.method().map(str::to_owned),
            path: error.path().map(str::to_owned),
            attempts: error.attempts(),
            elapsed_ms: error.elapsed().map(|time| time.as_secs_f64() * 1000.0),
            retry_stopped_by: error.retry_stopped_by().map(str::to_owned),
            existing_id: error.existing_id(),
            retry_after: error.retry_after().map(|wait| wait.as_secs_f64()),
            maybe_applied: error.maybe_applied(),
            // end of generated: values
            cause,
            failed_key: error
                .cause_object()
                .and_then(|cause| cause.downcast_ref::<FailedRequest>())
                .map(|request| request.0),
        }
    }
}

fn deepest<'a>(
    cause: Option<&'a (dyn std::error::Error + 'static)>,
) -> Option<&'a (dyn std::error::Error + 'static)> {
    std::iter::successors(cause, |cause| cause.source()).last()
}

/// Returns the error of an argument that TypeScript refused, named as Node spells it.
#[napi]
pub fn invalid_argument(field: String, message: String) -> ErrorData {
    Error::invalid(&field, message).into()
}

/// Returns the error of an option that TypeScript refused.
#[napi]
pub fn invalid_option(message: String) -> ErrorData {
    Error::configuration(message).into()
}
