//! Answers on their way to an event loop.
//!
//! Each loop has one queue. A worker thread puts what came into it and, if it was empty, wakes the loop with one byte
//! on a socket that the loop reads; the loop then takes all that is there and sets the futures. No worker ever holds the
//! interpreter: nothing waits for it at exit, and many answers cost one wake. Loops that cannot watch a socket
//! (Windows' proactor) are woken by `call_soon_threadsafe` instead.

use std::collections::HashMap;
use std::future::Future;
use std::mem;
use std::process;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::PyNotImplementedError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use tokio::task::AbortHandle;

use super::ended::{Ended, lost, result};
use super::logging::{self, Notes, noted};
use super::runtime;

/// The completion queue of one event loop.
#[pyclass(frozen, weakref, module = "crankwheel._native")]
pub struct Queue {
    /// A forked child must not touch its parent's.
    process: u32,
    shared: Arc<Shared>,
    waiting: Mutex<Waiting>,
}

/// Futures by the number of their call; touched on the loop's thread only.
#[derive(Default)]
struct Waiting {
    next: u64,
    calls: HashMap<u64, Waiter>,
}

/// Who waits for a call.
struct Waiter {
    future: Py<PyAny>,
    /// Whether the answer is wanted as it came.
    raw: bool,
    notes: Option<Notes>,
}

/// What worker threads see of a queue.
struct Shared {
    done: Mutex<Vec<(u64, Option<Ended>)>>,
    bell: Bell,
}

/// How the loop is woken.
enum Bell {
    #[cfg(unix)]
    Socket(unix::Bell),
    /// Weak references to the loop and to the queue.
    Call(Mutex<Option<(Py<PyAny>, Py<PyAny>)>>),
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A started call: its future, and the way to drop it.
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

    /// Drops the request on the wire, if it has not ended.
    fn cancel(&self, py: Python<'_>) -> PyResult<()> {
        self.task.abort();
        let waiter = lock(&self.queue.get().waiting).calls.remove(&self.number);
        waiter.map_or(Ok(()), |waiter| waiter.log(py))
    }
}

impl Waiter {
    /// Gives the future its answer, unless it has ended.
    fn settle(&self, py: Python<'_>, ended: Option<Ended>) -> PyResult<()> {
        let future = self.future.bind(py);
        if future.call_method0("done")?.is_truthy()? {
            return Ok(());
        }
        match ended.map_or_else(|| Err(lost()), |ended| result(py, ended, self.raw)) {
            Ok(value) => future.call_method1("set_result", (value,))?,
            Err(error) => future.call_method1("set_exception", (error.into_value(py),))?,
        };
        Ok(())
    }

    fn log(&self, py: Python<'_>) -> PyResult<()> {
        self.notes.as_ref().map_or(Ok(()), |notes| notes.write(py))
    }
}

