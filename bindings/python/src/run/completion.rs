//! Delivers results to event loops.
//!
//! Each loop has one queue. A worker thread adds its result and, if the queue was empty, wakes the
//! loop with one byte on a socket that the loop reads. The loop then takes all results and sets the
//! futures. No worker attaches to the interpreter: nothing waits for it at exit, and many results
//! cost one wake-up. Loops that cannot watch a socket (Windows' proactor) are woken by
//! `call_soon_threadsafe` instead.

use std::collections::HashMap;
use std::future::Future;
use std::mem;
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crankwheel::Warnings;
use pyo3::exceptions::{PyException, PyNotImplementedError, PyRuntimeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use tokio::task::AbortHandle;

use super::context::CallerContext;
use super::ended::{End, Ended, lost, result};
use super::keys::{Asker, KeyRequest, asking};
use super::logging::{CallLog, logged};
use super::runtime;
use crate::logger::write_warnings;

/// The completion queue of one event loop.
#[pyclass(frozen, weakref, module = "crankwheel._native")]
pub struct Queue {
    /// The process that created it: a forked child must not use its parent's queue.
    process: u32,
    shared: Arc<Shared>,
    waiting: Mutex<Waiting>,
}

/// The calls that have not ended, by number. Only the loop's thread uses them.
#[derive(Default)]
struct Waiting {
    next: u64,
    calls: HashMap<u64, Waiter>,
}

/// A call that has not ended.
struct Waiter {
    future: Py<PyAny>,
    /// True if the caller wants the raw response.
    raw: bool,
    log: Option<CallLog>,
    warnings: Warnings,
    context: CallerContext,
    /// The function that returns the key, and the task that awaits it.
    key: Option<Py<PyAny>>,
    key_task: Option<Py<PyAny>>,
    _counted: Counted,
}

/// The number of calls, of all loops, whose future has no result yet.
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// Weak references to the loop that made the last call, and to its queue.
static LAST: Mutex<Option<(Py<PyAny>, Py<PyAny>)>> = Mutex::new(None);

/// Counts a call in `WAITING` while it exists.
struct Counted;

impl Counted {
    fn new() -> Self {
        WAITING.fetch_add(1, Ordering::SeqCst);
        Counted
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        WAITING.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Returns true if no loop has to receive the result of a call.
pub fn none_waiting() -> bool {
    WAITING.load(Ordering::SeqCst) == 0
}

/// A message of a worker thread to the loop.
enum Message {
    Key(KeyRequest),
    /// The result; `None` if the task ended without one.
    Ended(Option<End>),
}

/// The part of a queue that worker threads use.
struct Shared {
    done: Mutex<Vec<(u64, Message)>>,
    bell: Bell,
}

/// The means to wake a loop.
enum Bell {
    #[cfg(unix)]
    Socket(unix::Bell),
    /// Weak references to the loop and to the queue.
    Call(Mutex<Option<(Py<PyAny>, Py<PyAny>)>>),
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A started call: its future, and the task to abort.
#[pyclass(frozen, module = "crankwheel._native")]
pub struct Ticket {
    future: Py<PyAny>,
    number: u64,
    task: AbortHandle,
    queue: Py<Queue>,
}

#[pymethods]
impl Ticket {
    #[getter]
    fn future(&self, py: Python<'_>) -> Py<PyAny> {
        self.future.clone_ref(py)
    }

    /// Drops the request, unless it has ended.
    fn cancel(&self, py: Python<'_>) -> PyResult<()> {
        self.task.abort();
        let waiter = lock(&self.queue.get().waiting).calls.remove(&self.number);
        let Some(waiter) = waiter else { return Ok(()) };
        if let Some(log) = &waiter.log {
            log.cancel();
        }
        waiter.cancel_key_task(py).and(waiter.report(py))
    }
}

impl Waiter {
    /// Sets the result of the future, unless it is done.
    fn settle(&self, py: Python<'_>, ended: Option<End>) -> PyResult<()> {
        let future = self.future.bind(py);
        let value = match ended {
            Some(End::Call(ended)) => result(py, ended, self.raw),
            Some(End::Drained) => Ok(py.None().into_bound(py)),
            None => Err(lost()),
        };
        let set = match value {
            Ok(value) => future.call_method1(intern!(py, "set_result"), (value,)),
            Err(error) => future.call_method1(intern!(py, "set_exception"), (error.into_value(py),)),
        };
        match set {
            // Ctrl-C while the future woke its task.
            Err(error) if !error.is_instance_of::<PyException>(py) => Err(error),
            // A cancelled future accepts no result.
            Err(error) if !future.call_method0(intern!(py, "done"))?.is_truthy()? => Err(error),
            _ => Ok(()),
        }
    }

    /// Cancels the task that awaits the key: no call needs it any more.
    fn cancel_key_task(&self, py: Python<'_>) -> PyResult<()> {
        self.key_task.as_ref().map_or(Ok(()), |task| task.call_method0(py, "cancel").map(drop))
    }

    /// Writes the log lines of the call, in the context of its caller.
    fn report(&self, py: Python<'_>) -> PyResult<()> {
        let (log, warnings) = (self.log.clone(), self.warnings.take());
        if log.is_none() && warnings.is_empty() {
            return Ok(());
        }
        self.context.run(py, move |py| {
            log.map_or(Ok(()), |log| log.write(py))?;
            write_warnings(py, &warnings)
        })
    }
}

impl Queue {
    /// Returns the queue of a loop, which is created at the loop's first call.
    fn of<'py>(event_loop: &Bound<'py, PyAny>) -> PyResult<Bound<'py, Queue>> {
        static QUEUES: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        if let Some(queue) = Queue::last_used(event_loop) {
            return Ok(queue);
        }
        let py = event_loop.py();
        // By loop, and removed with it.
        let queues = QUEUES
            .get_or_try_init(py, || {
                py.import("weakref")?.call_method0("WeakKeyDictionary").map(Bound::unbind)
            })?
            .bind(py);
        let cached = queues.call_method1("get", (event_loop,))?;
        let queue = match cached.cast_into::<Queue>() {
            Ok(queue) if queue.get().process == process::id() => queue,
            cached => {
                // A fork inherited it from the parent, which uses it: it must not be closed here.
                if let Ok(inherited) = cached {
                    mem::forget(inherited);
                }
                let queue = Queue::watched_by(event_loop)?;
                queues.set_item(event_loop, &queue)?;
                queue
            }
        };
        let weak = py.import("weakref")?.getattr("ref")?;
        *lock(&LAST) = Some((weak.call1((event_loop,))?.unbind(), weak.call1((&queue,))?.unbind()));
        Ok(queue)
    }

    /// Returns the queue of the loop that made the last call, if it is this one: a program usually has
    /// one loop, and looking for its queue would take a tenth of the time that a call takes on it.
    fn last_used<'py>(event_loop: &Bound<'py, PyAny>) -> Option<Bound<'py, Queue>> {
        let py = event_loop.py();
        let last = lock(&LAST).as_ref().map(|(of, queue)| (of.clone_ref(py), queue.clone_ref(py)));
        let (of, queue) = last?;
        if !of.bind(py).call0().ok()?.is(event_loop) {
            return None;
        }
        let queue = queue.bind(py).call0().ok()?.cast_into::<Queue>().ok()?;
        (queue.get().process == process::id()).then_some(queue)
    }

    #[cfg(unix)]
    fn watched_by<'py>(running: &Bound<'py, PyAny>) -> PyResult<Bound<'py, Queue>> {
        let py = running.py();
        let bell = unix::Bell::new()?;
        let number = bell.number();
        let queue = Queue::new(py, Bell::Socket(bell))?;
        // The loop calls `drain` in the context in which it was added. That of the first caller would
        // stay alive with the loop.
        let arguments = [number.into_pyobject(py)?.into_any(), queue.getattr("drain")?];
        match CallerContext::empty(py)?.call(&running.getattr("add_reader")?, arguments) {
            Ok(_) => Ok(queue),
            Err(error) if error.is_instance_of::<PyNotImplementedError>(py) => Queue::called_by(running),
            Err(error) => Err(error),
        }
    }

    #[cfg(not(unix))]
    fn watched_by<'py>(running: &Bound<'py, PyAny>) -> PyResult<Bound<'py, Queue>> {
        Queue::called_by(running)
    }

    fn called_by<'py>(running: &Bound<'py, PyAny>) -> PyResult<Bound<'py, Queue>> {
        let py = running.py();
        exit::watch(py)?;
        let queue = Queue::new(py, Bell::Call(Mutex::new(None)))?;
        let weak = py.import("weakref")?.getattr("ref")?;
        if let Bell::Call(ends) = &queue.get().shared.bell {
            *lock(ends) = Some((weak.call1((running,))?.unbind(), weak.call1((&queue,))?.unbind()));
        }
        Ok(queue)
    }

    fn new(py: Python<'_>, bell: Bell) -> PyResult<Bound<'_, Queue>> {
        let shared = Arc::new(Shared { done: Mutex::default(), bell });
        Bound::new(py, Queue { process: process::id(), shared, waiting: Mutex::default() })
    }
}

