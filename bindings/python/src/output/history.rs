//! The usage history: columns in the core's memory; rows are created lazily.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

use crankwheel::{self as core, Error};
use pyo3::prelude::*;
use serde_json::{Value, json};

use super::convert::ToPython;
use super::list::{Rows, add, sequence};
use super::mapping;
use super::wire::{Shown, Wire, shown_time, shown_value, wire_class};

/// All screen-sharing sessions of a period, and their totals.
///
/// The sessions are stored in columns; each `Session` is created on access.
#[pyclass(frozen, mapping, module = "crankwheel")]
#[derive(PartialEq)]
pub struct UsageHistory(pub core::UsageHistory);

/// The totals of a usage history, as computed by the API.
#[pyclass(frozen, mapping, module = "crankwheel")]
pub struct UsageStats(core::UsageHistory);

/// The totals of one user at one company.
#[pyclass(frozen, mapping, module = "crankwheel")]
#[derive(PartialEq)]
pub struct UserStats(core::UserStats);

/// One screen-sharing session.
#[pyclass(frozen, mapping, module = "crankwheel")]
pub struct Session {
    history: core::UsageHistory,
    row: usize,
}

/// The rows of `SessionList`.
#[derive(Clone)]
pub struct SessionRows(core::UsageHistory);

/// The rows of `UserStatsList`.
#[derive(Clone)]
pub struct UserRows(core::UsageHistory);

sequence! {
    /// The sessions of a usage history: a sequence of `Session`, created on access.
    SessionList(SessionRows)
}

sequence! {
    /// The totals by user and company: a sequence of `UserStats`.
    UserStatsList(UserRows)
}

impl PartialEq for UsageStats {
    fn eq(&self, other: &Self) -> bool {
        self.0.stats() == other.0.stats()
    }
}

impl PartialEq for Session {
    fn eq(&self, other: &Self) -> bool {
        self.history.sessions().get(self.row) == other.history.sessions().get(other.row)
    }
}

impl PartialEq for SessionRows {
    fn eq(&self, other: &Self) -> bool {
        let (ours, theirs) = (self.0.sessions(), other.0.sessions());
        ours.len() == theirs.len() && ours.iter().eq(theirs.iter())
    }
}

impl PartialEq for UserRows {
    fn eq(&self, other: &Self) -> bool {
        self.0.stats().user_stats == other.0.stats().user_stats
    }
}

impl Rows for SessionRows {
    fn count(&self) -> usize {
        self.0.sessions().len()
    }

    fn row<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Option<Bound<'py, PyAny>>> {
        if index >= self.count() {
            return Ok(None);
        }
        let session = Session { history: self.0.clone(), row: index };
        Ok(Some(Bound::new(py, session)?.into_any()))
    }

    fn json_text(&self) -> Cow<'_, str> {
        self.0.sessions().to_json_text().into()
    }

    fn from_json_text(text: &str) -> Result<Self, Error> {
        core::UsageHistory::from_json(&format!("{{\"sessions\":{text}}}")).map(SessionRows)
    }
}

impl Rows for UserRows {
    fn count(&self) -> usize {
        self.0.stats().user_stats.len()
    }

    fn row<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Option<Bound<'py, PyAny>>> {
        let row = self.0.stats().user_stats.get(index);
        row.map(|row| Ok(Bound::new(py, UserStats(row.clone()))?.into_any())).transpose()
    }

    fn json_text(&self) -> Cow<'_, str> {
        self.0.user_stats_json().into()
    }

    fn from_json_text(text: &str) -> Result<Self, Error> {
        core::UsageHistory::from_json(&format!("{{\"stats\":{{\"user_stats\":{text}}},\"sessions\":null}}"))
            .map(UserRows)
    }
}

