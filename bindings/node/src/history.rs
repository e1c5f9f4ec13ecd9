//! The usage history. TypeScript creates the rows of its sessions from columns (`session_block.rs`).

use crankwheel::UsageHistory;
use crankwheel::table::ToArrow;
use napi::Either;
use napi_derive::napi;

use crate::error::ErrorData;
use crate::session_block::SessionBlock;
use crate::table::NativeTable;

/// A usage history.
#[napi]
pub struct NativeHistory {
    history: UsageHistory,
}

/// The number of meetings of one company.
#[napi(object, object_from_js = false)]
pub struct MeetingCount {
    pub sname: String,
    pub num_sessions: i64,
}

/// The totals.
#[napi(object, object_from_js = false)]
pub struct StatsData {
    pub total_sec: Option<i64>,
    pub total_count: Option<i64>,
    /// The number of rows of [`NativeHistory::user`].
    pub users: u32,
    /// The raw JSON.
    pub json: String,
}

impl NativeHistory {
    pub fn new(history: UsageHistory) -> Self {
        NativeHistory { history }
    }
}

#[napi]
impl NativeHistory {
    /// Returns the totals.
    #[napi]
    pub fn stats(&self) -> StatsData {
        let stats = self.history.stats();
        StatsData {
            total_sec: stats.total_sec,
            total_count: stats.total_count,
            users: u32::try_from(stats.user_stats.len()).unwrap_or(u32::MAX),
            json: self.history.stats_json().to_owned(),
        }
    }

    /// Returns the history with the ids of these clients on its rows.
    #[napi]
    pub fn with_clients(&self, snames: Vec<String>, ids: Vec<String>) -> NativeHistory {
        let clients = snames.into_iter().zip(ids);
        let clients = clients.filter_map(|(sname, id)| Some((sname.into(), id.parse().ok()?)));
        NativeHistory::new(self.history.with_client_ids(clients))
    }

    /// Counts the meetings of each company.
    #[napi]
    pub fn count_meetings(&self, min_seconds: Option<u32>) -> Vec<MeetingCount> {
        let counts = self.history.count_meetings(min_seconds).into_iter();
        let count = |count: crankwheel::MeetingCount| MeetingCount {
            sname: count.sname.into(),
            num_sessions: i64::try_from(count.num_sessions).unwrap_or(i64::MAX),
        };
        counts.map(count).collect()
    }

    /// Returns the totals of one user as a JSON array: email, sname, lname, seconds, count, client id.
    #[napi]
    pub fn user(&self, index: u32) -> Option<String> {
        let user = self.history.stats().user_stats.get(index as usize)?;
        let (seconds, count) = (user.total_sec, user.total_count);
        let id = user.client_id.map(|id| id.to_string());
        serde_json::to_string(&(&user.email, &user.sname, &user.lname, seconds, count, id)).ok()
    }

    /// Returns the sessions as a table.
    #[napi]
    pub fn table(&self) -> Either<NativeTable, ErrorData> {
        NativeTable::new(self.history.to_arrow())
    }

    /// Returns the totals by user as a table.
    #[napi]
    pub fn user_table(&self) -> Either<NativeTable, ErrorData> {
        NativeTable::new(self.history.stats().to_arrow())
    }

    /// Returns the columns of the sessions from `start` to before `end`. The first `passed` strings of `email`, `sname`
    /// and `lname` were passed before.
    #[napi]
    pub fn sessions(&self, start: u32, end: u32, passed: (u32, u32, u32)) -> SessionBlock {
        let passed = [passed.0, passed.1, passed.2].map(|count| count as usize);
        SessionBlock::new(self.history.sessions(), start as usize..end as usize, passed)
    }

    /// The number of sessions.
    #[napi(getter)]
    pub fn session_count(&self) -> u32 {
        u32::try_from(self.history.sessions().len()).unwrap_or(u32::MAX)
    }

    /// Returns the raw JSON of one session.
    #[napi]
    pub fn session_json(&self, index: u32) -> String {
        self.history.sessions().row_json(index as usize).unwrap_or_default()
    }

    /// Returns the raw JSON of all sessions.
    #[napi]
    pub fn sessions_json(&self) -> String {
        self.history.sessions().to_json_text()
    }

    /// Returns the raw JSON of the whole history.
    #[napi]
    pub fn json(&self) -> String {
        self.history.to_json_text()
    }
}
