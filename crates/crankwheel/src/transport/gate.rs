//! Admission of calls: counts those in flight, and tells them that their client was closed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, watch};

/// The calls in flight of one process that share connections.
pub(super) struct Gate {
    in_flight: AtomicUsize,
    idle: Notify,
    state: watch::Sender<State>,
}

#[derive(Clone, Copy)]
enum State {
    Open,
    Closed,
    /// Calls that did not end within this time are dropped.
    Ended(Duration),
}

impl Gate {
    pub fn new(closed: bool) -> Self {
        let state = if closed { State::Closed } else { State::Open };
        Gate { in_flight: AtomicUsize::new(0), idle: Notify::new(), state: watch::Sender::new(state) }
    }

    pub fn enter(&self) {
        self.in_flight.fetch_add(1, Ordering::SeqCst);
    }

    /// Returns true if the last call has left.
    pub fn leave(&self) -> bool {
        let last = self.in_flight.fetch_sub(1, Ordering::SeqCst) == 1;
        if last {
            self.idle.notify_waiters();
        }
        last
    }

    pub fn is_idle(&self) -> bool {
        self.in_flight.load(Ordering::SeqCst) == 0
    }

    pub fn close(&self) {
        self.state.send_if_modified(|state| {
            let open = matches!(state, State::Open);
            if open {
                *state = State::Closed;
            }
            open
        });
    }

    /// Drops the calls that are still in flight.
    pub fn end(&self, limit: Duration) {
        self.state.send_replace(State::Ended(limit));
    }

    /// Waits until no call is in flight.
    pub async fn idle(&self) {
        loop {
            let mut notified = std::pin::pin!(self.idle.notified());
            // From here on, a call that leaves is noticed.
            notified.as_mut().enable();
            if self.is_idle() {
                return;
            }
            notified.await;
        }
    }

    /// Waits until the client is closed.
    pub async fn closed(&self) {
        // The sender is `self`, so the channel stays open.
        let _ = self.state.subscribe().wait_for(|state| !matches!(state, State::Open)).await;
    }

    /// Waits until calls in flight are dropped. Returns the time that they had.
    pub async fn ended(&self) -> Duration {
        let mut states = self.state.subscribe();
        loop {
            if let State::Ended(limit) = *states.borrow_and_update() {
                return limit;
            }
            // The sender is `self`, so the channel stays open.
            let _ = states.changed().await;
        }
    }
}
