//! The totals of a usage history.

use std::borrow::Cow;

use crankwheel::table::{ArrowTable, ToArrow};
use crankwheel::{self as core, Error};
use pyo3::prelude::*;
use serde_json::json;

use super::list::{Rows, sequence};
use super::pickled::{clients_of, joined, pickled_with};
use super::wire::{Shown, Wire, hashed, shown_value, wire_class};

/// The totals of a usage history, as computed by the API.
#[pyclass(frozen, mapping, module = "crankwheel")]
pub struct UsageStats(pub core::UsageHistory);

/// The totals of one user at one company.
#[pyclass(frozen, mapping, module = "crankwheel")]
#[derive(PartialEq)]
pub struct UserStats(core::UserStats);

/// The rows of `UserStatsList`.
#[derive(Clone)]
pub struct UserRows(core::UsageHistory);

sequence! {
    /// The totals by user and company: a sequence of `UserStats`.
    UserStatsList(UserRows)
}

impl PartialEq for UsageStats {
    fn eq(&self, other: &Self) -> bool {
        self.0.stats() == other.0.stats()
    }
}

impl PartialEq for UserRows {
    fn eq(&self, other: &Self) -> bool {
        self.0.stats().user_stats == other.0.stats().user_stats
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

    fn table(&self) -> Result<ArrowTable, Error> {
        self.0.stats().to_arrow()
    }

    fn from_json_text(text: &str) -> Result<Self, Error> {
        core::UsageHistory::from_json(&format!("{{\"stats\":{{\"user_stats\":{text}}},\"sessions\":null}}"))
            .map(UserRows)
    }

    fn pickled(&self) -> Cow<'_, str> {
        pickled_with(self.0.client_ids(), self.json_text())
    }

    fn from_pickled(text: &str) -> Result<Self, Error> {
        let (clients, text) = clients_of(text);
        Ok(UserRows(joined(Self::from_json_text(text)?.0, clients)))
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

    fn pickled(&self) -> Cow<'_, str> {
        pickled_with(self.0.client_ids(), self.json_text())
    }

    fn from_pickled(text: &str) -> Result<Self, Error> {
        let (clients, text) = clients_of(text);
        Ok(UsageStats(joined(Self::from_json_text(text)?.0, clients)))
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
    const NAMES: &'static [&'static str] =
        &["email", "sname", "lname", "total_sec", "total_count", "client_id"];

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
        Self::from_pickled(text)
    }

    fn pickled(&self) -> Cow<'_, str> {
        let own = self.0.sname.as_deref().zip(self.0.client_id);
        pickled_with(own.map(|own| [own].into_iter()), self.json_text())
    }

    fn from_pickled(text: &str) -> Result<Self, Error> {
        let (clients, text) = clients_of(text);
        let history = joined(UserRows::from_json_text(&format!("[{text}]"))?.0, clients);
        let first = history.stats().user_stats.first().cloned();
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

    /// The client's id, `None` unless the history has its clients (`with_clients`).
    #[getter]
    fn client_id(&self) -> Option<i64> {
        self.0.client_id
    }
} }
