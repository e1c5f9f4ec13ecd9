//! The log of the requests that the sandbox saw, for tests to assert on. No key and no login token is in it.

use std::collections::VecDeque;

use http::{HeaderMap, header};
use serde::Serialize;

use crate::faults::Fault;

/// The log keeps this many of the newest requests, so that a long run does not fill the memory.
const KEPT: usize = 10_000;

/// One request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path as it was on the wire, percent-encoding and all.
    pub path: String,
    /// The query as decoded pairs, in order.
    pub query: Vec<(String, String)>,
    /// The status of the answer; 0 if a fault took the connection away instead.
    pub status: u16,
    /// The body; bytes that are not UTF-8 are replaced.
    pub body: String,
    /// The headers in order, names in lower case, without `authorization`.
    pub headers: Vec<(String, String)>,
    /// The fault that was ordered for it, if one struck; latency is not said.
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
        if self.requests.len() >= KEPT {
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

/// Headers as text, credentials left out.
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
        for status in 0..=u16::try_from(KEPT).unwrap() {
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
        assert_eq!((all.len(), all[0].status), (KEPT, 1));
    }
}
