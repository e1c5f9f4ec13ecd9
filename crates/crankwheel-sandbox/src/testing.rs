//! Helpers of the unit tests.

use http::{HeaderMap, HeaderValue, Method, header};
use serde_json::Value;

use crate::demo;
use crate::http::{Request, respond};
use crate::options::SandboxOptions;
use crate::response::Response;
use crate::state::State;
use crate::time;

/// "Now" in the unit tests.
pub(crate) const NOW: &str = "2019-03-03T15:00:00Z";

/// Creates a state with this many demo clients and the clock stopped at [`NOW`].
pub(crate) fn demo_state(clients: u32) -> State {
    let options = SandboxOptions { clients, days: 60, now: NOW.parse().ok(), ..SandboxOptions::default() };
    demo::start(options, "http://sandbox.test".to_owned(), at(NOW))
}

/// Reads an instant.
pub(crate) fn at(text: &str) -> i64 {
    time::parse_rfc3339(text).unwrap()
}

/// Sends a request with the read/write key.
pub(crate) fn send(state: &mut State, method: &str, target: &str, body: Option<Value>) -> Response {
    let key = state.key.clone();
    send_as(state, &key, method, target, body)
}

/// Sends a request with any key.
pub(crate) fn send_as(
    state: &mut State,
    key: &str,
    method: &str,
    target: &str,
    body: Option<Value>,
) -> Response {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut headers = HeaderMap::new();
    headers.insert(header::AUTHORIZATION, HeaderValue::from_str(&format!("Basic {key}")).unwrap());
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let body = body.map(|body| body.to_string()).unwrap_or_default().into_bytes();
    let method: Method = method.parse().unwrap();
    let request = Request { method: &method, path, query, headers: &headers, body: &body };
    let mut response = respond(state, &request);
    response.body = response.whole_body();
    response
}

/// Sends a request, asserts the status and returns the JSON of the response.
pub(crate) fn expect(
    state: &mut State,
    method: &str,
    target: &str,
    body: Option<Value>,
    status: u16,
) -> Value {
    let response = send(state, method, target, body);
    let text = String::from_utf8_lossy(&response.body).into_owned();
    assert_eq!(response.status.as_u16(), status, "{method} {target}: {text}");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{method} {target}: {error}: {text}"))
}
