//! What the unit tests share.

use http::{HeaderMap, HeaderValue, Method, header};
use serde_json::Value;

use crate::demo;
use crate::http::{Incoming, answer};
use crate::options::SandboxOptions;
use crate::response::Answer;
use crate::state::World;
use crate::time;

/// "Now" in the unit tests.
pub(crate) const NOW: &str = "2019-03-03T15:00:00Z";

/// A world of this many demo clients, its clock standing at [`NOW`].
pub(crate) fn world(clients: u32) -> World {
    let options = SandboxOptions { clients, days: 60, now: NOW.parse().ok(), ..SandboxOptions::default() };
    demo::start(options, "http://sandbox.test".to_owned(), at(NOW))
}

/// An instant as a number.
pub(crate) fn at(text: &str) -> i64 {
    time::parse(text).unwrap()
}

/// Sends a request with the read/write key.
pub(crate) fn send(world: &mut World, method: &str, target: &str, body: Option<Value>) -> Answer {
    let key = world.key.clone();
    send_as(world, &key, method, target, body)
}

/// Sends a request with any key.
pub(crate) fn send_as(
    world: &mut World,
    key: &str,
    method: &str,
    target: &str,
    body: Option<Value>,
) -> Answer {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut headers = HeaderMap::new();
    headers.insert(header::AUTHORIZATION, HeaderValue::from_str(&format!("Basic {key}")).unwrap());
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let body = body.map(|body| body.to_string()).unwrap_or_default().into_bytes();
    let method: Method = method.parse().unwrap();
    let incoming = Incoming { method: &method, path, query, headers: &headers, body: &body };
    let mut answer = answer(world, &incoming);
    answer.body = answer.whole_body();
    answer
}

/// Sends a request, asserts the status and reads the answer's JSON.
pub(crate) fn expect(
    world: &mut World,
    method: &str,
    target: &str,
    body: Option<Value>,
    status: u16,
) -> Value {
    let answer = send(world, method, target, body);
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert_eq!(answer.status.as_u16(), status, "{method} {target}: {text}");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{method} {target}: {error}: {text}"))
}
