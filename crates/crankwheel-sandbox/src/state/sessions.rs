//! The screen-sharing sessions, in the order of their starts.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::time::{self, SECOND};

/// One screen-sharing session. Small, since there can be ten million.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "SavedSession", into = "SavedSession")]
pub(crate) struct Session {
    pub(crate) start: i64,
    pub(crate) user: u32,
    pub(crate) seconds: u32,
    pub(crate) viewers: u32,
}

impl Session {
    pub(crate) fn end(&self) -> i64 {
        self.start.saturating_add(i64::from(self.seconds) * SECOND)
    }
}

/// Start, user, seconds and viewers: an array keeps a snapshot with millions of sessions short.
#[derive(Serialize, Deserialize)]
struct SavedSession(#[serde(with = "time::rfc3339")] i64, u32, u32, u32);

impl From<SavedSession> for Session {
    fn from(SavedSession(start, user, seconds, viewers): SavedSession) -> Self {
        Self { start, user, seconds, viewers }
    }
}

impl From<Session> for SavedSession {
    fn from(session: Session) -> Self {
        Self(session.start, session.user, session.seconds, session.viewers)
    }
}

/// All sessions.
#[derive(Default)]
pub(crate) struct Sessions {
    /// By start, ascending. Shared with responses that are still being written.
    ordered: Arc<Vec<Session>>,
    /// Added out of order: merged before the next read, so that adding many costs one merge.
    late: Vec<Session>,
}

impl Sessions {
    pub(crate) fn from_ordered(ordered: Vec<Session>) -> Self {
        Self { ordered: Arc::new(ordered), late: Vec::new() }
    }

    pub(crate) fn add(&mut self, session: Session) {
        let in_order = self.ordered.last().is_none_or(|last| last.start <= session.start);
        if in_order && self.late.is_empty() {
            Arc::make_mut(&mut self.ordered).push(session);
        } else {
            self.late.push(session);
        }
    }

    /// Merges the sessions that were added out of order, after those with the same start.
    pub(crate) fn sort(&mut self) {
        if !self.late.is_empty() {
            let ordered = Arc::make_mut(&mut self.ordered);
            ordered.append(&mut self.late);
            // Stable, and fast on a list that is nearly in order.
            ordered.sort_by_key(|session| session.start);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.ordered.len() + self.late.len()
    }

    /// Returns all sessions; call `sort` before.
    pub(crate) fn all(&self) -> &Arc<Vec<Session>> {
        &self.ordered
    }

    /// Returns the indexes of the sessions that start between these instants, both included.
    pub(crate) fn between(&self, from: i64, to: i64) -> Range<usize> {
        let first = self.ordered.partition_point(|session| session.start < from);
        let last = self.ordered.partition_point(|session| session.start <= to);
        first..last.max(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_stay_in_order() {
        let mut sessions = Sessions::default();
        for (start, user) in [(5, 0), (1, 1), (9, 2), (5, 3), (1, 4)] {
            sessions.add(Session { start, user, seconds: 0, viewers: 1 });
        }
        sessions.sort();
        let order: Vec<(i64, u32)> =
            sessions.all().iter().map(|session| (session.start, session.user)).collect();
        assert_eq!(order, [(1, 1), (1, 4), (5, 0), (5, 3), (9, 2)]);
        assert_eq!(sessions.between(1, 5), 0..4);
        assert_eq!(sessions.between(10, 5), 5..5);
        assert_eq!(sessions.len(), 5);
    }
}
