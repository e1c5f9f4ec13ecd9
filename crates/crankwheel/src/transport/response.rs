//! A raw response, and its error if it is not a success.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::request::Request;
use super::retry;
use crate::error::{Error, ErrorKind, FieldErrors, join};
use crate::json::{DecodeError, counted, excerpt, scan, shortened};
use crate::spelling::name;

/// A complete response.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub status: u16,
    pub headers: HeaderMap,
    /// The whole body, or its beginning if a reader has read it.
    pub body: Bytes,
    /// The size of the whole body.
    pub size: u64,
    /// The reason why the body cannot be read. The body is then empty.
    pub unreadable: Option<String>,
    pub attempts: u32,
    /// The time at which the request was sent, by the local clock.
    pub sent_at: Timestamp,
}

/// The maximum of a body that an error keeps.
pub(crate) const MAX_BODY_IN_ERROR: usize = 64 * 1024;

/// The number of characters of a path that a message shows.
const MAX_PATH: usize = 200;

impl Response {
    /// Returns a header, if it is ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Returns the header `x-request-id`.
    pub fn request_id(&self) -> Option<&str> {
        self.header("x-request-id")
    }

    /// Returns the headers, with their names in lower case. Cookies are left out: they can be
    /// credentials, and the SDK does not use them.
    pub fn header_list(&self) -> Vec<(String, String)> {
        let text =
            |value: &reqwest::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = self.headers.iter().filter(|(name, _)| *name != reqwest::header::SET_COOKIE);
        headers.map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
    }

    /// Returns the time of the response, by the server's clock if it has a `date` header. The local
    /// clock can be wrong.
    fn time(&self) -> SystemTime {
        let date = self.header("date").and_then(|date| httpdate::parse_http_date(date).ok());
        date.unwrap_or_else(|| {
            let since = u64::try_from(self.sent_at.as_millisecond()).unwrap_or_default();
            SystemTime::UNIX_EPOCH + Duration::from_millis(since)
        })
    }

    /// Returns the error for a status that is not a success. Secrets are not yet masked in it.
    pub fn status_error(&self, request: &Request) -> Error {
        let kind = ErrorKind::of_status(self.status);
        let json: Option<Value> = scan::parse(&self.body).ok().map(|raw| scan::value(raw.get()));
        let errors = json.as_ref().map(field_errors).unwrap_or_default();
        let existing_id = match (kind, &json) {
            (ErrorKind::Conflict, Some(json)) => json.get("id").and_then(as_id),
            _ => None,
        };

        let reason =
            http::StatusCode::from_u16(self.status).ok().and_then(|status| status.canonical_reason());
        let path = counted(&request.path, MAX_PATH);
        let mut message = format!("{} {}on {} {path}", self.status, spaced(reason), request.method);
        let detail = self.detail(&errors, json.as_ref());
        if !detail.is_empty() {
            message.push_str(": ");
            message.push_str(&detail);
        }
        if let Some(id) = existing_id {
            message.push_str(&format!(" (client {id})"));
        }
        if let Some(id) = self.request_id() {
            message.push_str(&format!(" [request {id}]"));
        }
        message.push_str(&self.advice(request));

        let mut error = self.error(kind, message, request);
        error.inner.errors = errors;
        error.inner.existing_id = existing_id;
        error.inner.retry_after =
            self.header("retry-after").and_then(|text| retry::retry_after(text, self.time()));
        error
    }

    /// Returns the error for a success whose body does not have the documented form. Secrets are
    /// not yet masked in it.
    pub fn response_error(&self, request: &Request, problem: &DecodeError) -> Error {
        let mut message = format!(
            "{} on {} {}: not the response that the API documents, {problem}",
            self.status,
            request.method,
            counted(&request.path, MAX_PATH)
        );
        let body = String::from_utf8_lossy(&self.body);
        if !request.secret_response && !body.trim().is_empty() {
            message.push_str(&format!("; the body begins with {}", excerpt(body.trim())));
        }
        if let Some(id) = self.request_id() {
            message.push_str(&format!(" [request {id}]"));
        }
        self.error(ErrorKind::Response, message, request)
    }

