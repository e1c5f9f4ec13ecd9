//! The response to a raw request.

use std::fmt;

use bytes::Bytes;
use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::json::scan;
use crate::transport::Response;

/// The response to a raw request.
#[derive(Clone)]
pub struct RawBody {
    response: Response,
}

impl RawBody {
    pub(crate) fn new(response: &Response) -> Self {
        RawBody { response: response.clone() }
    }

    /// The HTTP status.
    pub fn status_code(&self) -> u16 {
        self.response.status
    }

    /// The headers, names in lower case.
    pub fn headers(&self) -> Vec<(String, String)> {
        self.response.header_list()
    }

    /// The response's `x-request-id`.
    pub fn request_id(&self) -> Option<&str> {
        self.response.request_id()
    }

    /// The body.
    pub fn body(&self) -> &Bytes {
        &self.response.body
    }

    /// The number of attempts that were sent.
    pub fn attempts(&self) -> u32 {
        self.response.attempts
    }

    /// The body as JSON; `null` if it is empty.
    ///
    /// # Errors
    /// [`Response`](ErrorKind::Response) if it is not JSON.
    pub fn json(&self) -> Result<Value, Error> {
        body_json(&self.response.body)
    }
}

/// Reads a body as JSON, an empty one as `null`.
#[doc(hidden)]
pub fn body_json(body: &Bytes) -> Result<Value, Error> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Null);
    }
    let raw = scan::whole(body)
        .map_err(|error| Error::new(ErrorKind::Response, format!("response body: {}", error.problem)))?;
    Ok(scan::value(raw.get()))
}

impl fmt::Debug for RawBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawBody({}, {} bytes)", self.response.status, self.response.body.len())
    }
}