/// Runs a call; the running loop receives its result through the queue. `in_flight` is dropped after
/// that.
pub fn start(
    py: Python<'_>,
    call: impl Future<Output = Ended> + Send + 'static,
    raw: bool,
    key: Option<&Py<PyAny>>,
    warnings: Warnings,
    in_flight: impl Send + 'static,
) -> PyResult<Ticket> {
    let (log, context) = (CallLog::begin(py)?, CallerContext::copy(py)?);
    let call = logged(log.clone(), call);
    let key = key.map(|key| key.clone_ref(py));
    let waiter = |future| Waiter {
        future,
        raw,
        log,
        warnings,
        context,
        key,
        key_task: None,
        _counted: Counted::new(),
    };
    let call = |asker| async move { End::Call(asking(asker, call).await) };
    enqueue(py, waiter, call, in_flight)
}

/// Runs the draining of a client; its end is reported to the running loop through the queue.
pub fn start_draining(py: Python<'_>, drain: impl Future<Output = ()> + Send + 'static) -> PyResult<Ticket> {
    let context = CallerContext::copy(py)?;
    let waiter = |future| Waiter {
        future,
        raw: false,
        log: None,
        warnings: Warnings::default(),
        context,
        key: None,
        key_task: None,
        _counted: Counted::new(),
    };
    let drain = |_| async move {
        drain.await;
        End::Drained
    };
    enqueue(py, waiter, drain, ())
}

