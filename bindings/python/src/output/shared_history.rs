//! A usage history with the Python strings of its rows: the rows of a history repeat few e-mail addresses
//! and companies.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use crankwheel::UsageHistory;
use crankwheel::table::Dictionary;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyString;

/// A usage history. Clones share its strings.
#[derive(Clone)]
pub struct SharedHistory(Arc<Parts>);

struct Parts {
    history: UsageHistory,
    email: Strings,
    sname: Strings,
    lname: Strings,
}

impl From<UsageHistory> for SharedHistory {
    fn from(history: UsageHistory) -> Self {
        let [email, sname, lname] = [(); 3].map(|()| Strings::default());
        SharedHistory(Arc::new(Parts { history, email, sname, lname }))
    }
}

impl Deref for SharedHistory {
    type Target = UsageHistory;

    fn deref(&self) -> &UsageHistory {
        &self.0.history
    }
}

impl PartialEq for SharedHistory {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl SharedHistory {
    /// Returns the presenter's e-mail address of a session.
    pub fn email<'py>(&self, py: Python<'py>, row: usize) -> Option<Bound<'py, PyString>> {
        self.0.email.get(py, self.sessions().email(), row)
    }

    /// Returns the company's short name of a session.
    pub fn sname<'py>(&self, py: Python<'py>, row: usize) -> Option<Bound<'py, PyString>> {
        self.0.sname.get(py, self.sessions().sname(), row)
    }

    /// Returns the company's human-readable name of a session.
    pub fn lname<'py>(&self, py: Python<'py>, row: usize) -> Option<Bound<'py, PyString>> {
        self.0.lname.get(py, self.sessions().lname(), row)
    }
}

/// The Python strings of a column, each created by the first row that is asked for it.
#[derive(Default)]
struct Strings(OnceLock<Box<[PyOnceLock<Py<PyString>>]>>);

/// Strings that are repeated less often than this are not kept: they would take more memory than the
/// columns.
const REPEATED: usize = 8;

impl Strings {
    fn get<'py>(&self, py: Python<'py>, column: &Dictionary, row: usize) -> Option<Bound<'py, PyString>> {
        let distinct = column.len();
        if distinct.saturating_mul(REPEATED) > column.codes().len() {
            return column.get(row).map(|text| PyString::new(py, text));
        }
        // Null has a code that no value has.
        let code = *column.codes().get(row)?;
        let strings = self.0.get_or_init(|| (0..distinct).map(|_| PyOnceLock::new()).collect());
        let string = strings.get(usize::try_from(code).ok()?)?;
        let string =
            string.get_or_init(py, || PyString::new(py, column.value(code).unwrap_or_default()).unbind());
        Some(string.bind(py).clone())
    }
}