fn hashed(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl Wire for UsageHistory {
    const NAMES: &'static [&'static str] = &["sessions", "stats"];

    fn unknown(&self) -> Option<String> {
        self.0.extra_json()
    }

    fn json_text(&self) -> Cow<'_, str> {
        self.0.to_json_text().into()
    }

    fn from_json_text(text: &str) -> Result<Self, Error> {
        core::UsageHistory::from_json(text).map(UsageHistory)
    }

    fn shown(&self, _py: Python<'_>) -> PyResult<Vec<Shown>> {
        let stats = self.0.stats();
        let number =
            |number: Option<i64>| number.map_or_else(|| "None".to_owned(), |number| number.to_string());
        Ok(vec![
            ("sessions", format!("<{} sessions>", self.0.sessions().len())),
            ("total_sec", number(stats.total_sec)),
            ("total_count", number(stats.total_count)),
            ("users", stats.user_stats.len().to_string()),
        ])
    }

    fn hash_value(&self) -> u64 {
        let stats = self.0.stats();
        hashed((self.0.sessions().len(), stats.total_sec, stats.total_count))
    }
}

impl Wire for UsageStats {
    const NAMES: &'static [&'static str] = &["total_sec", "total_count", "user_stats"];

    fn unknown(&self) -> Option<String> {
        self.0.extra_stats_json()
    }

    fn json_text(&self) -> Cow<'_, str> {
        self.0.stats_json().into()
    }

    fn from_json_text(text: &str) -> Result<Self, Error> {
        core::UsageHistory::from_json(&format!("{{\"stats\":{text},\"sessions\":null}}")).map(UsageStats)
    }

    fn shown(&self, py: Python<'_>) -> PyResult<Vec<Shown>> {
        let stats = self.0.stats();
        Ok(vec![
            ("total_sec", shown_value(py, &stats.total_sec)?),
            ("total_count", shown_value(py, &stats.total_count)?),
            ("user_stats", format!("<{} users>", stats.user_stats.len())),
        ])
    }

    fn hash_value(&self) -> u64 {
        let stats = self.0.stats();
        hashed((stats.total_sec, stats.total_count, stats.user_stats.len()))
    }
}

impl Wire for UserStats {
    const NAMES: &'static [&'static str] = &["email", "sname", "lname", "total_sec", "total_count"];

    fn unknown(&self) -> Option<String> {
        self.0.extra_json()
    }

    fn json_text(&self) -> Cow<'_, str> {
        let user = &self.0;
        if let Some(totals) = user.unusual_json() {
            return format!("{{{}:{totals}}}", json!(user.email)).into();
        }
        let totals = json!({
            "sname": user.sname, "lname": user.lname, "total_sec": user.total_sec, "total_count": user.total_count,
        });
        json!({ &*user.email: totals }).to_string().into()
    }

    fn from_json_text(text: &str) -> Result<Self, Error> {
        let rows = UserRows::from_json_text(&format!("[{text}]"))?;
        let first = rows.0.stats().user_stats.first().cloned();
        first.map(UserStats).ok_or_else(|| Error::invalid("user_stats", "must contain a user"))
    }

    fn shown(&self, py: Python<'_>) -> PyResult<Vec<Shown>> {
        Ok(vec![
            ("email", shown_value(py, &self.0.email)?),
            ("sname", shown_value(py, &self.0.sname)?),
            ("total_sec", shown_value(py, &self.0.total_sec)?),
            ("total_count", shown_value(py, &self.0.total_count)?),
        ])
    }

    fn hash_value(&self) -> u64 {
        hashed((&self.0.email, &self.0.sname, self.0.total_sec, self.0.total_count))
    }
}

impl Wire for Session {
    const NAMES: &'static [&'static str] =
        &["email", "sname", "lname", "start_date", "end_date", "duration", "max_viewer_count"];

    fn unknown(&self) -> Option<String> {
        self.history.sessions().extra_json(self.row)
    }

    fn json_text(&self) -> Cow<'_, str> {
        self.history.sessions().row_json(self.row).unwrap_or_default().into()
    }

    fn from_json_text(text: &str) -> Result<Self, Error> {
        let rows = SessionRows::from_json_text(&format!("[{text}]"))?;
        Ok(Session { history: rows.0, row: 0 })
    }

    fn shown(&self, py: Python<'_>) -> PyResult<Vec<Shown>> {
        let start = self.read(|session| session.start_date).map(shown_time);
        Ok(vec![
            ("email", shown_value(py, &self.read(|session| session.email))?),
            ("sname", shown_value(py, &self.read(|session| session.sname))?),
            ("start_date", start.unwrap_or_else(|| "None".to_owned())),
            ("duration", shown_value(py, &self.read(|session| session.duration))?),
            ("max_viewer_count", shown_value(py, &self.read(|session| session.max_viewer_count))?),
        ])
    }

    fn hash_value(&self) -> u64 {
        hashed((
            self.read(|session| session.email),
            self.read(|session| session.start_date),
            self.read(|session| session.end_date),
        ))
    }
}

