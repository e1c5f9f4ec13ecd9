//! A thread that waits for its call, and runs it meanwhile.

use std::future::{Future, poll_fn};
use std::mem;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll};

use crankwheel::InFlight;
use futures_util::FutureExt;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinHandle;

use super::ended::Ended;
use super::keys::KeyRequest;
use super::runtime::{Callers, Slice, close_unused};

/// A call while a thread waits for it. Dropping it drops the request.
pub struct Waiting<'a> {
    callers: &'a Callers,
    call: Option<Running>,
    /// The requests of the core for the key.
    keys: UnboundedReceiver<KeyRequest>,
    slice: Option<Slice<'a>>,
}

/// A call that runs. Its result is `None` if it ends without one, by a defect.
type Running = Pin<Box<dyn Future<Output = Option<Ended>> + Send>>;

/// The reason why a thread stops waiting.
pub enum Event {
    Key(KeyRequest),
    Ended(Option<Ended>),
    /// It is time to check for signals.
    Slice,
}

impl<'a> Waiting<'a> {
    /// Runs a call on the thread that waits.
    pub fn new(
        callers: &'a Callers,
        call: impl Future<Output = Ended> + Send + 'static,
        keys: UnboundedReceiver<KeyRequest>,
    ) -> Self {
        let call = AssertUnwindSafe(call).catch_unwind().map(Result::ok);
        Waiting { callers, call: Some(Box::pin(call)), keys, slice: None }
    }

    /// Runs a call on worker threads while this thread waits.
    pub fn for_workers(
        callers: &'a Callers,
        workers: &Runtime,
        call: impl Future<Output = Ended> + Send + 'static,
        keys: UnboundedReceiver<KeyRequest>,
    ) -> Self {
        Waiting { callers, call: Some(Box::pin(Spawned(workers.spawn(call)))), keys, slice: None }
    }

    /// Runs the call until it ends, needs the key, or signals must be checked.
    pub fn next(&mut self, py: Python<'_>) -> Event {
        let callers = self.callers;
        py.detach(|| callers.run(self.event()))
    }

    async fn event(&mut self) -> Event {
        if self.slice.is_none() {
            self.callers.catch_up().await;
        }
        let slice = self.slice.get_or_insert_with(|| self.callers.slice());
        let Some(call) = &mut self.call else { return Event::Ended(None) };
        let keys = &mut self.keys;
        let event = poll_fn(|context| {
            if let Poll::Ready(ended) = call.as_mut().poll(context) {
                return Poll::Ready(Event::Ended(ended));
            }
            if let Poll::Ready(Some(request)) = keys.poll_recv(context) {
                return Poll::Ready(Event::Key(request));
            }
            slice.poll(context).map(|()| Event::Slice)
        });
        let event = event.await;
        if matches!(event, Event::Ended(_)) {
            self.callers.end(self.call.take()).await;
        }
        event
    }

    /// Drops the request, unless the call has ended.
    pub fn end(self, py: Python<'_>) {
        if self.call.is_some() {
            py.detach(|| drop(self));
        }
    }

    /// Fails in a child that was forked while the call waited: the call goes on in the parent only.
    pub fn check_fork(&mut self) -> PyResult<()> {
        if self.callers.is_current() {
            return Ok(());
        }
        // Dropping them would close connections of the parent.
        mem::forget((self.call.take(), self.slice.take()));
        Err(PyRuntimeError::new_err(
            "the process was forked while this call waited for its response; repeat the call in the child",
        ))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(call) = self.call.take() {
            self.callers.run(self.callers.end(call));
        }
    }
}

/// A call on worker threads. Dropping it ends the call.
struct Spawned(JoinHandle<Ended>);

impl Future for Spawned {
    type Output = Option<Ended>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Ended>> {
        Pin::new(&mut self.0).poll(context).map(Result::ok)
    }
}

impl Drop for Spawned {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Keeps closing a client from ending until the call has delivered its result.
pub struct Delivery(Option<InFlight>);

impl Delivery {
    pub fn new(in_flight: InFlight) -> Self {
        Delivery(Some(in_flight))
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        if self.0.take().is_some_and(InFlight::end) {
            close_unused();
        }
    }
}
