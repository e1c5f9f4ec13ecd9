//! Writes a response: adds the headers that every response has, and decides how the body goes out.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};

use super::body::{self, Outgoing};
use super::scripted_stream::{self, Scripts};
use crate::faults::{Fault, Script, Trouble};
use crate::response::Answer;
use crate::state::World;
use crate::time;

/// How an answer is to be put on the wire.
pub(crate) struct Manner<'a> {
    pub(crate) body_on_204: bool,
    pub(crate) request: &'a HeaderMap,
    pub(crate) trouble: &'a Trouble,
}

impl<'a> Manner<'a> {
    pub(crate) fn plain(request: &'a HeaderMap) -> Self {
        static NONE: Trouble = Trouble { latency: Duration::ZERO, fault: None, seed: 0 };
        Self { body_on_204: false, request, trouble: &NONE }
    }
}

/// Adds what every answer carries, and says how the body goes out.
pub(crate) fn finish(
    world: &mut World,
    mut answer: Answer,
    manner: Manner<'_>,
    scripts: &Scripts,
) -> Response<Outgoing> {
    let is_204 = answer.status == StatusCode::NO_CONTENT;
    let fault = manner.trouble.fault.as_ref();
    let fault = fault.filter(|fault| is_204 || !matches!(fault, Fault::Split204 { .. }));
    let fault = fault.filter(|_| !is_204 || manner.body_on_204);
    let mut script = None;
    if let Some(fault) = fault {
        // Read once and left alone if the fault is none of the body's.
        answer.body = answer.whole_body();
        script = Script::broken(fault, &answer.body, manner.trouble.seed);
    }
    if is_204 && script.is_none() && manner.body_on_204 && !answer.body.is_empty() {
        script = Some(Script::whole(answer.body.clone()));
    }

    let mut response = Response::new(Outgoing::Whole(None));
    *response.status_mut() = answer.status;
    let headers = response.headers_mut();
    if script.is_some() {
        let (name, value) = scripted_stream::mark();
        headers.insert(name, value);
    }
    for (name, value) in &answer.headers {
        headers.append(name.clone(), value.clone());
    }
    let date = time::http_date(world.now()).and_then(|date| HeaderValue::from_str(&date).ok());
    let usual = [
        (header::SERVER, Some(HeaderValue::from_static("nginx"))),
        (header::DATE, date),
        (header::CACHE_CONTROL, Some(HeaderValue::from_static("max-age=0, private, must-revalidate"))),
        (HeaderName::from_static("x-request-id"), HeaderValue::from_str(&world.new_request_id()).ok()),
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
        None => *response.body_mut() = outgoing(answer, manner.request, headers),
    }
    response
}

/// The larger answers go out as the proxy in front of the live service sends them: compressed if the request
/// allows it, and in chunks.
fn outgoing(answer: Answer, request: &HeaderMap, headers: &mut HeaderMap) -> Outgoing {
    let Answer { status, body, pieces, .. } = answer;
    let long = pieces.is_some() || body.len() > body::WORTH_COMPRESSING;
    let compress = long
        && status == StatusCode::OK
        && body::accepts_gzip(request)
        && headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"))
        && !headers.contains_key(header::CONTENT_ENCODING);
    if !compress && pieces.is_none() {
        return Outgoing::Whole(Some(body));
    }
    let pieces = std::iter::once(body).chain(pieces.into_iter().flatten());
    if compress {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        return Outgoing::Pieces(body::compressed(Box::new(pieces)));
    }
    Outgoing::Pieces(Box::new(pieces))
}
