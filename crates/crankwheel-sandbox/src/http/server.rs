//! Connections: accepts them, reads requests, hands them to the routes and writes the answers.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use super::body::Outgoing;
use super::routes;
use super::scripted_stream::{Scripts, WireStream};
use super::write::{Manner, finish};
use crate::api::query::Query;
use crate::control;
use crate::faults::{Fault, ordered_answer};
use crate::response::Answer;
use crate::state::{RecordedRequest, World, shown_headers};

/// No request of the API is nearly as long.
const MOST_BODY_BYTES: u64 = 1 << 20;
/// A snapshot of a large sandbox is.
const MOST_CONTROL_BYTES: u64 = 4 << 30;
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
                Ok((stream, peer)) => {
                    tokio::spawn(connection(stream, peer.ip(), Arc::clone(&shared)));
                }
                // Out of file descriptors, or the peer is gone already: the next one may do better.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
        }
    }
}

async fn connection(stream: TcpStream, peer: IpAddr, shared: Arc<Shared>) {
    // Small answers should not wait for an acknowledgement; a socket that cannot do this works all the same.
    let _ = stream.set_nodelay(true);
    let scripts = Scripts::default();
    let io = TokioIo::new(WireStream::new(stream, scripts.clone()));
    let service = service_fn(move |request| respond(Arc::clone(&shared), scripts.clone(), peer, request));
    // An error here is a peer that went away or sent what is no HTTP (hyper has answered what could be
    // answered), or a fault that ends the connection.
    let _ = http1::Builder::new().serve_connection(io, service).await;
}

/// The error that makes hyper drop a connection without an answer: a fault was ordered.
#[derive(Debug, thiserror::Error)]
#[error("a fault was ordered")]
struct Dropped;

async fn respond(
    shared: Arc<Shared>,
    scripts: Scripts,
    peer: IpAddr,
    request: Request<Incoming>,
) -> Result<Response<Outgoing>, Dropped> {
    let (head, body) = request.into_parts();
    let path = head.uri.path();
    if let Some(name) = control::name(path) {
        let answer = if control::may_control(peer, &head.headers) {
            match read_body(body, MOST_CONTROL_BYTES).await {
                Ok(body) => control::answer(&mut shared.world(), &head.method, name, &body),
                Err(status) => Answer::detail(status),
            }
        } else {
            let why =
                "The sandbox can only be controlled from the machine that it runs on, and by no web page";
            Answer::detail_text(StatusCode::FORBIDDEN, why)
        };
        return Ok(finish(&mut shared.world(), answer, Manner::plain(&head.headers), &scripts));
    }

    let (body, refusal) = match read_body(body, MOST_BODY_BYTES).await {
        Ok(body) => (body, None),
        Err(status) => (Bytes::new(), Some(status)),
    };
    let (trouble, response) = {
        let mut world = shared.world();
        let trouble = world.faults.take(&head.method, path);
        let request = routes::Incoming {
            method: &head.method,
            path,
            query: head.uri.query().unwrap_or_default(),
            headers: &head.headers,
            body: &body,
        };
        let (answer, body_on_204) = answer(&mut world, &request, refusal, trouble.fault.as_ref());
        record(&mut world, &request, answer.as_ref(), trouble.fault.as_ref());
        let manner = Manner { body_on_204, request: &head.headers, trouble: &trouble };
        let response = answer.map(|answer| finish(&mut world, answer, manner, &scripts));
        (trouble, response)
    };
    if !trouble.latency.is_zero() {
        tokio::time::sleep(trouble.latency).await;
    }
    response.ok_or_else(|| {
        scripts.end_with_reset();
        Dropped
    })
}

/// The answer before the wire does anything to it; none if the connection is to be reset instead. And whether
/// a 204 has its body.
fn answer(
    world: &mut World,
    request: &routes::Incoming<'_>,
    refusal: Option<StatusCode>,
    fault: Option<&Fault>,
) -> (Option<Answer>, bool) {
    let ordered = match fault {
        Some(Fault::ResetBefore) => return (None, false),
        Some(Fault::Status { status, headers, body, processed }) => {
            let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            // It was checked when it was ordered.
            let answer = ordered_answer(*status, headers, body.clone().into_bytes()).ok();
            if !processed {
                return (answer, true);
            }
            answer
        }
        _ => None,
    };
    let canned = world.canned.take(request.method, request.path);
    // A test that orders a 204 with a body gets one whatever the options say.
    let mut body_on_204 =
        world.options.body_on_204 || canned.is_some() || matches!(fault, Some(Fault::Split204 { .. }));
    let mut answer = match (canned, refusal) {
        (Some(answer), _) => answer,
        (None, Some(status)) => Answer::detail(status),
        (None, None) => routes::answer(world, request),
    };
    if let Some(ordered) = ordered {
        answer = ordered;
        body_on_204 = true;
    }
    (if matches!(fault, Some(Fault::ResetAfter)) { None } else { Some(answer) }, body_on_204)
}

fn record(world: &mut World, request: &routes::Incoming<'_>, answer: Option<&Answer>, fault: Option<&Fault>) {
    let path = request.path;
    let shown_path = if path.starts_with(LOGIN_PATH) { format!("{LOGIN_PATH}***") } else { path.to_owned() };
    world.log.record(RecordedRequest {
        method: request.method.as_str().to_owned(),
        path: shown_path,
        query: Query::parse(request.query).into_pairs(),
        status: answer.map_or(0, |answer| answer.status.as_u16()),
        body: String::from_utf8_lossy(request.body).into_owned(),
        headers: shown_headers(request.headers),
        fault: fault.cloned(),
    });
}

/// The whole body, unless it is too long or ends before its end.
async fn read_body(body: Incoming, most: u64) -> Result<Bytes, StatusCode> {
    // One that is announced too long is not waited for.
    if body.size_hint().lower() > most {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let limit = usize::try_from(most).unwrap_or(usize::MAX);
    match Limited::new(body, limit).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::BAD_REQUEST),
    }
}
