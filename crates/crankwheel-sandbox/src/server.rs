//! Connections: accepts them, reads requests, hands them to the routes and writes the answers.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::answer::Answer;
use crate::late_body::{self, LateBodies, LateBodyStream};
use crate::query::Query;
use crate::request_log::{self, RecordedRequest};
use crate::routes;
use crate::state::World;
use crate::when;

/// No request of the API is nearly as long.
const MOST_BODY_BYTES: u64 = 1 << 20;
/// A login link's path ends with the token, which no log may show.
const LOGIN_PATH: &str = "/ss/auth/rlogin/";

/// What the handle and the server's thread share.
pub(crate) struct Shared {
    world: Mutex<World>,
    pub(crate) stop: Notify,
}

impl Shared {
    pub(crate) fn new(world: World) -> Self {
        Self { world: Mutex::new(world), stop: Notify::new() }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        // Nothing panics while it holds the lock; should it happen, the state is still the best there is.
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves until it is told to stop. Open connections end when the runtime is dropped after it.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        tokio::select! {
            () = shared.stop.notified() => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    tokio::spawn(connection(stream, Arc::clone(&shared)));
                }
                // Out of file descriptors, or the peer is gone already: the next one may do better.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
        }
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    // Small answers should not wait for an acknowledgement; a socket that cannot do this works all the same.
    let _ = stream.set_nodelay(true);
    let late = LateBodies::default();
    let io = TokioIo::new(LateBodyStream::new(stream, late.clone()));
    let service = service_fn(move |request| respond(Arc::clone(&shared), late.clone(), request));
    // An error here is a peer that went away or sent what is no HTTP; hyper has answered what could be
    // answered.
    let _ = http1::Builder::new().serve_connection(io, service).await;
}

async fn respond(
    shared: Arc<Shared>,
    late: LateBodies,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let (body, refusal) = match read_body(body).await {
        Ok(body) => (body, None),
        Err(status) => (Bytes::new(), Some(status)),
    };
    let mut world = shared.world();
    let path = head.uri.path();
    let query = head.uri.query().unwrap_or_default();
    let canned = world.canned.take(&head.method, path);
    // A test that orders a 204 with a body gets one whatever the options say.
    let body_on_204 = canned.is_some() || world.options.body_on_204;
    let answer = match (canned, refusal) {
        (Some(answer), _) => answer,
        (None, Some(status)) => Answer::detail(status),
        (None, None) => routes::answer(
            &mut world,
            &routes::Incoming { method: &head.method, path, query, headers: &head.headers, body: &body },
        ),
    };
    let shown_path = if path.starts_with(LOGIN_PATH) { format!("{LOGIN_PATH}***") } else { path.to_owned() };
    world.log.record(RecordedRequest {
        method: head.method.as_str().to_owned(),
        path: shown_path,
        query: Query::parse(query).into_pairs(),
        status: answer.status.as_u16(),
        body: String::from_utf8_lossy(&body).into_owned(),
        headers: request_log::shown_headers(&head.headers),
    });
    Ok(finish(&mut world, answer, body_on_204, &late))
}

/// The whole body, unless it is too long or ends before its end.
async fn read_body(body: Incoming) -> Result<Bytes, StatusCode> {
    // One that is announced too long is not waited for.
    if body.size_hint().lower() > MOST_BODY_BYTES {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let limit = usize::try_from(MOST_BODY_BYTES).unwrap_or(usize::MAX);
    match Limited::new(body, limit).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::BAD_REQUEST),
    }
}

/// Adds what every answer carries.
fn finish(world: &mut World, answer: Answer, body_on_204: bool, late: &LateBodies) -> Response<Full<Bytes>> {
    let Answer { status, headers: own, mut body } = answer;
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in own {
        headers.append(name, value);
    }
    let date = when::http_date(world.now()).and_then(|date| HeaderValue::from_str(&date).ok());
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
    if status == StatusCode::NO_CONTENT {
        if body_on_204 && !body.is_empty() {
            late.push(std::mem::take(&mut body));
            let (name, value) = late_body::mark();
            headers.insert(name, value);
        } else {
            headers.remove(header::CONTENT_TYPE);
        }
    }
    *response.body_mut() = Full::new(body);
    response
}
