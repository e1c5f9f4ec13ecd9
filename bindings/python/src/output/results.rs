//! Results of operations: Rust data on worker threads, Python objects on the caller's thread.

use crankwheel as core;
use pyo3::prelude::*;

use super::convert::ToPython;
use super::history::UsageHistory;
use super::list::{ClientList, LoginOptionList, PlanList};
use super::raw::RawBody;
use super::secret::LoginLink;

/// The result of any operation.
pub struct Output(Box<dyn ToPython + Send>);

impl Output {
    pub fn new(result: impl ToPython + Send + 'static) -> Self {
        Output(Box::new(result))
    }

    /// Converts the result to the object that the caller receives.
    pub fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        self.0.into_python(py)
    }
}

impl ToPython for () {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(py.None().into_bound(py))
    }
}

impl ToPython for (core::Client, bool) {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let (client, created) = self;
        Ok((client.to_python(py)?, *created).into_pyobject(py)?.into_any())
    }

    fn into_python(self: Box<Self>, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        let (client, created) = *self;
        Ok((Box::new(client).into_python(py)?, created).into_pyobject(py)?.into_any())
    }
}

/// Wraps a result in a Python class. Cloning these results is cheap: clones share their data.
macro_rules! as_class {
    ($($result:ty => $class:expr;)*) => {
        $(
            impl ToPython for $result {
                fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                    Ok(Bound::new(py, $class(self.clone()))?.into_any())
                }
            }
        )*
    };
}

as_class! {
    core::List<core::Client> => ClientList;
    core::List<core::Plan> => PlanList;
    core::List<core::LoginOption> => LoginOptionList;
    core::UsageHistory => UsageHistory::from;
    core::LoginLink => LoginLink;
    core::RawBody => RawBody::from;
}
