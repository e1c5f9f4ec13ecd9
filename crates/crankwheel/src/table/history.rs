//! The usage history: every session of every client, with the totals.

use std::fmt;
use std::sync::Arc;

use super::cells::write_text;
use super::sessions::Sessions;
use super::stats::UsageStats;
use crate::json::scan;

/// All screen sharing sessions of a period (the API document, Get Usage History for All Clients).
///
/// Cloning is cheap. The wire form ([`UsageHistory::to_json_text`]) holds all that came; its timestamps are
/// written with six digits and `Z`, as the API does.
#[derive(Clone)]
pub struct UsageHistory {
    inner: Arc<Inner>,
}

struct Inner {
    stats: UsageStats,
    /// The `stats` member as it came.
    stats_json: Option<Box<str>>,
    sessions: Sessions,
    /// True if `sessions` came as a list; it was null otherwise.
    is_list: bool,
    /// Members that this version does not know.
    extra: Vec<(Box<str>, Box<str>)>,
}

impl UsageHistory {
    /// `sessions` is nothing if it came as null.
    pub(super) fn new(
        stats: UsageStats,
        stats_json: Option<Box<str>>,
        sessions: Option<Sessions>,
        extra: Vec<(Box<str>, Box<str>)>,
    ) -> Self {
        let is_list = sessions.is_some();
        let sessions = sessions.unwrap_or_default();
        UsageHistory { inner: Arc::new(Inner { stats, stats_json, sessions, is_list, extra }) }
    }

    /// Totals, as the API adds them up.
    pub fn stats(&self) -> &UsageStats {
        &self.inner.stats
    }

    /// The sessions.
    pub fn sessions(&self) -> &Sessions {
        &self.inner.sessions
    }

    /// The JSON text of the totals, in wire form.
    pub fn stats_json(&self) -> &str {
        self.inner.stats_json.as_deref().unwrap_or("null")
    }

    /// The wire form as JSON text.
    pub fn to_json_text(&self) -> String {
        let inner = &*self.inner;
        let mut out = String::with_capacity(64 + inner.sessions.len() * 240);
        let mut separator = '{';
        let mut member = |out: &mut String, name: &str| {
            out.push(separator);
            separator = ',';
            write_text(out, name);
            out.push(':');
        };
        if let Some(stats) = &inner.stats_json {
            member(&mut out, "stats");
            out.push_str(stats);
        }
        member(&mut out, "sessions");
        if inner.is_list {
            inner.sessions.write_json(&mut out);
        } else {
            out.push_str("null");
        }
        for (name, json) in &inner.extra {
            member(&mut out, name);
            out.push_str(json);
        }
        out.push('}');
        out
    }

    /// The wire form as a value.
    pub fn to_json(&self) -> serde_json::Value {
        scan::value(&self.to_json_text())
    }
}

impl PartialEq for UsageHistory {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
            || (self.stats() == other.stats()
                && self.sessions().len() == other.sessions().len()
                && self.sessions().iter().eq(other.sessions().iter()))
    }
}

impl fmt::Debug for UsageHistory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UsageHistory")
            .field("sessions", &self.sessions().len())
            .field("total_sec", &self.stats().total_sec)
            .field("total_count", &self.stats().total_count)
            .field("users", &self.stats().user_stats.len())
            .finish()
    }
}
