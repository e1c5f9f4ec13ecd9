//! The raw response of a call.

use std::fmt;

use bytes::Bytes;

use crate::error::Error;
use crate::transport::Response;

/// A response as it came, next to the value that it means.
pub struct RawResponse<T> {
    pub(crate) response: Response,
    pub(crate) value: Result<T, Error>,
}

impl<T> RawResponse<T> {
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

    /// The body. That of a grant-token response is a credential.
    pub fn body(&self) -> &Bytes {
        &self.response.body
    }

    /// The number of attempts.
    pub fn attempts(&self) -> u32 {
        self.response.attempts
    }

    /// Returns the value that the response means, as the call without `with_raw_response` does.
    ///
    /// # Errors
    /// [`Response`](crate::ErrorKind::Response) if the response is not what the API documents.
    pub fn parse(self) -> Result<T, Error> {
        self.value
    }
}

impl<T> fmt::Debug for RawResponse<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Nothing that the server wrote: it can be a credential.
        write!(f, "RawResponse({}, {} bytes)", self.response.status, self.response.body.len())
    }
}
