//! The parts of a call that all its requests share.

use std::sync::atomic::{AtomicU64, Ordering};

use super::deadline::Deadline;
use super::progress::Progress;
use crate::secret::Secret;

/// The id, key and deadline of a call that is in flight.
pub(crate) struct CallScope {
    pub id: u64,
    pub key: Secret,
    pub deadline: Deadline,
    pub progress: Option<Progress>,
}

/// Returns an id that no other call of this process has.
pub(crate) fn next_call_id() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}
