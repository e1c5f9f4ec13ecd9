//! Knowing whether a connection was made for a request.
//!
//! The HTTP client does not tell. But it makes a connection within the request's own task, so a note that its connector
//! leaves there answers two questions: whether a request over its own connection was sent at all, and whether a
//! broken one was on a connection that had been idle.

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
    static MADE: Cell<Made>;
}

/// Whether a connection was made for a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Made {
    /// None: the request was sent over a pooled one, or not at all.
    #[default]
    Nothing,
    /// One was, from this address. The request may have been sent over another one that became free meanwhile.
    From(Option<SocketAddr>),
}

impl Made {
    /// Whether the connection that failed with this error had served before.
    pub fn failed_on_a_used_one(self, error: &(dyn Error + 'static)) -> bool {
        match (self, failed_on(error)) {
            (Made::Nothing, _) => true,
            (Made::From(Some(made)), Some(failed)) => made != failed,
            (Made::From(_), _) => false,
        }
    }
}

/// Runs a request; tells beside its result whether a connection was made for it.
pub(crate) async fn watched<T>(request: impl Future<Output = T>) -> (T, Made) {
    let running = async {
        let result = request.await;
        (result, MADE.with(Cell::get))
    };
    MADE.scope(Cell::default(), running).await
}

/// This side's address of the connection that a request failed on.
fn failed_on(error: &(dyn Error + 'static)) -> Option<SocketAddr> {
    let mut failures = chain(error).filter_map(|cause| cause.downcast_ref::<legacy::Error>());
    failures.find_map(|failure| local_address(failure.connect_info()?))
}

fn local_address(connected: &Connected) -> Option<SocketAddr> {
    let mut extras = Extensions::new();
    connected.get_extras(&mut extras);
    extras.get().map(HttpInfo::local_addr)
}

/// Makes a connector leave its note.
#[derive(Clone, Copy)]
pub(crate) struct Noting;

impl<S> Layer<S> for Noting {
    type Service = NotingConnector<S>;

    fn layer(&self, connector: S) -> Self::Service {
        NotingConnector(connector)
    }
}

#[derive(Clone)]
pub(crate) struct NotingConnector<S>(S);

impl<S, R> Service<R> for NotingConnector<S>
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
            // Outside of any request the HTTP client finishes a connection that it no longer needs, for its pool.
            let made = Made::From(local_address(&connection.connected()));
            let _ = MADE.try_with(|noted| noted.set(made));
            Ok(connection)
        })
    }
}
