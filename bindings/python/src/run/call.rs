//! A prepared call, and the ways to run it: for a waiting thread, for an event loop, or as a dry
//! run.

use std::sync::{Arc, Mutex, PoisonError};

use crankwheel::{Call, Progress};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tokio::sync::mpsc::unbounded_channel;

use super::completion::{self, Ticket};
use super::context::CallerContext;
use super::ended::{lost, result};
use super::keys::{Asker, asking};
use super::logging::{CallLog, logged};
use super::runtime;
use super::waiting::{Delivery, Event, Waiting};
use crate::logger::write_warnings;
use crate::output::{DryRun, Output, Result, ToPython};

/// One operation with its arguments. It can be run once.
#[pyclass(frozen, module = "crankwheel._native")]
pub struct PreparedCall {
    call: Mutex<Option<Call<Output>>>,
    /// The progress, and the Python object that reports it.
    watch: Mutex<Option<(Progress, Py<PyAny>)>>,
    /// The function that returns the key, if it is not fixed.
    key: Option<Py<PyAny>>,
}

impl PreparedCall {
    pub fn new<T: ToPython + Send + 'static>(call: Call<T>, key: Option<Py<PyAny>>) -> Self {
        PreparedCall { call: Mutex::new(Some(call.map(Output::new))), watch: Mutex::new(None), key }
    }

    fn take(&self) -> PyResult<Call<Output>> {
        let call = self.call.lock().unwrap_or_else(PoisonError::into_inner).take();
        call.ok_or_else(|| PyRuntimeError::new_err("the call was already sent"))
    }

    fn watched(&self, py: Python<'_>) -> Option<(Progress, Py<PyAny>)> {
        let watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch.as_ref().map(|(progress, watch)| (progress.clone(), watch.clone_ref(py)))
    }

    fn wait<'py>(&self, py: Python<'py>, raw: bool, on_workers: bool) -> PyResult<Bound<'py, PyAny>> {
        let watch = self.watched(py);
        let log = CallLog::begin(py)?;
        let (sender, keys) = unbounded_channel();
        let asker: Asker = Arc::new(move |request| drop(sender.send(request)));
        let callers = runtime::callers()?;
        let call = self.take()?;
        // Until this returns, closing the client waits.
        let _delivery = Delivery::new(call.in_flight());
        let warnings = call.warnings();
        let call = asking(asker, logged(log.clone(), call.run(raw)));
        let mut waiting = if on_workers {
            Waiting::for_workers(callers, runtime::workers()?, call, keys)
        } else {
            Waiting::new(callers, call, keys)
        };
        let ended = loop {
            match waiting.next(py) {
                Event::Ended(ended) => break ended.ok_or_else(lost),
                Event::Key(request) => {
                    // Without a function, nobody requests a key.
                    if let Some(key) = &self.key {
                        request.call_in_a_thread(key.bind(py), &CallerContext::copy(py)?)?;
                    }
                }
                Event::Slice => {
                    let report = || match &watch {
                        Some((progress, watch)) => watch.call1(py, (counts(progress), false)).map(drop),
                        None => Ok(()),
                    };
                    if let Err(interrupt) = py.check_signals().and_then(|()| report()) {
                        if let Some(log) = &log {
                            log.cancel();
                        }
                        break Err(interrupt);
                    }
                }
            }
            // A handler of a signal can fork.
            waiting.check_fork()?;
        };
        waiting.end(py);
        if let Some(log) = log {
            log.write(py)?;
        }
        write_warnings(py, &warnings.take())?;
        let value = result(py, ended?, raw)?;
        if let Some((progress, watch)) = watch {
            watch.call1(py, (counts(&progress), true))?;
        }
        Ok(value)
    }
}

/// The bytes received, their total if it is known, and the rows.
type Counts = (u64, Option<u64>, u64);

fn counts(progress: &Progress) -> Counts {
    (progress.received_bytes(), progress.total_bytes(), progress.rows())
}

#[pymethods]
impl PreparedCall {
    /// Runs the call and waits. Signals are checked meanwhile, so Ctrl-C ends the wait and drops
    /// the request.
    fn run<'py>(&self, py: Python<'py>, raw: bool) -> PyResult<Bound<'py, PyAny>> {
        self.wait(py, raw, false)
    }

    /// Runs the call on worker threads and waits, for a client whose other calls run there.
    fn run_on_workers<'py>(&self, py: Python<'py>, raw: bool) -> PyResult<Bound<'py, PyAny>> {
        self.wait(py, raw, true)
    }

    /// Lets `run` call `watch` with the progress while it waits, and at the end.
    fn watch(&self, watch: Py<PyAny>) {
        let progress = Progress::new();
        let mut call = self.call.lock().unwrap_or_else(PoisonError::into_inner);
        *call = call.take().map(|call| call.with_progress(&progress));
        *self.watch.lock().unwrap_or_else(PoisonError::into_inner) = Some((progress, watch));
    }

    /// The object that reports progress.
    #[getter]
    fn watcher(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.watched(py).map(|(_, watch)| watch)
    }

    /// Returns the progress so far.
    fn progress(&self, py: Python<'_>) -> Option<Counts> {
        self.watched(py).map(|(progress, _)| counts(&progress))
    }

    /// Runs the call for the running event loop; the ticket's future receives the result.
    fn start(&self, py: Python<'_>, raw: bool) -> PyResult<Ticket> {
        let call = self.take()?;
        let (in_flight, warnings) = (call.in_flight(), call.warnings());
        completion::start(py, call.run(raw), raw, self.key.as_ref(), warnings, in_flight)
    }

    /// Returns the request that would be sent.
    fn dry_run(&self) -> Result<DryRun> {
        Ok(DryRun::from(self.take()?.dry_run()?))
    }
}
