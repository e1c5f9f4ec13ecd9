//! The members of a usage history that this version does not know, as JSON.

use super::history::UsageHistory;
use super::sessions::Sessions;
use super::stats::UserStats;
use super::unusual::USER;
use crate::json::scan;

/// The documented members of a session, in JSON.
const SESSION: &[&str] = &["viewer_info", "start_date", "sname", "lname", "end_date", "email", "duration"];
/// The documented members of the totals.
const STATS: &[&str] = &["total_sec", "total_count", "user_stats"];

#[doc(hidden)]
impl UsageHistory {
    /// Returns the unknown members as JSON, `None` if there are none.
    pub fn extra_json(&self) -> Option<String> {
        scan::object_json(self.extra().iter().map(|member| (&*member.name, member.value.get())))
    }

    /// Returns the unknown members of the totals as JSON, `None` if there are none.
    pub fn extra_stats_json(&self) -> Option<String> {
        unknown(self.stats_json(), STATS)
    }
}

#[doc(hidden)]
impl Sessions {
    /// Returns the unknown members of the session at `row` as JSON, `None` if there are none.
    pub fn extra_json(&self, row: usize) -> Option<String> {
        // The columns represent every row that has only documented members.
        unknown(self.columns.unusual.get(row)?, SESSION)
    }
}

#[doc(hidden)]
impl UserStats {
    /// Returns the unknown members as JSON, `None` if there are none.
    pub fn extra_json(&self) -> Option<String> {
        unknown(self.unusual_json()?, USER)
    }

    /// Returns the raw JSON of the user's totals if it has unknown members.
    pub fn unusual_json(&self) -> Option<&str> {
        self.unusual.0.as_deref()
    }
}

fn unknown(json: &str, known: &[&str]) -> Option<String> {
    scan::unknown_json(json, |name| known.contains(&name))
}
