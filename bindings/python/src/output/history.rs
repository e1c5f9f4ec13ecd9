//! The usage history: columns in the core's memory; rows are created lazily.

use std::borrow::Cow;

use crankwheel::table::{ArrowTable, NULL_INT, ToArrow};
use crankwheel::{self as core, Error};
use jiff::Timestamp;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use serde_json::Value;

use super::convert::ToPython;
use super::error::Failure;
use super::list::{ClientList, Rows, add, sequence};
use super::mapping;
use super::models::Client;
use super::pickled::{clients_of, joined, pickled_with};
use super::shared_history::SharedHistory;
use super::table::Tabular;
use super::usage_stats::{UsageStats, UserStats, UserStatsList};
use super::wire::{Shown, Wire, hashed, shown_time, shown_value, table_class, wire_class};
use crate::scalar;

/// All screen-sharing sessions of a period, and their totals.
///
/// The sessions are stored in columns; each `Session` is created on access.
#[pyclass(frozen, mapping, module = "crankwheel")]
#[derive(PartialEq)]
pub struct UsageHistory(pub SharedHistory);

impl From<core::UsageHistory> for UsageHistory {
    fn from(history: core::UsageHistory) -> Self {
        UsageHistory(history.into())
    }
}

/// One screen-sharing session.
#[pyclass(frozen, mapping, module = "crankwheel")]
pub struct Session {
    history: SharedHistory,
    row: usize,
}

/// The rows of `SessionList`.
#[derive(Clone)]
pub struct SessionRows(SharedHistory);

sequence! {
    /// The sessions of a usage history: a sequence of `Session`, created on access.
    SessionList(SessionRows)
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

    fn table(&self) -> Result<ArrowTable, Error> {
        self.0.to_arrow()
    }

    fn from_json_text(text: &str) -> Result<Self, Error> {
        let history = core::UsageHistory::from_json(&format!("{{\"sessions\":{text}}}"))?;
        Ok(SessionRows(history.into()))
    }

    fn pickled(&self) -> Cow<'_, str> {
        pickled_with(self.0.client_ids(), self.json_text())
    }

    fn from_pickled(text: &str) -> Result<Self, Error> {
        let (clients, text) = clients_of(text);
        let Self(history) = Self::from_json_text(text)?;
        Ok(SessionRows(joined(core::UsageHistory::clone(&history), clients).into()))
    }
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
        core::UsageHistory::from_json(text).map(UsageHistory::from)
    }

    fn pickled(&self) -> Cow<'_, str> {
        pickled_with(self.0.client_ids(), self.json_text())
    }

    fn from_pickled(text: &str) -> Result<Self, Error> {
        let (clients, text) = clients_of(text);
        Ok(joined(core::UsageHistory::from_json(text)?, clients).into())
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

impl Wire for Session {
    const NAMES: &'static [&'static str] =
        &["email", "sname", "lname", "start_date", "end_date", "duration", "max_viewer_count", "client_id"];

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

    fn pickled(&self) -> Cow<'_, str> {
        let own = self.read(|session| session.sname.zip(session.client_id));
        pickled_with(own.map(|own| [own].into_iter()), self.json_text())
    }

    fn from_pickled(text: &str) -> Result<Self, Error> {
        let (clients, text) = clients_of(text);
        let Session { history, row } = Self::from_json_text(text)?;
        Ok(Session { history: joined(core::UsageHistory::clone(&history), clients).into(), row })
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

/// Returns the error for an argument that is not a list of clients.
fn not_clients(value: &Bound<'_, PyAny>) -> Failure {
    scalar::Problem::expected("a ClientList or a sequence of Client", value).of("clients")
}

impl Session {
    fn read<'a, T>(&'a self, field: impl FnOnce(core::Session<'a>) -> Option<T>) -> Option<T> {
        self.history.sessions().get(self.row).and_then(field)
    }

    fn number(&self, column: impl FnOnce(&core::Sessions) -> &[i64]) -> Option<i64> {
        column(self.history.sessions()).get(self.row).copied().filter(|number| *number != NULL_INT)
    }

    fn time(&self, column: impl FnOnce(&core::Sessions) -> &[i64]) -> Option<Timestamp> {
        self.number(column).and_then(|micros| Timestamp::from_microsecond(micros).ok())
    }
}

impl Tabular for UsageHistory {
    fn table(&self) -> Result<ArrowTable, Error> {
        self.0.to_arrow()
    }
}

table_class! { UsageHistory {
    /// The sessions, a lazy sequence of `Session`.
    #[getter]
    fn sessions(&self) -> SessionList {
        SessionList(SessionRows(self.0.clone()))
    }

    /// The totals, as computed by the API.
    #[getter]
    fn stats(&self) -> UsageStats {
        UsageStats(core::UsageHistory::clone(&self.0))
    }

    /// Returns the history with the ids of these clients on its rows.
    fn with_clients(&self, clients: &Bound<'_, PyAny>) -> Result<Self, Failure> {
        if let Ok(clients) = clients.cast::<ClientList>() {
            return Ok(self.0.with_clients(&clients.get().0).into());
        }
        let mut given = Vec::new();
        for client in clients.try_iter().map_err(|_| not_clients(clients))? {
            let client = client?;
            let client = client.cast::<Client>().map_err(|_| not_clients(&client))?;
            given.push((client.get().0.sname.clone(), client.get().0.id));
        }
        Ok(self.0.with_client_ids(given).into())
    }

    /// Counts the meetings of each company as the API does for one client.
    #[pyo3(signature = (min_seconds=None))]
    fn count_meetings<'py>(
        &self,
        py: Python<'py>,
        min_seconds: Option<&Bound<'py, PyAny>>,
    ) -> Result<Bound<'py, PyAny>, Failure> {
        let least = |value| scalar::integer_of::<u32>("an integer from 0 to 4294967295", value);
        let min_seconds = min_seconds.map(least).transpose().map_err(|problem| problem.of("min_seconds"))?;
        let counts = PyDict::new(py);
        for count in self.0.count_meetings(min_seconds) {
            counts.set_item(&*count.sname, count.num_sessions)?;
        }
        Ok(py.import("collections")?.getattr("Counter")?.call1((counts,))?)
    }
} }

wire_class! { Session {
    /// The presenter's e-mail address.
    #[getter]
    fn email<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyString>> {
        self.history.email(py, self.row)
    }

    /// The company's short name.
    #[getter]
    fn sname<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyString>> {
        self.history.sname(py, self.row)
    }

    /// The company's human-readable name.
    #[getter]
    fn lname<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyString>> {
        self.history.lname(py, self.row)
    }

    /// The time at which the session began.
    #[getter]
    fn start_date<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.time(core::Sessions::start_micros).to_python(py)
    }

    /// The time at which the session ended.
    #[getter]
    fn end_date<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.time(core::Sessions::end_micros).to_python(py)
    }

    /// The duration in seconds: `end_date - start_date`.
    #[getter]
    fn duration(&self) -> Option<i64> {
        self.number(core::Sessions::duration)
    }

    /// The largest number of viewers at one time (`viewer_info.max_viewer_count` in the raw JSON).
    #[getter]
    fn max_viewer_count(&self) -> Option<i64> {
        self.number(core::Sessions::max_viewer_count)
    }

    /// The client's id, `None` unless the history has its clients (`with_clients`).
    #[getter]
    fn client_id(&self) -> Option<i64> {
        self.read(|session| session.client_id)
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
