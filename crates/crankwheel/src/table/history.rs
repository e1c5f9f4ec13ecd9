//! The usage history: every session of every client, held as columns, given out row by row on demand.

use std::fmt::{self, Write};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::value::RawValue;

use super::columns::{Dictionary, NULL_INT, RowTexts};
use super::read::{HistoryReader, count, text};
use crate::call::Reader;
use crate::json::scan;
use crate::model::kind::{DecodeError, Path};
use crate::time::six_digits;
use crate::transport::BodySink;

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
    /// Whether `sessions` came as a list; it was null otherwise.
    is_list: bool,
    /// Members that this version does not know.
    extra: Vec<(Box<str>, Box<str>)>,
}

/// Totals of a usage history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UsageStats {
    /// Seconds of all sessions together.
    pub total_sec: Option<i64>,
    /// Number of sessions.
    pub total_count: Option<i64>,
    /// Totals by user and company; one e-mail address can appear for several companies.
    pub user_stats: Vec<UserStats>,
}

/// One user's totals at one company.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserStats {
    /// The user's e-mail address.
    pub email: Box<str>,
    /// The company's short name.
    pub sname: Option<Box<str>>,
    /// The company's human-readable name.
    pub lname: Option<Box<str>>,
    /// Seconds of this user's sessions.
    pub total_sec: i64,
    /// Number of this user's sessions.
    pub total_count: i64,
}

/// One screen sharing session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Session<'a> {
    /// The presenter's e-mail address.
    pub email: Option<&'a str>,
    /// The company's short name.
    pub sname: Option<&'a str>,
    /// The company's human-readable name.
    pub lname: Option<&'a str>,
    /// When it began.
    pub start_date: Option<Timestamp>,
    /// When it ended.
    pub end_date: Option<Timestamp>,
    /// `end_date - start_date` in seconds.
    pub duration: Option<i64>,
    /// The most viewers at one time (`viewer_info.max_viewer_count` on the wire).
    pub max_viewer_count: Option<i64>,
}

/// The sessions, as columns.
#[derive(Clone, Default)]
pub struct Sessions {
    pub(super) email: Dictionary,
    pub(super) sname: Dictionary,
    pub(super) lname: Dictionary,
    pub(super) start: Vec<i64>,
    pub(super) end: Vec<i64>,
    pub(super) duration: Vec<i64>,
    pub(super) viewers: Vec<i64>,
    /// The JSON of rows that the columns cannot give back: with unknown, absent or null members.
    pub(super) unusual: RowTexts,
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

    /// Reads a history from its wire form.
    ///
    /// # Errors
    /// [`Response`](crate::ErrorKind::Response), if it is not the wire form of a usage history.
    pub fn from_json(text: &str) -> Result<Self, crate::Error> {
        // In pieces, so that the text is not held twice.
        Self::from_json_pieces(text.as_bytes().chunks(1 << 16))
    }