/// Spawns a task, whose end the running loop receives.
fn enqueue<F: Future<Output = End> + Send + 'static>(
    py: Python<'_>,
    waiter: impl FnOnce(Py<PyAny>) -> Waiter,
    task: impl FnOnce(Asker) -> F,
    in_flight: impl Send + 'static,
) -> PyResult<Ticket> {
    let event_loop = running_loop(py)?;
    let queue = Queue::of(&event_loop)?;
    let runtime = runtime::workers()?;
    let future = event_loop.call_method0(intern!(py, "create_future"))?.unbind();
    let number = {
        let mut waiting = lock(&queue.get().waiting);
        let number = waiting.next;
        waiting.next += 1;
        waiting.calls.insert(number, waiter(future.clone_ref(py)));
        number
    };
    let shared = &queue.get().shared;
    let asked = Arc::clone(shared);
    let asker: Asker = Arc::new(move |request| asked.push(number, Message::Key(request)));
    let task = task(asker);
    let delivery = Delivery { number, shared: Arc::clone(shared), delivered: false };
    let task = runtime.spawn(async move {
        // Dropped last, also if the task is aborted.
        let _in_flight = in_flight;
        let delivery = delivery;
        delivery.deliver(task.await);
    });
    Ok(Ticket { future, number, task: task.abort_handle(), queue: queue.unbind() })
}

fn running_loop(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    static RUNNING: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    RUNNING.import(py, "asyncio", "get_running_loop")?.call0().map_err(|cause| {
        let error = PyRuntimeError::new_err(
            "AsyncCrankWheel: must be used in a task of asyncio or trio; use CrankWheel elsewhere",
        );
        error.set_cause(py, Some(cause));
        error
    })
}

#[pymethods]
impl Queue {
    /// Sets the futures of all calls that have ended. Called by the loop.
    fn drain(&self, py: Python<'_>) -> PyResult<()> {
        self.shared.bell.silence();
        let done = mem::take(&mut *lock(&self.shared.done));
        // Setting a future runs Python code, and so does a log handler: Ctrl-C there must not lose
        // other results.
        let mut interrupt = Ok(());
        for (number, message) in done {
            let result = match message {
                Message::Key(request) => self.call_key_function(py, number, request),
                Message::Ended(ended) => {
                    // A cancelled call was removed.
                    let Some(waiter) = lock(&self.waiting).calls.remove(&number) else { continue };
                    waiter.report(py).and(waiter.cancel_key_task(py)).and(waiter.settle(py, ended))
                }
            };
            interrupt = interrupt.and(result);
        }
        interrupt
    }
}

impl Queue {
    fn call_key_function(&self, py: Python<'_>, number: u64, request: KeyRequest) -> PyResult<()> {
        let call = lock(&self.waiting).calls.get(&number).and_then(|waiter| {
            let key = waiter.key.as_ref()?.clone_ref(py);
            Some((key, waiter.context.clone_ref(py)))
        });
        let Some((key, context)) = call else { return Ok(()) };
        // The lock is not held here: the function can start calls itself.
        let task = request.call_on_the_loop(key.bind(py), &context)?;
        match lock(&self.waiting).calls.get_mut(&number) {
            Some(waiter) => waiter.key_task = task,
            // The function has cancelled the call.
            None => drop(task.map(|task| task.call_method0(py, "cancel")).transpose()?),
        }
        Ok(())
    }
}

/// Adds the result of one call to its queue, or `None` if its task ends early.
struct Delivery {
    number: u64,
    shared: Arc<Shared>,
    delivered: bool,
}

