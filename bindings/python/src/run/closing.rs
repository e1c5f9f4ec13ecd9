//! Closing a client, and waiting until its calls in flight have ended.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use crankwheel::CrankWheel;
use futures_util::FutureExt;
use pyo3::prelude::*;

use super::call::SLICE;
use super::completion::{self, Ticket};
use super::ended::lost;
use super::runtime;

/// Closes a client. Returns true if no call of it is in flight.
fn close(cw: &CrankWheel) -> bool {
    // Without a limit, one poll needs no runtime.
    cw.drain(None).now_or_never().is_some()
}

/// Closes a client and waits. Signals are checked meanwhile, so Ctrl-C ends the wait.
pub fn wait(py: Python<'_>, cw: &CrankWheel, timeout: Option<Duration>) -> PyResult<()> {
    if close(cw) {
        return Ok(());
    }
    let (sender, mut receiver) = channel();
    let cw = cw.clone();
    let task = runtime::get()?.spawn(async move {
        cw.drain(timeout).await;
        // Sending fails if the caller no longer waits.
        let _ = sender.send(());
    });
    loop {
        let waited;
        (receiver, waited) = py.detach(move || {
            let waited = receiver.recv_timeout(SLICE);
            (receiver, waited)
        });
        match waited {
            Ok(()) => return Ok(()),
            Err(RecvTimeoutError::Timeout) => {
                if let Err(interrupt) = py.check_signals() {
                    task.abort();
                    return Err(interrupt);
                }
            }
            Err(RecvTimeoutError::Disconnected) => return Err(lost()),
        }
    }
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
