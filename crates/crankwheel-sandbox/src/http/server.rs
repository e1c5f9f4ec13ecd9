//! The server: accepts connections, reads requests and decides what each one gets.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use super::body::OutgoingBody;
use super::routes::{self, Request};
use super::scripted_stream::{ScriptQueue, ScriptedStream};
use super::write::{WriteMode, write};
use crate::access::{self, Ends};
use crate::api::query::Query;
use crate::control;
use crate::faults::{Fault, InjectedFault, canned_response};
use crate::response::Response;
use crate::state::{RecordedRequest, State, shown_headers};

/// No request of the API is nearly as long.
const MAX_BODY_BYTES: u64 = 1 << 20;
/// A snapshot of a large sandbox is longer.
const MAX_CONTROL_BYTES: u64 = 4 << 30;
/// The path of a login link ends with the token, which no log may show.
const LOGIN_PATH: &str = "/ss/auth/rlogin/";

/// The state and the stop signal, which the handle and the server's thread share.
pub(crate) struct Shared {
    state: Mutex<State>,
    pub(crate) stop: Notify,
}

impl Shared {
    pub(crate) fn new(state: State) -> Self {
        Self { state: Mutex::new(state), stop: Notify::new() }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock; if one did, the state would still be usable.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves until `shared.stop` is notified. Open connections end when the runtime is dropped after
/// that.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        tokio::select! {
            () = shared.stop.notified() => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    tokio::spawn(serve_connection(stream, Arc::clone(&shared)));
                }
                // Out of file descriptors, or the peer is gone already: a later one may succeed.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
        }
    }
}

async fn serve_connection(stream: TcpStream, shared: Arc<Shared>) {
    // An error means that the peer is gone already.
    let (Ok(peer), Ok(local)) = (stream.peer_addr(), stream.local_addr()) else { return };
    let ends = Ends { peer: peer.ip(), local: local.ip() };
    // Small responses should not wait for an acknowledgement; a socket without this option still
    // works.
    let _ = stream.set_nodelay(true);
    let scripts = ScriptQueue::default();
    let io = TokioIo::new(ScriptedStream::new(stream, scripts.clone()));
    let service = service_fn(move |request| handle(Arc::clone(&shared), scripts.clone(), ends, request));
    // An error means that the peer went away or sent invalid HTTP (hyper has responded if it
    // could), or that a fault ended the connection.
    let _ = http1::Builder::new().serve_connection(io, service).await;
}

/// The error that makes hyper drop a connection without a response, as an injected fault asks.
#[derive(Debug, thiserror::Error)]
#[error("a fault was injected")]
struct Dropped;

async fn handle(
    shared: Arc<Shared>,
    scripts: ScriptQueue,
    ends: Ends,
    request: http::Request<Incoming>,
) -> Result<http::Response<OutgoingBody>, Dropped> {
    let (head, body) = request.into_parts();
    let path = head.uri.path();
    if let Some(name) = control::name(path) {
        let allowed = access::check_control(ends, &head.uri, &head.headers, &shared.state().options);
        let response = match allowed {
            Ok(()) => match read_body(body, MAX_CONTROL_BYTES).await {
                Ok(body) => control::respond(&mut shared.state(), &head.method, name, &body),
                Err(status) => Response::detail(status),
            },
            Err(reason) => Response::detail_message(StatusCode::FORBIDDEN, &reason),
        };
        let mode = WriteMode::plain(&head.method, &head.headers);
        return Ok(write(&mut shared.state(), response, mode, &scripts));
    }

    let (body, refusal) = match read_body(body, MAX_BODY_BYTES).await {
        Ok(body) => (body, None),
        Err(status) => (Bytes::new(), Some(Response::detail(status))),
    };
    let (injected, response) = {
        let mut state = shared.state();
        let allowed = access::check_api(&head.uri, &head.headers, &state.options);
        let injected = match allowed {
            Ok(()) => state.faults.take(&head.method, path),
            Err(_) => InjectedFault::default(),
        };
        let request = Request {
            method: &head.method,
            path,
            query: head.uri.query().unwrap_or_default(),
            headers: &head.headers,
            body: &body,
        };
        let (response, body_on_204) = match allowed {
            Ok(()) => choose_response(&mut state, &request, refusal, injected.fault.as_ref()),
            Err(reason) => (Some(Response::detail_message(StatusCode::FORBIDDEN, &reason)), false),
        };
        record(&mut state, &request, response.as_ref(), injected.fault.as_ref());
        let mode =
            WriteMode { body_on_204, method: &head.method, request: &head.headers, injected: &injected };
        let response = response.map(|response| write(&mut state, response, mode, &scripts));
        (injected, response)
    };
    if !injected.latency.is_zero() {
        tokio::time::sleep(injected.latency).await;
    }
    response.ok_or_else(|| {
        scripts.end_with_reset();
        Dropped
    })
}

/// Returns the response before a fault changes its bytes (`None`: the connection is reset instead),
/// and whether a 204 has its body.
fn choose_response(
    state: &mut State,
    request: &Request<'_>,
    refusal: Option<Response>,
    fault: Option<&Fault>,
) -> (Option<Response>, bool) {
    let replacement = match fault {
        Some(Fault::ResetBefore) => return (None, false),
        Some(Fault::Status { status, headers, body, processed }) => {
            let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            // It was checked when the rule was added.
            let response = canned_response((*status).into(), headers, body.clone().into_bytes()).ok();
            if !processed {
                return (response, true);
            }
            response
        }
        _ => None,
    };
    let canned = state.canned.take(request.method, request.path);
    // A test that asks for a 204 with a body gets one whatever the options say.
    let mut body_on_204 =
        state.options.body_on_204 || canned.is_some() || matches!(fault, Some(Fault::Split204 { .. }));
    let mut response = match (canned, refusal) {
        (Some(response), _) => response,
        (None, Some(refusal)) => refusal,
        (None, None) => routes::respond(state, request),
    };
    if let Some(replacement) = replacement {
        response = replacement;
        body_on_204 = true;
    }
    (if matches!(fault, Some(Fault::ResetAfter)) { None } else { Some(response) }, body_on_204)
}

fn record(state: &mut State, request: &Request<'_>, response: Option<&Response>, fault: Option<&Fault>) {
    let path = request.path;
    let shown_path = if path.starts_with(LOGIN_PATH) { format!("{LOGIN_PATH}***") } else { path.to_owned() };
    state.log.record(RecordedRequest {
        method: request.method.as_str().to_owned(),
        path: shown_path,
        query: Query::parse(request.query).into_pairs(),
        status: response.map_or(0, |response| response.status.as_u16()),
        body: String::from_utf8_lossy(request.body).into_owned(),
        headers: shown_headers(request.headers),
        fault: fault.cloned(),
    });
}

/// Reads the whole body, unless it is too long or incomplete.
async fn read_body(body: Incoming, max: u64) -> Result<Bytes, StatusCode> {
    // A body that is announced as too long is refused at once.
    if body.size_hint().lower() > max {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let limit = usize::try_from(max).unwrap_or(usize::MAX);
    match Limited::new(body, limit).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::BAD_REQUEST),
    }
}