impl Session {
    fn read<'a, T>(&'a self, field: impl FnOnce(core::Session<'a>) -> Option<T>) -> Option<T> {
        self.history.sessions().get(self.row).and_then(field)
    }
}

wire_class! { UsageHistory {
    /// The sessions, a lazy sequence of `Session`.
    #[getter]
    fn sessions(&self) -> SessionList {
        SessionList(SessionRows(self.0.clone()))
    }

    /// The totals, as computed by the API.
    #[getter]
    fn stats(&self) -> UsageStats {
        UsageStats(self.0.clone())
    }
} }

wire_class! { UsageStats {
    /// The total duration of all sessions, in seconds.
    #[getter]
    fn total_sec(&self) -> Option<i64> {
        self.0.stats().total_sec
    }

    /// The number of sessions.
    #[getter]
    fn total_count(&self) -> Option<i64> {
        self.0.stats().total_count
    }

    /// The totals by user and company; one e-mail address can appear for several companies.
    #[getter]
    fn user_stats(&self) -> UserStatsList {
        UserStatsList(UserRows(self.0.clone()))
    }
} }

wire_class! { UserStats {
    /// The user's e-mail address.
    #[getter]
    fn email(&self) -> &str {
        &self.0.email
    }

    /// The company's short name.
    #[getter]
    fn sname(&self) -> Option<&str> {
        self.0.sname.as_deref()
    }

    /// The company's human-readable name.
    #[getter]
    fn lname(&self) -> Option<&str> {
        self.0.lname.as_deref()
    }

    /// The total duration of this user's sessions, in seconds.
    #[getter]
    fn total_sec(&self) -> i64 {
        self.0.total_sec
    }

    /// The number of this user's sessions.
    #[getter]
    fn total_count(&self) -> i64 {
        self.0.total_count
    }
} }

wire_class! { Session {
    /// The presenter's e-mail address.
    #[getter]
    fn email(&self) -> Option<&str> {
        self.read(|session| session.email)
    }

    /// The company's short name.
    #[getter]
    fn sname(&self) -> Option<&str> {
        self.read(|session| session.sname)
    }

    /// The company's human-readable name.
    #[getter]
    fn lname(&self) -> Option<&str> {
        self.read(|session| session.lname)
    }

    /// The time at which the session began.
    #[getter]
    fn start_date<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.read(|session| session.start_date).to_python(py)
    }

    /// The time at which the session ended.
    #[getter]
    fn end_date<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.read(|session| session.end_date).to_python(py)
    }

    /// The duration in seconds: `end_date - start_date`.
    #[getter]
    fn duration(&self) -> Option<i64> {
        self.read(|session| session.duration)
    }

    /// The largest number of viewers at one time (`viewer_info.max_viewer_count` in the raw JSON).
    #[getter]
    fn max_viewer_count(&self) -> Option<i64> {
        self.read(|session| session.max_viewer_count)
    }
} }

/// Returns the raw JSON of a part of a history, or `None` for any other value.
pub fn raw_json(value: &Bound<'_, PyAny>) -> Option<Value> {
    fn of<T: mapping::Model>(value: &Bound<'_, PyAny>) -> Option<Value> {
        serde_json::from_str(&value.cast::<T>().ok()?.get().json_text()).ok()
    }
    of::<Session>(value)
        .or_else(|| of::<UserStats>(value))
        .or_else(|| of::<UsageStats>(value))
        .or_else(|| of::<UsageHistory>(value))
}

/// Adds the classes to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    mapping::add::<UsageHistory>(module)?;
    mapping::add::<UsageStats>(module)?;
    mapping::add::<UserStats>(module)?;
    mapping::add::<Session>(module)?;
    add::<SessionList>(module)?;
    add::<UserStatsList>(module)
}
