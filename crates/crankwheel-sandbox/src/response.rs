//! An answer before it is put on the wire.

use std::fmt;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

/// Pieces of a body, created one by one.
pub(crate) type Pieces = Box<dyn Iterator<Item = Bytes> + Send>;

/// Status, headers and body of one answer. The headers that every answer carries are added by the server.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
    /// The rest of a body too long to be made at once.
    pub(crate) pieces: Option<Pieces>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}

impl Answer {
    pub(crate) fn new(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self::bare(status, body).with(header::CONTENT_TYPE, HeaderValue::from_static(content_type))
    }

    /// Without any header of its own.
    pub(crate) fn bare(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), pieces: None }
    }

    /// The same once more, for an answer that is whole.
    pub(crate) fn copy(&self) -> Self {
        Self { status: self.status, headers: self.headers.clone(), body: self.body.clone(), pieces: None }
    }

    /// All of the body in one piece.
    pub(crate) fn whole_body(&mut self) -> Bytes {
        let body = std::mem::take(&mut self.body);
        match self.pieces.take() {
            None => body,
            Some(pieces) => std::iter::once(body).chain(pieces).flatten().collect(),
        }
    }

    /// Any value as JSON.
    pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => Self::json_bytes(status, body),
            // Cannot happen with the maps, lists and texts that are written here.
            Err(_) => Self::detail(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    /// JSON that is written already.
    pub(crate) fn json_bytes(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self::new(status, "application/json; charset=utf-8", body)
    }

    /// `{"errors": {"detail": "Not Found"}}`: the form for a status without more to say.
    pub(crate) fn detail(status: StatusCode) -> Self {
        Self::detail_text(status, status.canonical_reason().unwrap_or("Error"))
    }

    /// The same with a text of its own.
    pub(crate) fn detail_text(status: StatusCode, text: &str) -> Self {
        Self::json(status, &serde_json::json!({ "errors": { "detail": text } }))
    }

    /// `{"errors": {"<field>": ["<message>"]}}`: the documented form for refused fields.
    pub(crate) fn refused(status: StatusCode, field: &str, message: &str) -> Self {
        Self::json(status, &serde_json::json!({ "errors": { field: [message] } }))
    }

    /// A 400 about one parameter.
    pub(crate) fn bad_request(field: &str, message: &str) -> Self {
        Self::refused(StatusCode::BAD_REQUEST, field, message)
    }

    /// The page that the proxy in front of the API shows.
    pub(crate) fn proxy_page(status: StatusCode) -> Self {
        let reason = status.canonical_reason().unwrap_or("Error");
        let title = format!("{} {reason}", status.as_u16());
        let page = format!(
            "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
             <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
        );
        Self::new(status, "text/html", page)
    }

    /// Adds a header.
    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}
