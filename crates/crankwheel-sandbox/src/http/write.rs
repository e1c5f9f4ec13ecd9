//! Writes a response: adds the headers that every response has, and decides how the body is sent.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use super::body::{self, OutgoingBody};
use super::scripted_stream::{self, ScriptQueue};
use crate::faults::{Fault, InjectedFault, Script};
use crate::response::Response;
use crate::state::State;
use crate::time;

/// The options and the fault with which a response is written.
pub(crate) struct WriteMode<'a> {
    pub(crate) body_on_204: bool,
    pub(crate) method: &'a Method,
    /// The headers of the request.
    pub(crate) request: &'a HeaderMap,
    pub(crate) injected: &'a InjectedFault,
}

impl<'a> WriteMode<'a> {
    /// Without any fault.
    pub(crate) fn plain(method: &'a Method, request: &'a HeaderMap) -> Self {
        static NONE: InjectedFault = InjectedFault { latency: Duration::ZERO, fault: None, seed: 0 };
        Self { body_on_204: false, method, request, injected: &NONE }
    }
}

/// Returns what hyper sends, and queues the script for what hyper would not send.
pub(crate) fn write(
    state: &mut State,
    mut response: Response,
    mode: WriteMode<'_>,
    scripts: &ScriptQueue,
) -> http::Response<OutgoingBody> {
    let is_204 = response.status == StatusCode::NO_CONTENT;
    let fault = mode.injected.fault.as_ref();
    let fault = fault.filter(|fault| is_204 || !matches!(fault, Fault::Split204 { .. }));
    let fault = fault.filter(|_| !is_204 || mode.body_on_204);
    let mut script = None;
    if let Some(fault) = fault {
        response.body = response.whole_body();
        script = Script::with_fault(fault, &response.body, mode.injected.seed);
    }
    if is_204 && script.is_none() && mode.body_on_204 && !response.body.is_empty() {
        script = Some(Script::whole(response.body.clone()));
    }
    // The headers are those of a GET, and nothing follows them.
    let is_head = mode.method == Method::HEAD;
    if is_head {
        script = script.map(Script::without_body);
    }

    let mut outgoing = http::Response::new(OutgoingBody::Whole(None));
    *outgoing.status_mut() = response.status;
    let headers = outgoing.headers_mut();
    if script.is_some() {
        let (name, value) = scripted_stream::mark();
        headers.insert(name, value);
    }
    for (name, value) in &response.headers {
        headers.append(name.clone(), value.clone());
    }
    let date = time::http_date(state.now()).and_then(|date| HeaderValue::from_str(&date).ok());
    let usual = [
        (header::SERVER, Some(HeaderValue::from_static("nginx"))),
        (header::DATE, date),
        (header::CACHE_CONTROL, Some(HeaderValue::from_static("max-age=0, private, must-revalidate"))),
        (HeaderName::from_static("x-request-id"), HeaderValue::from_str(&state.new_request_id()).ok()),
        (
            header::STRICT_TRANSPORT_SECURITY,
            Some(HeaderValue::from_static("max-age=15768000; includeSubDomains")),
        ),
    ];
    for (name, value) in usual {
        if let (Some(value), false) = (value, headers.contains_key(&name)) {
            headers.insert(name, value);
        }
    }
    match script {
        Some(script) => scripts.push(script),
        None if is_204 => {
            headers.remove(header::CONTENT_TYPE);
        }
        None => {
            let body = outgoing_body(response, mode.request, headers);
            if let (true, OutgoingBody::Whole(whole)) = (is_head, &body) {
                let length = whole.as_ref().map_or(0, Bytes::len);
                headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
            } else {
                *outgoing.body_mut() = body;
            }
        }
    }
    outgoing
}

/// Sends larger responses as the proxy in front of the live service does: compressed if the request
/// allows it, and chunked.
fn outgoing_body(response: Response, request: &HeaderMap, headers: &mut HeaderMap) -> OutgoingBody {
    let Response { status, body, pieces, .. } = response;
    let long = pieces.is_some() || body.len() > body::MIN_COMPRESSED_BYTES;
    let compress = long
        && status == StatusCode::OK
        && body::accepts_gzip(request)
        && headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|content_type| content_type.as_bytes().starts_with(b"application/json"))
        && !headers.contains_key(header::CONTENT_ENCODING);
    if !compress && pieces.is_none() {
        return OutgoingBody::Whole(Some(body));
    }
    let pieces = std::iter::once(body).chain(pieces.into_iter().flatten());
    if compress {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        return OutgoingBody::Pieces(body::gzip(Box::new(pieces)));
    }
    OutgoingBody::Pieces(Box::new(pieces))
}
