//! The usage history: its columns are handed over once, as typed arrays, and rows are made from them.

use crankwheel::UsageHistory;
use crankwheel::table::{Dictionary, NULL_INT};
use napi::bindgen_prelude::{Float64Array, Uint32Array};
use napi_derive::napi;

use crate::typed::write_text;

/// A usage history.
#[napi]
pub struct NativeHistory {
    history: UsageHistory,
}

/// The columns of the sessions. Where a row has no value: NaN, or the code 4294967295.
#[napi(object, object_from_js = false)]
pub struct SessionColumns {
    pub length: u32,
    pub email: TextColumn,
    pub sname: TextColumn,
    pub lname: TextColumn,
    /// Microseconds since 1970.
    pub start: Float64Array,
    /// Microseconds since 1970.
    pub end: Float64Array,
    /// Seconds.
    pub duration: Float64Array,
    pub max_viewer_count: Float64Array,
}

/// Text that repeats: each distinct one once, and for every row its index.
#[napi(object, object_from_js = false)]
pub struct TextColumn {
    pub values: Vec<String>,
    pub codes: Uint32Array,
}

/// The totals.
#[napi(object, object_from_js = false)]
pub struct StatsData {
    pub total_sec: Option<i64>,
    pub total_count: Option<i64>,
    /// How many rows [`NativeHistory::user`] has.
    pub users: u32,
    /// The wire form as JSON text.
    pub wire: String,
}

impl NativeHistory {
    pub fn new(history: UsageHistory) -> Self {
        NativeHistory { history }
    }
}

#[napi]
impl NativeHistory {
    /// The totals.
    #[napi]
    pub fn stats(&self) -> StatsData {
        let stats = self.history.stats();
        StatsData {
            total_sec: stats.total_sec,
            total_count: stats.total_count,
            users: u32::try_from(stats.user_stats.len()).unwrap_or(u32::MAX),
            wire: self.history.stats_json().to_owned(),
        }
    }

    /// One user's totals as a JSON list: email, sname, lname, seconds, count.
    #[napi]
    pub fn user(&self, index: u32) -> Option<String> {
        let user = self.history.stats().user_stats.get(index as usize)?;
        let mut out = String::from("[");
        for text in [Some(&user.email), user.sname.as_ref(), user.lname.as_ref()] {
            match text {
                Some(text) => write_text(text, &mut out),
                None => out.push_str("null"),
            }
            out.push(',');
        }
        out.push_str(&format!("{},{}]", user.total_sec, user.total_count));
        Some(out)
    }

    /// The columns.
    #[napi]
    pub fn columns(&self) -> SessionColumns {
        let sessions = self.history.sessions();
        SessionColumns {
            length: u32::try_from(sessions.len()).unwrap_or(u32::MAX),
            email: text(sessions.email()),
            sname: text(sessions.sname()),
            lname: text(sessions.lname()),
            start: numbers(sessions.start_micros()),
            end: numbers(sessions.end_micros()),
            duration: numbers(sessions.duration()),
            max_viewer_count: numbers(sessions.max_viewer_count()),
        }
    }

    /// How many sessions there are.
    #[napi(getter)]
    pub fn session_count(&self) -> u32 {
        u32::try_from(self.history.sessions().len()).unwrap_or(u32::MAX)
    }

    /// The wire form of one session as JSON text.
    #[napi]
    pub fn session_wire(&self, index: u32) -> String {
        self.history.sessions().row_json(index as usize).unwrap_or_default()
    }

    /// The wire form of all sessions as JSON text.
    #[napi]
    pub fn sessions_wire(&self) -> String {
        self.history.sessions().to_json_text()
    }

    /// The wire form of the whole history as JSON text.
    #[napi]
    pub fn wire(&self) -> String {
        self.history.to_json_text()
    }
}

fn text(column: &Dictionary) -> TextColumn {
    TextColumn {
        values: column.values().iter().map(|text| text.to_string()).collect(),
        codes: Uint32Array::new(column.codes().to_vec()),
    }
}

/// Microseconds and seconds of this millennium are exact as doubles.
fn numbers(column: &[i64]) -> Float64Array {
    let number = |value: &i64| if *value == NULL_INT { f64::NAN } else { *value as f64 };
    Float64Array::new(column.iter().map(number).collect())
}
