//! Entry points for the project's fuzzer, which tests how the bytes of a response are read. They
//! are not part of the public interface.

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::{HeaderMap, HeaderValue};

use crate::call::RawBody;
use crate::error::{Error, ErrorKind};
use crate::json::{DecodeError, Path};
use crate::model::LoginLink;
use crate::secret::{Redactor, Secret};
use crate::table::{HistoryReader, UsageHistory};
use crate::transport::{Request, Response};

/// The secret that responses may contain and errors may not.
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
        size: body.len() as u64,
        unreadable: None,
        attempts: 1,
        sent_at: Timestamp::UNIX_EPOCH,
    }
}

fn redactor() -> Redactor {
    Redactor::new(Some(&Secret::new(KEY)), &[])
}

/// Returns the error for a response with this status, this value of its headers, and this body.
pub fn status_error(status: u16, header: &[u8], body: &[u8]) -> Error {
    let request = Request::read("/ss/rsapi/clients/5".to_owned(), "/ss/rsapi/clients/{id}");
    response(status, header, body).status_error(&request).redacted(&redactor())
}

/// Returns the error for a success whose body cannot be read.
pub fn response_error(body: &[u8], secret: bool) -> Error {
    let mut request = Request::read("/ss/rsapi/clients/5".to_owned(), "/ss/rsapi/clients/{id}");
    request.secret_response = secret;
    let problem = DecodeError::new(&Path::Root, "not what was expected");
    response(200, b"", body).response_error(&request, &problem).redacted(&redactor())
}

/// Reads the response of grant token.
///
/// # Errors
/// [`Response`](ErrorKind::Response) if the body has no login URL.
pub fn login_link(body: &[u8]) -> Result<LoginLink, Error> {
    LoginLink::decode(&Bytes::copy_from_slice(body), Timestamp::UNIX_EPOCH)
        .map_err(|problem| Error::new(ErrorKind::Response, problem.to_string()))
}

/// Reads a usage history without the short cut for sessions in the same form.
///
/// # Errors
/// [`Response`](ErrorKind::Response) if it is not the JSON of a usage history.
pub fn general_history(body: &[u8]) -> Result<UsageHistory, Error> {
    HistoryReader::general().read([body])
}

/// Returns the response of a raw request.
pub fn raw_body(body: &[u8]) -> RawBody {
    RawBody::new(&response(200, b"", body))
}