    /// The same for text that is not there as a whole; it can be cut anywhere.
    ///
    /// # Errors
    /// [`Response`](crate::ErrorKind::Response), if it is not the wire form of a usage history.
    pub fn from_json_pieces<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, crate::Error> {
        let mut reader = HistoryReader::default();
        // What is wrong is said in the end.
        let _ = pieces.into_iter().all(|piece| reader.take(piece));
        reader.finish().map_err(|error| {
            let message = format!("not the wire form of a usage history: {error}");
            crate::Error::new(crate::ErrorKind::Response, message)
        })
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

impl UsageStats {
    pub(super) fn decode(raw: &RawValue, at: &Path<'_>) -> Result<Self, DecodeError> {
        let mut stats = UsageStats::default();
        if raw.get() == "null" {
            return Ok(stats);
        }
        for (name, value) in scan::members(raw, at)? {
            let at = Path::Key(at, &name);
            match &*name {
                "total_sec" => stats.total_sec = count(value, &at)?,
                "total_count" => stats.total_count = count(value, &at)?,
                "user_stats" if value.get() == "null" => {}
                // A list of maps with one key each. More keys in one map are as many users.
                "user_stats" => {
                    for (index, item) in scan::list(value, &at)?.into_iter().enumerate() {
                        let at = Path::Index(&at, index);
                        for (email, totals) in scan::members(item, &at)? {
                            stats.user_stats.push(UserStats::decode(
                                &email,
                                totals,
                                &Path::Key(&at, &email),
                            )?);
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(stats)
    }
}

impl UserStats {
    fn decode(email: &str, raw: &RawValue, at: &Path<'_>) -> Result<Self, DecodeError> {
        let (mut sname, mut lname, mut total_sec, mut total_count) = (None, None, None, None);
        for (name, value) in scan::members(raw, at)? {
            let at = Path::Key(at, &name);
            match &*name {
                "sname" => sname = text(Some(value), &at)?,
                "lname" => lname = text(Some(value), &at)?,
                "total_sec" => total_sec = count(value, &at)?,
                "total_count" => total_count = count(value, &at)?,
                _ => {}
            }
        }
        let needed = |value: Option<i64>, name| {
            value.ok_or_else(|| {
                DecodeError::new(&Path::Key(at, name), "an integer was expected, but it is missing")
            })
        };
        Ok(UserStats {
            email: email.into(),
            sname: sname.map(Box::from),
            lname: lname.map(Box::from),
            total_sec: needed(total_sec, "total_sec")?,
            total_count: needed(total_count, "total_count")?,
        })
    }
}

impl Sessions {
    /// How many sessions there are.
    pub fn len(&self) -> usize {
        self.start.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.start.is_empty()
    }

    /// The session at `row`, counted from 0.
    pub fn get(&self, row: usize) -> Option<Session<'_>> {
        let number = |column: &[i64]| column.get(row).copied().filter(|number| *number != NULL_INT);
        let time =
            |column: &[i64]| number(column).and_then(|micros| Timestamp::from_microsecond(micros).ok());
        (row < self.len()).then(|| Session {
            email: self.email.get(row),
            sname: self.sname.get(row),
            lname: self.lname.get(row),
            start_date: time(&self.start),
            end_date: time(&self.end),
            duration: number(&self.duration),
            max_viewer_count: number(&self.viewers),
        })
    }

    /// All sessions, row by row.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Session<'_>> {
        // Every row below the length is there.
        (0..self.len()).map(|row| self.get(row).unwrap_or(Session::EMPTY))
    }

    /// The presenters' e-mail addresses.
    pub fn email(&self) -> &Dictionary {
        &self.email
    }

    /// The companies' short names.
    pub fn sname(&self) -> &Dictionary {
        &self.sname
    }

    /// The companies' human-readable names.
    pub fn lname(&self) -> &Dictionary {
        &self.lname
    }

    /// Beginnings in microseconds since 1970, [`NULL_INT`] for null.
    pub fn start_micros(&self) -> &[i64] {
        &self.start
    }

    /// Ends in microseconds since 1970, [`NULL_INT`] for null.
    pub fn end_micros(&self) -> &[i64] {
        &self.end
    }

    /// Seconds, [`NULL_INT`] for null.
    pub fn duration(&self) -> &[i64] {
        &self.duration
    }

    /// The most viewers at one time, [`NULL_INT`] for null.
    pub fn max_viewer_count(&self) -> &[i64] {
        &self.viewers
    }

    /// The rows whose wire form is more than the columns say, with that wire form.
    pub fn unusual_rows(&self) -> impl Iterator<Item = (usize, &str)> {
        self.unusual.iter()
    }

    /// Writes one row's wire form.
    pub fn write_row_json(&self, row: usize, out: &mut String) {
        if let Some(json) = self.unusual.get(row) {
            out.push_str(json);
            return;
        }
        let Some(session) = self.get(row) else { return };
        // Writing to a String cannot fail. A row of columns alone has no null in it.
        let _ = write!(
            out,
            "{{\"viewer_info\":{{\"max_viewer_count\":{}}},\"start_date\":\"",
            session.max_viewer_count.unwrap_or_default()
        );
        six_digits(self.start.get(row).copied().unwrap_or_default(), out);
        out.push_str("\",\"sname\":");
        write_text(out, session.sname.unwrap_or_default());
        out.push_str(",\"lname\":");
        write_text(out, session.lname.unwrap_or_default());
        out.push_str(",\"end_date\":\"");
        six_digits(self.end.get(row).copied().unwrap_or_default(), out);
        out.push_str("\",\"email\":");
        write_text(out, session.email.unwrap_or_default());
        let _ = write!(out, ",\"duration\":{}}}", session.duration.unwrap_or_default());
    }

    /// Writes all rows as a JSON list, in wire form.
    pub fn write_json(&self, out: &mut String) {
        out.push('[');
        for row in 0..self.len() {
            if row > 0 {
                out.push(',');
            }
            self.write_row_json(row, out);
        }
        out.push(']');
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl Session<'_> {
    const EMPTY: Session<'static> = Session {
        email: None,
        sname: None,
        lname: None,
        start_date: None,
        end_date: None,
        duration: None,
        max_viewer_count: None,
    };
}

fn write_text(out: &mut String, text: &str) {
    match serde_json::to_string(text) {
        Ok(json) => out.push_str(&json),
        // A str is always valid JSON text.
        Err(_) => out.push_str("\"\""),
    }
}
