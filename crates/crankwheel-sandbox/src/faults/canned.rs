//! Canned responses: what a test wants the next requests to an endpoint to get instead of the real
//! response.

use std::collections::VecDeque;

use http::{HeaderName, HeaderValue, Method, StatusCode, header};

use super::pattern::{DecodedPath, RequestPattern};
use crate::error::SandboxError;
use crate::input::{invalid, quoted};
use crate::response::Response;

/// A canned response and the requests that it is for.
struct CannedResponse {
    requests: RequestPattern,
    response: Response,
    /// The number of requests that still get it; `None`: all until the sandbox is reset.
    left: Option<u32>,
}

/// The canned responses, in the order in which they were added.
#[derive(Default)]
pub(crate) struct CannedResponses {
    queue: VecDeque<CannedResponse>,
}

impl CannedResponses {
    /// Adds a response for the next `times` requests (`None`: for all until the reset).
    pub(crate) fn add(
        &mut self,
        requests: RequestPattern,
        response: Response,
        times: Option<u32>,
    ) -> Result<(), SandboxError> {
        if times == Some(0) {
            return Err(invalid("times: must be at least 1, got 0"));
        }
        self.queue.push_back(CannedResponse { requests, response, left: times });
        Ok(())
    }

    /// Returns the response for this request, if there is one, and counts it.
    pub(crate) fn take(&mut self, method: &Method, path: &str) -> Option<Response> {
        if self.queue.is_empty() {
            return None;
        }
        let path = DecodedPath::new(path);
        let index = self.queue.iter().position(|canned| canned.requests.matches(method, &path))?;
        let canned = self.queue.get_mut(index)?;
        let response = canned.response.copy();
        canned.left = canned.left.map(|left| left.saturating_sub(1));
        if canned.left == Some(0) {
            self.queue.remove(index);
        }
        Some(response)
    }
}

/// Checks the parts of a response that a test asks for.
pub(crate) fn canned_response<'a>(
    status: i64,
    headers: impl Iterator<Item = (&'a str, &'a str)>,
    body: Vec<u8>,
) -> Result<Response, SandboxError> {
    let status = u16::try_from(status)
        .ok()
        .and_then(|status| StatusCode::from_u16(status).ok())
        .filter(|status| !status.is_informational())
        .ok_or_else(|| invalid(format!("status: must be between 200 and 999, got {status}")))?;
    let mut response = Response::without_headers(status, body);
    for (name, value) in headers {
        let header_name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| invalid(format!("headers: not a valid header name, got {}", quoted(name))))?;
        if header_name == header::CONTENT_LENGTH || header_name == header::TRANSFER_ENCODING {
            return Err(invalid(format!("headers: the sandbox sets {name} itself; leave it out")));
        }
        let value = HeaderValue::from_str(value)
            .map_err(|_| invalid(format!("headers: not a valid value of {name}, got {}", quoted(value))))?;
        response = response.with_header(header_name, value);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn responses_are_returned_in_order_and_as_often_as_asked() {
        let mut canned = CannedResponses::default();
        let pattern = || RequestPattern::new("get", "/a/x@y").unwrap();
        canned.add(pattern(), Response::detail(StatusCode::BAD_GATEWAY), Some(2)).unwrap();
        canned.add(pattern(), Response::detail(StatusCode::IM_A_TEAPOT), None).unwrap();
        let never = canned.add(pattern(), Response::detail(StatusCode::OK), Some(0)).unwrap_err();
        assert_eq!(never.to_string(), "times: must be at least 1, got 0");
        assert!(canned.take(&Method::POST, "/a/x@y").is_none());
        assert!(canned.take(&Method::GET, "/never").is_none());
        let statuses: Vec<u16> =
            (0..4).map(|_| canned.take(&Method::GET, "/a/x%40y").unwrap().status.as_u16()).collect();
        assert_eq!(statuses, [502, 502, 418, 418]);
    }
}
