//! Functions that return the API key. The core decides when it needs a key; whoever waits for the call
//! then calls the function: a waiting thread through a separate thread, an event loop on itself.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use crankwheel::{KeyFunctionError, KeyFuture};
use futures_util::FutureExt;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyDict, PyTuple};
use tokio::sync::oneshot;

use super::context::CallerContext;
use crate::input::class_of;

/// A request of the core for the current key.
pub struct KeyRequest(oneshot::Sender<Result<String, KeyFunctionError>>);

/// Passes a request to the thread or event loop that waits for the call.
pub type Asker = Arc<dyn Fn(KeyRequest) + Send + Sync>;

tokio::task_local! {
    static ASKER: Asker;
}

/// Runs a call whose key requests are passed to `asker`.
pub fn asking<F: Future>(asker: Asker, call: F) -> impl Future<Output = F::Output> {
    ASKER.scope(asker, call)
}

/// Requests the key for the current call. The core calls it.
pub fn request_key() -> KeyFuture {
    let (reply, returned) = oneshot::channel();
    // Without anyone who waits, the request is dropped here, and the call fails.
    let _ = ASKER.try_with(|asker| asker(KeyRequest(reply)));
    async move { Ok(returned.await??) }.boxed()
}

impl KeyRequest {
    /// Calls a function in a thread, in the context of the caller. The thread is a daemon: a function
    /// that hangs keeps neither the call nor the interpreter from ending.
    pub fn call_in_a_thread(self, function: &Bound<'_, PyAny>, context: &CallerContext) -> PyResult<()> {
        let py = function.py();
        let key = function.clone().unbind();
        let reply = Mutex::new(Some(self));
        let work = move |arguments: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| {
            let reply = reply.lock().unwrap_or_else(PoisonError::into_inner).take();
            let returned = key.bind(arguments.py()).call0();
            if let Some(request) = reply {
                request.reply(returned.map(refuse_awaitable));
            }
        };
        let work = PyCFunction::new_closure(py, None, None, work)?;
        let options = PyDict::new(py);
        options.set_item("target", context.method(py, "run")?)?;
        options.set_item("args", (work,))?;
        options.set_item("name", "crankwheel-key")?;
        options.set_item("daemon", true)?;
        let thread = py.import("threading")?.getattr("Thread")?.call((), Some(&options))?;
        thread.call_method0("start").map(drop)
    }

    /// Calls a function on the running event loop, in the context of the caller. Returns the task that
    /// awaits its key, if the function is asynchronous.
    pub fn call_on_the_loop(
        self,
        function: &Bound<'_, PyAny>,
        context: &CallerContext,
    ) -> PyResult<Option<Py<PyAny>>> {
        let py = function.py();
        let returned = match context.call(function, []) {
            Ok(awaitable) if awaitable.hasattr("__await__")? => awaitable,
            Err(error) if !error.is_instance_of::<PyException>(py) => return Err(error),
            returned => {
                self.reply(returned);
                return Ok(None);
            }
        };
        let ensure = py.import("asyncio")?.getattr("ensure_future")?;
        let task = context.call(&ensure, [returned])?;
        let reply = Mutex::new(Some(self));
        let done = move |arguments: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| -> PyResult<()> {
            let task = arguments.get_item(0)?;
            let request = reply.lock().unwrap_or_else(PoisonError::into_inner).take();
            // Of a cancelled task, nobody waits for the key.
            if let Some(request) = request
                && !task.call_method0("cancelled")?.is_truthy()?
            {
                request.reply(task.call_method0("result"));
            }
            Ok(())
        };
        let done = PyCFunction::new_closure(py, None, None, done)?;
        context.call(&task.getattr("add_done_callback")?, [done.into_any()])?;
        Ok(Some(task.unbind()))
    }

    /// Fulfils the request with what the function returned or raised.
    fn reply(self, returned: PyResult<Bound<'_, PyAny>>) {
        // The call may have ended meanwhile.
        let _ = self.0.send(read(returned));
    }
}

/// Reads what the function returned. Its own error could quote the key, so only its class is in the
/// message.
fn read(returned: PyResult<Bound<'_, PyAny>>) -> Result<String, KeyFunctionError> {
    let failure = |message, cause| KeyFunctionError { message, cause };
    let value = returned.map_err(|error| {
        Python::attach(|py| {
            let exception = error.into_value(py).into_any();
            let message =
                format!("the function that returns the key failed ({})", class_of(exception.bind(py)));
            failure(message, Some(Arc::new(exception) as _))
        })
    })?;
    value.extract::<String>().map_err(|_| {
        let got = class_of(&value);
        let advice =
            if got == "coroutine" { "; use AsyncCrankWheel for an asynchronous function" } else { "" };
        failure(format!("the function must return a string, got {got}{advice}"), None)
    })
}

/// Closes a coroutine that nobody awaits, so that Python does not warn about it.
fn refuse_awaitable(value: Bound<'_, PyAny>) -> Bound<'_, PyAny> {
    if value.hasattr("__await__").unwrap_or_default() {
        let _ = value.call_method0("close");
    }
    value
}

/// Returns the current key at once, for an impersonation key.
pub fn key_now(function: &Bound<'_, PyAny>) -> Result<String, KeyFunctionError> {
    read(function.call0().map(refuse_awaitable))
}
