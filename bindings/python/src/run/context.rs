//! The context variables of a call's caller, in which everything runs that the call does in Python.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyCFunction, PyDict, PyTuple};

/// A copy of the caller's context, taken when the call began.
pub struct CallerContext(Py<PyAny>);

impl CallerContext {
    /// Copies the current context, which takes the same time whatever is in it.
    pub fn copy(py: Python<'_>) -> PyResult<Self> {
        static COPY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let context = COPY.import(py, "contextvars", "copy_context")?.call0()?;
        Ok(CallerContext(context.unbind()))
    }

    /// Creates a context without variables.
    pub fn empty(py: Python<'_>) -> PyResult<Self> {
        static CONTEXT: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        Ok(CallerContext(CONTEXT.import(py, "contextvars", "Context")?.call0()?.unbind()))
    }

    /// Returns another reference to the same context.
    pub fn clone_ref(&self, py: Python<'_>) -> Self {
        CallerContext(self.0.clone_ref(py))
    }

    /// Returns a method of the context.
    pub fn method<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        self.0.bind(py).getattr(name)
    }

    /// Calls `callable` in the context.
    pub fn call<'py>(
        &self,
        callable: &Bound<'py, PyAny>,
        arguments: impl IntoIterator<Item = Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = callable.py();
        let arguments: Vec<_> = std::iter::once(callable.clone()).chain(arguments).collect();
        self.0.bind(py).call_method1("run", PyTuple::new(py, arguments)?)
    }

    /// Runs `work` in the context.
    pub fn run<F>(&self, py: Python<'_>, work: F) -> PyResult<()>
    where
        F: FnOnce(Python<'_>) -> PyResult<()> + Send + 'static,
    {
        let once = Mutex::new(Some(work));
        let function = move |arguments: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| {
            let work = once.lock().unwrap_or_else(PoisonError::into_inner).take();
            work.map_or(Ok(()), |work| work(arguments.py()))
        };
        let function = PyCFunction::new_closure(py, None, None, function)?;
        self.call(function.as_any(), []).map(drop)
    }
}
