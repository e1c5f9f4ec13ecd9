//! Canned answers: what a test wants the next requests to an endpoint to get instead of the real thing.

use std::collections::VecDeque;

use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use percent_encoding::percent_decode_str;

use crate::error::SandboxError;
use crate::response::Answer;

/// One canned answer and how often it is still to be given.
struct Canned {
    method: Method,
    /// Percent-decoded, so that `a@b.is` and `a%40b.is` are the same path.
    path: Vec<u8>,
    answer: Answer,
    /// `None`: until the sandbox is reset.
    left: Option<u32>,
}

/// The canned answers in the order in which they were ordered.
#[derive(Default)]
pub(crate) struct CannedAnswers {
    queue: VecDeque<Canned>,
}

impl CannedAnswers {
    pub(crate) fn add(&mut self, method: Method, path: &str, answer: Answer, times: Option<u32>) {
        if times != Some(0) {
            self.queue.push_back(Canned { method, path: decode(path), answer, left: times });
        }
    }

    /// The answer for this request, if there is one; counts it.
    pub(crate) fn take(&mut self, method: &Method, path: &str) -> Option<Answer> {
        if self.queue.is_empty() {
            return None;
        }
        let path = decode(path);
        let place = self.queue.iter().position(|canned| canned.method == *method && canned.path == path)?;
        let canned = self.queue.get_mut(place)?;
        let answer = canned.answer.copy();
        canned.left = canned.left.map(|left| left.saturating_sub(1));
        if canned.left == Some(0) {
            self.queue.remove(place);
        }
        Some(answer)
    }
}

fn decode(path: &str) -> Vec<u8> {
    percent_decode_str(path).collect()
}

/// An answer that a test ordered, checked.
pub(crate) fn ordered_answer<'a>(
    status: u16,
    headers: impl Iterator<Item = (&'a str, &'a str)>,
    body: Vec<u8>,
) -> Result<Answer, SandboxError> {
    let refuse = |what: &str, text: &str| SandboxError::Invalid(format!("{text:?} is no {what}"));
    let status = StatusCode::from_u16(status)
        .ok()
        .filter(|status| !status.is_informational())
        .ok_or_else(|| refuse("status of an answer", &status.to_string()))?;
    let mut answer = Answer::bare(status, body);
    for (name, value) in headers {
        let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(|_| refuse("header name", name))?;
        if parsed == header::CONTENT_LENGTH || parsed == header::TRANSFER_ENCODING {
            return Err(SandboxError::Invalid(format!("{name} is set by the sandbox itself")));
        }
        let value = HeaderValue::from_str(value).map_err(|_| refuse("header value", value))?;
        answer = answer.with(parsed, value);
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_as_often_as_asked_and_in_order() {
        let mut canned = CannedAnswers::default();
        canned.add(Method::GET, "/a/x@y", Answer::detail(StatusCode::BAD_GATEWAY), Some(2));
        canned.add(Method::GET, "/a/x@y", Answer::detail(StatusCode::IM_A_TEAPOT), None);
        canned.add(Method::GET, "/never", Answer::detail(StatusCode::OK), Some(0));
        assert!(canned.take(&Method::POST, "/a/x@y").is_none());
        assert!(canned.take(&Method::GET, "/never").is_none());
        let statuses: Vec<u16> =
            (0..4).map(|_| canned.take(&Method::GET, "/a/x%40y").unwrap().status.as_u16()).collect();
        assert_eq!(statuses, [502, 502, 418, 418]);
    }
}