impl Delivery {
    fn deliver(mut self, ended: End) {
        self.delivered = true;
        self.shared.push(self.number, Message::Ended(Some(ended)));
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        if !self.delivered {
            self.shared.push(self.number, Message::Ended(None));
        }
    }
}

impl Shared {
    fn push(&self, number: u64, message: Message) {
        let first = {
            let mut done = lock(&self.done);
            done.push((number, message));
            done.len() == 1
        };
        if first {
            self.bell.ring();
        }
    }
}

impl Bell {
    fn ring(&self) {
        match self {
            #[cfg(unix)]
            Bell::Socket(bell) => bell.ring(),
            // Not while the interpreter exits: no loop is left to wake.
            Bell::Call(ends) => exit::unless_ending(|| {
                Python::try_attach(|py| {
                    let ends =
                        lock(ends).as_ref().map(|(one, other)| (one.clone_ref(py), other.clone_ref(py)));
                    let Some((running, queue)) = ends else { return };
                    // A closed loop refuses the call, but no future of it is awaited any more.
                    let _ = wake(running.bind(py), queue.bind(py));
                });
            }),
        }
    }

    fn silence(&self) {
        match self {
            #[cfg(unix)]
            Bell::Socket(bell) => bell.silence(),
            Bell::Call(_) => {}
        }
    }
}

fn wake(running: &Bound<'_, PyAny>, queue: &Bound<'_, PyAny>) -> PyResult<()> {
    let (running, queue) = (running.call0()?, queue.call0()?);
    if !running.is_none() && !queue.is_none() {
        running.call_method1("call_soon_threadsafe", (queue.getattr("drain")?,))?;
    }
    Ok(())
}

mod exit {
    //! Keeps worker threads out of an interpreter that exits: a thread that waits for it then would
    //! be killed, which can abort the program. Needed only if workers call Python at all
    //! ([`Bell::Call`](super::Bell)).

    use std::process;
    use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
    use std::thread;

    use pyo3::prelude::*;
    use pyo3::wrap_pyfunction;

    /// The process that the other two belong to; a forked child resets them.
    static PROCESS: AtomicU32 = AtomicU32::new(0);
    static INSIDE: AtomicUsize = AtomicUsize::new(0);
    static ENDING: AtomicBool = AtomicBool::new(false);

    /// Runs `call`, which calls Python from a worker thread, unless the interpreter exits.
    pub fn unless_ending(call: impl FnOnce()) {
        INSIDE.fetch_add(1, Ordering::SeqCst);
        if !ENDING.load(Ordering::SeqCst) {
            call();
        }
        INSIDE.fetch_sub(1, Ordering::SeqCst);
    }

    /// Registers for the exit of the interpreter, once in a process.
    pub fn watch(py: Python<'_>) -> PyResult<()> {
        if PROCESS.swap(process::id(), Ordering::SeqCst) == process::id() {
            return Ok(());
        }
        INSIDE.store(0, Ordering::SeqCst);
        ENDING.store(false, Ordering::SeqCst);
        let module = py.import("crankwheel._native")?;
        py.import("atexit")?.call_method1("register", (wrap_pyfunction!(ending, &module)?,))?;
        Ok(())
    }

    /// Waits for the workers that call Python, and admits no others.
    #[pyfunction]
    fn ending(py: Python<'_>) {
        if PROCESS.load(Ordering::SeqCst) != process::id() {
            return;
        }
        ENDING.store(true, Ordering::SeqCst);
        py.detach(|| {
            while INSIDE.load(Ordering::SeqCst) > 0 {
                thread::yield_now();
            }
        });
    }
}

#[cfg(unix)]
mod unix {
    //! Wakes a loop by a byte on a socket pair.

    use std::io::{self, Read, Write};
    use std::os::fd::AsRawFd;
    use std::os::unix::net::UnixStream;

    /// Both ends of the pair: while a worker can write, the reading end is open.
    pub struct Bell {
        read: UnixStream,
        write: UnixStream,
    }

    impl Bell {
        pub fn new() -> io::Result<Self> {
            let (read, write) = UnixStream::pair()?;
            read.set_nonblocking(true)?;
            write.set_nonblocking(true)?;
            Ok(Bell { read, write })
        }

        /// Returns the file descriptor that the loop watches.
        pub fn number(&self) -> i32 {
            self.read.as_raw_fd()
        }

        pub fn ring(&self) {
            // If the socket is full, the loop was woken already.
            let _ = (&self.write).write(&[1]);
        }

        pub fn silence(&self) {
            let mut bytes = [0; 64];
            while matches!((&self.read).read(&mut bytes), Ok(read) if read == bytes.len()) {}
        }
    }
}
