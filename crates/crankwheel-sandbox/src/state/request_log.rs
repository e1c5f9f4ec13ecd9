//! The log of the requests that the sandbox received, for tests to assert on. It has no keys and no
//! login tokens.

use std::collections::VecDeque;

use http::{HeaderMap, header};
use serde::Serialize;

use crate::faults::Fault;

/// Older requests are removed, so that a long run does not fill the memory.
const MAX_REQUESTS: usize = 10_000;

/// One request that the sandbox received.
///
/// ```
/// use crankwheel_sandbox::{Sandbox, SandboxOptions};
///
/// let sandbox = Sandbox::start(SandboxOptions::default())?;
/// for request in sandbox.requests() {
///     println!("{} {} {}", request.method, request.path, request.status);
/// }
/// # Ok::<(), crankwheel_sandbox::SandboxError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The method, such as `GET`.
    pub method: String,
    /// The path as it was sent, still percent-encoded. The token of a login link is replaced by
    /// `***`.
    pub path: String,
    /// The decoded query parameters, in order.
    pub query: Vec<(String, String)>,
    /// The status of the response; 0 if a fault reset the connection instead.
    pub status: u16,
    /// The body, in which bytes that are not UTF-8 are replaced.
    pub body: String,
    /// The headers in order, with names in lower case, without `authorization`,
    /// `proxy-authorization` and `cookie`.
    pub headers: Vec<(String, String)>,
    /// The fault that was injected, if there was one; a latency is not recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
}

/// The newest requests, oldest first.
#[derive(Default)]
pub(crate) struct RequestLog {
    requests: VecDeque<RecordedRequest>,
}

impl RequestLog {
    pub(crate) fn record(&mut self, request: RecordedRequest) {
        if self.requests.len() >= MAX_REQUESTS {
            self.requests.pop_front();
        }
        self.requests.push_back(request);
    }

    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        self.requests.iter().cloned().collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.requests.len()
    }

    pub(crate) fn clear(&mut self) {
        self.requests.clear();
    }
}

/// Converts headers to strings, without credentials.
pub(crate) fn shown_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .filter(|(name, _)| {
            ![header::AUTHORIZATION, header::PROXY_AUTHORIZATION, header::COOKIE].contains(name)
        })
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_bounded() {
        let mut log = RequestLog::default();
        for status in 0..=u16::try_from(MAX_REQUESTS).unwrap() {
            log.record(RecordedRequest {
                method: "GET".into(),
                path: "/".into(),
                query: Vec::new(),
                status,
                body: String::new(),
                headers: Vec::new(),
                fault: None,
            });
        }
        let all = log.all();
        assert_eq!((all.len(), all[0].status), (MAX_REQUESTS, 1));
    }
}
