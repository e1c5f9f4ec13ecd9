//! Writing a usage history as JSON, in the form of the API.

use jiff::Timestamp;
use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::value::RawValue;

use super::history::UsageHistory;
use super::sessions::Sessions;

impl UsageHistory {
    /// Returns the JSON of the history. Its timestamps have six digits and `Z`, as the API writes
    /// them.
    ///
    /// ```
    /// use crankwheel::UsageHistory;
    ///
    /// let history = UsageHistory::from_json(r#"{"sessions": [{"email": "agent@acme.example", "duration": 60}]}"#)?;
    /// assert!(history.to_json_text().contains("agent@acme.example"));
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn to_json_text(&self) -> String {
        let mut out = String::from("{");
        if let Some(stats) = self.raw_stats() {
            out.push_str("\"stats\":");
            out.push_str(stats.get());
            out.push(',');
        }
        out.push_str("\"sessions\":");
        out.push_str(&to_json(&self.listed_sessions().map(SessionsJson)));
        for member in self.extra() {
            out.push(',');
            out.push_str(&member.name);
            out.push(':');
            out.push_str(member.value.get());
        }
        out.push('}');
        out
    }
}

impl Sessions {
    /// Returns the JSON of the session at `row`, counted from 0.
    ///
    /// ```
    /// use crankwheel::UsageHistory;
    ///
    /// let history = UsageHistory::from_json(r#"{"sessions": [
    ///     {"email": "agent@acme.example", "duration": 60}, {"email": null, "duration": null}
    /// ]}"#)?;
    /// let sessions = history.sessions();
    /// assert_eq!(sessions.row_json(1).unwrap(), r#"{"email": null, "duration": null}"#);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn row_json(&self, row: usize) -> Option<String> {
        (row < self.len()).then(|| to_json(&SessionJson { sessions: self, row }))
    }

    /// Returns the JSON of all sessions, a list.
    ///
    /// ```
    /// use crankwheel::UsageHistory;
    ///
    /// let history = UsageHistory::from_json(r#"{"sessions": [
    ///     {"email": "agent@acme.example", "duration": 60}, {"email": null, "duration": null}
    /// ]}"#)?;
    /// let sessions = history.sessions();
    /// assert!(sessions.to_json_text().starts_with("[{"));
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn to_json_text(&self) -> String {
        to_json(&SessionsJson(self))
    }
}

/// Serializes to JSON.
fn to_json(value: &impl Serialize) -> String {
    // Only a type that has no JSON form, or an invalid timestamp, could fail.
    serde_json::to_string(value).unwrap_or_default()
}

/// All sessions.
struct SessionsJson<'a>(&'a Sessions);

impl Serialize for SessionsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((0..self.0.len()).map(|row| SessionJson { sessions: self.0, row }))
    }
}

/// One session.
struct SessionJson<'a> {
    sessions: &'a Sessions,
    row: usize,
}

impl Serialize for SessionJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let SessionJson { sessions: Sessions { columns: sessions, .. }, row } = *self;
        if let Some(json) = sessions.unusual.get(row) {
            return serde_json::from_str::<&RawValue>(json).map_err(S::Error::custom)?.serialize(serializer);
        }
        // A row without its own JSON has no null in it.
        let number = |column: &[i64]| column.get(row).copied().unwrap_or_default();
        let columns = Columns {
            viewer_info: ViewerInfo { max_viewer_count: number(&sessions.viewers) },
            start_date: number(&sessions.start),
            sname: sessions.sname.get(row).unwrap_or_default(),
            lname: sessions.lname.get(row).unwrap_or_default(),
            end_date: number(&sessions.end),
            email: sessions.email.get(row).unwrap_or_default(),
            duration: number(&sessions.duration),
        };
        columns.serialize(serializer)
    }
}

/// The columns of one session, in the order of the API.
#[derive(serde::Serialize)]
struct Columns<'a> {
    viewer_info: ViewerInfo,
    #[serde(serialize_with = "timestamp")]
    start_date: i64,
    sname: &'a str,
    lname: &'a str,
    #[serde(serialize_with = "timestamp")]
    end_date: i64,
    email: &'a str,
    duration: i64,
}

#[derive(serde::Serialize)]
struct ViewerInfo {
    max_viewer_count: i64,
}

/// Serializes a timestamp in microseconds as `YYYY-MM-DDTHH:MM:SS.ffffffZ`.
fn timestamp<S: Serializer>(micros: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    let timestamp = Timestamp::from_microsecond(*micros).map_err(S::Error::custom)?;
    serializer.collect_str(&timestamp.strftime("%Y-%m-%dT%H:%M:%S.%6fZ"))
}