impl Queue {
    /// The queue of a loop, made at the loop's first call.
    fn of<'py>(event_loop: &Bound<'py, PyAny>) -> PyResult<Bound<'py, Queue>> {
        static QUEUES: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let py = event_loop.py();
        // By loop, and gone with it.
        let queues = QUEUES
            .get_or_try_init(py, || {
                py.import("weakref")?.call_method0("WeakKeyDictionary").map(Bound::unbind)
            })?
            .bind(py);
        let known = queues.call_method1("get", (event_loop,))?;
        if let Ok(queue) = known.cast_into::<Queue>() {
            if queue.get().process == process::id() {
                return Ok(queue);
            }
            // Inherited by a fork: the parent's, not to be closed here.
            mem::forget(queue);
        }
        let queue = Queue::watched_by(event_loop)?;
        queues.set_item(event_loop, &queue)?;
        Ok(queue)
    }

    #[cfg(unix)]
    fn watched_by<'py>(running: &Bound<'py, PyAny>) -> PyResult<Bound<'py, Queue>> {
        let py = running.py();
        let bell = unix::Bell::new()?;
        let number = bell.number();
        let queue = Queue::new(py, Bell::Socket(bell))?;
        match running.call_method1("add_reader", (number, queue.getattr("drain")?)) {
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

/// Runs a call whose answer the running loop will get, through its queue.
pub fn start(
    py: Python<'_>,
    call: impl Future<Output = Ended> + Send + 'static,
    raw: bool,
) -> PyResult<Ticket> {
    let notes = logging::notes(py)?;
    let call = noted(notes.clone(), call);
    let event_loop = running_loop(py)?;
    let queue = Queue::of(&event_loop)?;
    let runtime = runtime::get()?;
    let future = event_loop.call_method0("create_future")?.unbind();
    let number = {
        let mut waiting = lock(&queue.get().waiting);
        let number = waiting.next;
        waiting.next += 1;
        waiting.calls.insert(number, Waiter { future: future.clone_ref(py), raw, notes });
        number
    };
    let delivery = Delivery { number, shared: Arc::clone(&queue.get().shared), delivered: false };
    let task = runtime.spawn(async move { delivery.bring(call.await) });
    Ok(Ticket { future, number, task: task.abort_handle(), queue: queue.unbind() })
}

fn running_loop(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    static RUNNING: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    RUNNING.import(py, "asyncio", "get_running_loop")?.call0()
}

#[pymethods]
impl Queue {
    /// Sets the futures of all calls that have ended. Called by the loop.
    fn drain(&self, py: Python<'_>) -> PyResult<()> {
        self.shared.bell.hush();
        let done = mem::take(&mut *lock(&self.shared.done));
        // To set a future runs Python code, and so does a log handler: Ctrl-C there must not cost the other calls their answers.
        let mut interrupt = Ok(());
        for (number, ended) in done {
            // Cancelled calls are not waited for any more.
            let Some(waiter) = lock(&self.waiting).calls.remove(&number) else { continue };
            interrupt = interrupt.and(waiter.log(py)).and(waiter.settle(py, ended));
        }
        interrupt
    }
}

/// Brings one answer to its queue; the news that there is none, if the task ends early.
struct Delivery {
    number: u64,
    shared: Arc<Shared>,
    delivered: bool,
}

impl Delivery {
    fn bring(mut self, ended: Ended) {
        self.delivered = true;
        self.shared.push(self.number, Some(ended));
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        if !self.delivered {
            self.shared.push(self.number, None);
        }
    }
}

impl Shared {
    fn push(&self, number: u64, ended: Option<Ended>) {
        let first = {
            let mut done = lock(&self.done);
            done.push((number, ended));
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
            // Not while the interpreter ends: nobody is left to wake.
            Bell::Call(ends) => exit::unless_ending(|| {
                Python::try_attach(|py| {
                    let ends =
                        lock(ends).as_ref().map(|(one, other)| (one.clone_ref(py), other.clone_ref(py)));
                    let Some((running, queue)) = ends else { return };
                    // A closed loop refuses the call: its futures are gone, too.
                    let _ = wake(running.bind(py), queue.bind(py));
                });
            }),
        }
    }

    fn hush(&self) {
        match self {
            #[cfg(unix)]
            Bell::Socket(bell) => bell.hush(),
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
    //! Keeps worker threads out of an interpreter that ends: one that waits for it then would be killed in the
    //! middle, and the program with it. Needed only where workers call Python at all ([`Bell::Call`](super::Bell)).

    use std::process;
    use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
    use std::thread;

    use pyo3::prelude::*;
    use pyo3::wrap_pyfunction;

    /// The process that the other two belong to; a forked child starts anew.
    static PROCESS: AtomicU32 = AtomicU32::new(0);
    static INSIDE: AtomicUsize = AtomicUsize::new(0);
    static ENDING: AtomicBool = AtomicBool::new(false);

    /// Calls Python, if that is still possible, from a thread that is not Python's.
    pub fn unless_ending(call: impl FnOnce()) {
        INSIDE.fetch_add(1, Ordering::SeqCst);
        if !ENDING.load(Ordering::SeqCst) {
            call();
        }
        INSIDE.fetch_sub(1, Ordering::SeqCst);
    }

    /// Sees to it that the end is noticed, once in a process.
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

    /// Lets those finish that are inside, and nobody else in.
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
    //! Waking by a byte on a socket pair.

    use std::io::{self, Read, Write};
    use std::os::fd::AsRawFd;
    use std::os::unix::net::UnixStream;

    /// Both ends, kept together: a worker can then never write to a socket that nobody could read.
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

        /// The end that the loop watches.
        pub fn number(&self) -> i32 {
            self.read.as_raw_fd()
        }

        pub fn ring(&self) {
            // If the socket is full, the loop has been woken already.
            let _ = (&self.write).write(&[1]);
        }

        pub fn hush(&self) {
            let mut bytes = [0; 64];
            while matches!((&self.read).read(&mut bytes), Ok(read) if read == bytes.len()) {}
        }
    }
}
