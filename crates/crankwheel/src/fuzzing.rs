//! Doors for the project's own fuzzer to what calls do with the bytes of an answer. No part of the public interface.

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::{HeaderMap, HeaderValue};

use crate::call::RawBody;
use crate::error::{Error, ErrorKind};
use crate::json::{DecodeError, Path};
use crate::model::LoginLink;
use crate::secret::{Redactor, Secret};
use crate::transport::{Request, Response};

/// The secrets that the answers may give away and errors may not.
pub const KEY: &str = "k3y-of-the-fuzzer";

fn response(status: u16, header: &[u8], body: &[u8]) -> Response {
    let mut headers = HeaderMap::new();
    for name in ["x-request-id", "retry-after", "date", "location", "x-other"] {
        if let Ok(value) = HeaderValue::from_bytes(header) {
            headers.insert(name, value);
        }
    }
    Response {
        status,
        headers,
        body: Bytes::copy_from_slice(body),
        attempts: 1,
        asked_at: Timestamp::UNIX_EPOCH,
    }
}

fn redactor() -> Redactor {
    Redactor::new(Some(&Secret::new(KEY)), &[])
}

/// The error of an answer with this status, this text in its headers, and this body.
pub fn status_error(status: u16, header: &[u8], body: &[u8]) -> Error {
    let request = Request::read("/ss/rsapi/clients/5".to_owned(), "/ss/rsapi/clients/{id}");
    response(status, header, body).status_error(&request).redacted(&redactor())
}

/// The error of a success that could not be read.
pub fn response_error(body: &[u8], secret: bool) -> Error {
    let mut request = Request::read("/ss/rsapi/clients/5".to_owned(), "/ss/rsapi/clients/{id}");
    request.secret_response = secret;
    let problem = DecodeError::new(&Path::Root, "not what was expected");
    response(200, b"", body).response_error(&request, &problem).redacted(&redactor())
}

/// The answer of grant token.
///
/// # Errors
/// If it is none.
pub fn login_link(body: &[u8]) -> Result<LoginLink, Error> {
    LoginLink::decode(&Bytes::copy_from_slice(body), Timestamp::UNIX_EPOCH)
        .map_err(|problem| Error::new(ErrorKind::Response, problem.to_string()))
}

/// The answer of a raw request.
pub fn raw_body(body: &[u8]) -> RawBody {
    RawBody::new(&response(200, b"", body))
}
