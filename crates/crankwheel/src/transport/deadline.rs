//! The deadline of a call.

use std::time::{Duration, Instant};

/// The time at which a call must have ended. All requests of a call share it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    started: Instant,
    total: Duration,
}

impl Deadline {
    pub fn new(total: Duration) -> Self {
        Deadline { started: Instant::now(), total }
    }

    pub fn total(&self) -> Duration {
        self.total
    }

    /// Returns the time since the call began.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    pub fn left(&self) -> Duration {
        self.total.saturating_sub(self.started.elapsed())
    }
}