    /// Returns the error for a success whose body cannot be read. Secrets are not yet masked in it.
    pub fn unreadable_error(&self, request: &Request) -> Error {
        let why = self.unreadable.as_deref().unwrap_or_default();
        let (status, method, path) = (self.status, request.method, &request.path);
        let mut message = format!("{status} on {method} {path}: the response body cannot be read: {why}");
        if let Some(id) = self.request_id() {
            message.push_str(&format!(" [request {id}]"));
        }
        self.error(ErrorKind::Response, message, request)
    }

    fn error(&self, kind: ErrorKind, message: String, request: &Request) -> Error {
        let mut error = Error::new(kind, message).with_request(request.method, &request.path);
        error.inner.status_code = Some(self.status);
        error.inner.request_id = self.request_id().map(str::to_owned);
        error.inner.attempts = self.attempts;
        error.inner.headers = self.header_list();
        // Any success of such a request can be a credential.
        if !(request.secret_response && self.status < 400) {
            let shown = self.body.get(..MAX_BODY_IN_ERROR).unwrap_or(&self.body);
            error.inner.body = Some(String::from_utf8_lossy(shown).into_owned());
        }
        error
    }

    /// Returns what the caller can do about the status.
    fn advice(&self, request: &Request) -> Cow<'static, str> {
        let advice = match self.status {
            401 => "; check the API key, and that it belongs to this base URL",
            403 => "; a read-only key cannot write, and an impersonation key cannot use the reseller API",
            404 if !request.not_found.is_empty() => return format!("; {}", request.not_found).into(),
            404 => "; check the id or e-mail address: only your own clients and their users are found",
            429 => "; wait before you send the next request",
            _ => "",
        };
        advice.into()
    }

    /// Returns the reason for the failure, as the response states it.
    fn detail(&self, errors: &FieldErrors, json: Option<&Value>) -> String {
        if !errors.is_empty() {
            // `Error::errors` has all of them.
            return shortened(&join(errors, " "), 1000);
        }
        if (300..400).contains(&self.status) {
            let (target, base_url) = (self.header("location").unwrap_or("nowhere"), name("base_url"));
            return format!(
                "a redirect to {target}; redirects are not followed, because they would send the API key to \
                 another address; set `{base_url}` to the URL of the API"
            );
        }
        if let Some(why) = &self.unreadable {
            return format!("the body cannot be read: {why}");
        }
        let text = String::from_utf8_lossy(&self.body);
        let text = text.trim();
        match json {
            Some(Value::String(text)) => excerpt(text),
            Some(json) => ["message", "error", "detail"]
                .iter()
                .find_map(|name| json.get(name)?.as_str())
                .map_or_else(|| excerpt(text), excerpt),
            None if text.is_empty() => "the body is empty".to_owned(),
            None if text.starts_with('<') => match title(text) {
                Some(title) => format!("an HTML page titled “{}”", excerpt(title)),
                None => "an HTML page".to_owned(),
            },
            None => excerpt(text.lines().next().unwrap_or_default()),
        }
    }
}

fn spaced(reason: Option<&str>) -> String {
    reason.map(|reason| format!("{reason} ")).unwrap_or_default()
}

/// Reads `{"errors": {"sname": ["has already been taken"]}}`. A string instead of a list is one
/// message.
fn field_errors(json: &Value) -> FieldErrors {
    let messages = |value: &Value| match value {
        Value::Array(items) => items.iter().map(message_text).collect(),
        other => vec![message_text(other)],
    };
    match json.get("errors") {
        Some(Value::Object(fields)) => {
            fields.iter().map(|(field, value)| (field.clone(), messages(value))).collect()
        }
        _ => FieldErrors::new(),
    }
}

fn message_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn as_id(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

fn title(html: &str) -> Option<&str> {
    let (_, rest) = html.split_once("<title>")?;
    let (title, _) = rest.split_once("</title>")?;
    Some(title.trim()).filter(|title| !title.is_empty())
}
