//! What operations return: plain data while it travels between threads, Python objects on the caller's thread.

use crankwheel as core;
use pyo3::prelude::*;

use super::convert::ToPython;
use super::history::UsageHistory;
use super::list::{ClientList, LoginOptionList, PlanList};
use super::raw::RawBody;
use super::secret::LoginLink;

/// The value of any operation.
pub enum Output {
    Nothing,
    Client(Box<core::Client>),
    Found(Option<Box<core::Client>>),
    Created(Box<core::Client>, bool),
    Clients(core::List<core::Client>),
    Usage(Box<core::ClientUsage>),
    Billing(Box<core::ClientBilling>),
    Overview(Box<core::BillingOverview>),
    History(core::UsageHistory),
    Plans(core::List<core::Plan>),
    Link(core::LoginLink),
    LoginOptions(core::List<core::LoginOption>),
    Body(core::RawBody),
}

impl Output {
    /// The object that the caller receives.
    pub fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        match self {
            Output::Nothing => Ok(py.None().into_bound(py)),
            Output::Client(it) => it.to_python(py),
            Output::Found(it) => it.as_deref().to_python(py),
            Output::Created(it, created) => Ok((it.to_python(py)?, created).into_pyobject(py)?.into_any()),
            Output::Clients(it) => Ok(Bound::new(py, ClientList(it))?.into_any()),
            Output::Usage(it) => it.to_python(py),
            Output::Billing(it) => it.to_python(py),
            Output::Overview(it) => it.to_python(py),
            Output::History(it) => Ok(Bound::new(py, UsageHistory(it))?.into_any()),
            Output::Plans(it) => Ok(Bound::new(py, PlanList(it))?.into_any()),
            Output::Link(it) => Ok(Bound::new(py, LoginLink(it))?.into_any()),
            Output::LoginOptions(it) => Ok(Bound::new(py, LoginOptionList(it))?.into_any()),
            Output::Body(it) => Ok(Bound::new(py, RawBody::from(it))?.into_any()),
        }
    }
}
