//! Tracking whether a connection was opened for a request.
//!
//! The HTTP client does not report it, but it opens connections in the task of the request. Its
//! connector records there that it did. This shows whether a request over a new connection was sent
//! at all, and whether a request failed on a connection that had been idle.

use std::cell::Cell;
use std::error::Error;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::Extensions;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpInfo};
use tower_layer::Layer;
use tower_service::Service;

use super::cause::chain;

tokio::task_local! {
    static OPENED: Cell<Opened>;
}

/// The connection that was opened for a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Opened {
    /// No connection. The request was sent over a pooled one, or was not sent.
    #[default]
    None,
    /// A connection from this local address. The request may have been sent over another one that
    /// became free in the meantime.
    From(Option<SocketAddr>),
}

impl Opened {
    /// Returns true if the error is that of a connection that had been idle in the pool.
    pub fn failed_on_idle_connection(self, error: &(dyn Error + 'static)) -> bool {
        match (self, failed_on(error)) {
            (Opened::None, _) => true,
            (Opened::From(Some(opened)), Some(failed)) => opened != failed,
            (Opened::From(_), _) => false,
        }
    }
}

/// Runs a request. Returns its result, and the connection that was opened for it.
pub(crate) async fn track_opened<T>(request: impl Future<Output = T>) -> (T, Opened) {
    let running = async {
        let result = request.await;
        (result, OPENED.with(Cell::get))
    };
    OPENED.scope(Cell::default(), running).await
}

/// Returns the local address of the connection that a request failed on.
fn failed_on(error: &(dyn Error + 'static)) -> Option<SocketAddr> {
    let mut failures = chain(error).filter_map(|cause| cause.downcast_ref::<legacy::Error>());
    failures.find_map(|failure| local_address(failure.connect_info()?))
}

fn local_address(connected: &Connected) -> Option<SocketAddr> {
    let mut extras = Extensions::new();
    connected.get_extras(&mut extras);
    extras.get().map(HttpInfo::local_addr)
}

/// Makes a connector record the connections that it opens.
#[derive(Clone, Copy)]
pub(crate) struct TrackOpened;

impl<S> Layer<S> for TrackOpened {
    type Service = TrackingConnector<S>;

    fn layer(&self, connector: S) -> Self::Service {
        TrackingConnector(connector)
    }
}

#[derive(Clone)]
pub(crate) struct TrackingConnector<S>(S);

impl<S, R> Service<R> for TrackingConnector<S>
where
    S: Service<R>,
    S::Response: Connection,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, target: R) -> Self::Future {
        let connecting = self.0.call(target);
        Box::pin(async move {
            let connection = connecting.await?;
            // The HTTP client finishes connections that a request no longer needs outside of its
            // task.
            let opened = Opened::From(local_address(&connection.connected()));
            let _ = OPENED.try_with(|cell| cell.set(opened));
            Ok(connection)
        })
    }
}
