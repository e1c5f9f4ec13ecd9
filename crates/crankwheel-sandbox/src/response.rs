//! The response to one request, before it is written to the connection.

use std::fmt;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

/// The pieces of a body that is created while it is sent.
pub(crate) type Pieces = Box<dyn Iterator<Item = Bytes> + Send>;

/// Status, headers and body of one response. The server adds the headers that every response has.
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
    /// The rest of a body that is too long to be created at once.
    pub(crate) pieces: Option<Pieces>,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response").field("status", &self.status).finish_non_exhaustive()
    }
}

impl Response {
    pub(crate) fn new(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self::without_headers(status, body)
            .with_header(header::CONTENT_TYPE, HeaderValue::from_static(content_type))
    }

    pub(crate) fn without_headers(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), pieces: None }
    }

    /// Copies a response whose body is in one piece.
    pub(crate) fn copy(&self) -> Self {
        Self { status: self.status, headers: self.headers.clone(), body: self.body.clone(), pieces: None }
    }

    /// Takes the body and joins its pieces.
    pub(crate) fn whole_body(&mut self) -> Bytes {
        let body = std::mem::take(&mut self.body);
        match self.pieces.take() {
            None => body,
            Some(pieces) => std::iter::once(body).chain(pieces).flatten().collect(),
        }
    }

    /// Serializes a value as JSON.
    pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => Self::json_bytes(status, body),
            // Cannot happen with the maps, lists and strings that the endpoints return.
            Err(_) => Self::detail(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    /// A body that is JSON already.
    pub(crate) fn json_bytes(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self::new(status, "application/json; charset=utf-8", body)
    }

    /// `{"errors": {"detail": "Not Found"}}`: the error body of a status that needs no explanation.
    pub(crate) fn detail(status: StatusCode) -> Self {
        Self::detail_message(status, status.canonical_reason().unwrap_or("Error"))
    }

    /// The same form with its own message.
    pub(crate) fn detail_message(status: StatusCode, message: &str) -> Self {
        Self::json(status, &serde_json::json!({ "errors": { "detail": message } }))
    }

    /// `{"errors": {"<field>": ["<message>"]}}`: the documented form for refused fields.
    pub(crate) fn field_error(status: StatusCode, field: &str, message: &str) -> Self {
        Self::json(status, &serde_json::json!({ "errors": { field: [message] } }))
    }

    /// A 400 about one parameter.
    pub(crate) fn bad_request(field: &str, message: &str) -> Self {
        Self::field_error(StatusCode::BAD_REQUEST, field, message)
    }

    /// The error page of the proxy in front of the API.
    pub(crate) fn proxy_page(status: StatusCode) -> Self {
        let reason = status.canonical_reason().unwrap_or("Error");
        let title = format!("{} {reason}", status.as_u16());
        let page = format!(
            "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
             <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
        );
        Self::new(status, "text/html", page)
    }

    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}
