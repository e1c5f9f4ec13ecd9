//! Closing a client, and waiting until its calls in flight have ended.

use std::future::{Future, poll_fn};
use std::mem;
use std::task::Poll;
use std::time::Duration;

use crankwheel::CrankWheel;
use futures_util::FutureExt;
use pyo3::prelude::*;

use super::completion::{self, Ticket};
use super::runtime;

/// Closes a client. Returns true if no call of it is in flight.
fn close(cw: &CrankWheel) -> bool {
    // Without a limit, one poll needs no runtime.
    cw.drain(None).now_or_never().is_some()
}

/// Closes a client and waits. Signals are checked meanwhile, so Ctrl-C ends the wait.
pub fn wait(py: Python<'_>, cw: &CrankWheel, limit: Option<Duration>) -> PyResult<()> {
    if !close(cw) {
        let callers = runtime::callers()?;
        let mut drain = Box::pin(cw.drain(limit));
        let mut slice = None;
        // Ready with false if it is time to check for signals.
        let mut ended = async || {
            let slice = slice.get_or_insert_with(|| callers.slice());
            poll_fn(|context| match drain.as_mut().poll(context) {
                Poll::Ready(()) => Poll::Ready(true),
                Poll::Pending => slice.poll(context).map(|()| false),
            })
            .await
        };
        while !py.detach(|| callers.run(ended())) {
            py.check_signals()?;
            // A handler of a signal has forked. The calls go on in the parent only.
            if !callers.is_current() {
                mem::forget((drain, slice));
                return Ok(());
            }
        }
    }
    py.detach(runtime::close_unused);
    Ok(())
}

/// Closes a client. Returns a ticket for the running event loop, unless no call is in flight.
pub fn start(py: Python<'_>, cw: &CrankWheel, timeout: Option<Duration>) -> PyResult<Option<Ticket>> {
    // The loop receives the result of a call later than the call ends.
    if close(cw) && completion::none_waiting() {
        return Ok(None);
    }
    let cw = cw.clone();
    completion::start_draining(py, async move { cw.drain(timeout).await }).map(Some)
}
