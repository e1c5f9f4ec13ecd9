//! The runtimes of calls: created at the first call, and again in a forked child.
//!
//! Calls of event loops run on worker threads ([`workers`]). A thread that waits for its call runs it
//! itself ([`callers`]), because passing a call to another thread and back takes longer than the call's
//! other work. The waiting threads share one runtime, and so the connections of a client: one of them
//! watches the sockets for all, and another one takes over when the call of the first has ended.
//!
//! Connections are served only while a thread waits for a call, and stay in the runtime that opened
//! them. So a client uses one of the two runtimes, never both.

use std::future::Future;
use std::io;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::process;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use pyo3::PyResult;
use pyo3::exceptions::PyRuntimeError;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::yield_now;
use tokio::time::{Sleep, sleep};

/// A runtime of one process.
struct Owned<R> {
    process: u32,
    runtime: R,
}

/// A runtime that is created on demand. A pointer instead of a lock: a lock that another thread holds
/// during a fork stays locked in the child.
struct Slot<R>(AtomicPtr<Owned<R>>);

static WORKERS: Slot<Runtime> = Slot(AtomicPtr::new(ptr::null_mut()));
static CALLERS: Slot<Callers> = Slot(AtomicPtr::new(ptr::null_mut()));

impl<R: 'static> Slot<R> {
    /// Returns the runtime of this process, if there is one.
    #[allow(unsafe_code, reason = "a lock could stay locked after a fork, and the runtime is never freed")]
    fn current(&self) -> Option<&'static R> {
        // SAFETY: a stored runtime is never freed.
        let owned = unsafe { self.0.load(Ordering::Acquire).as_ref() }?;
        (owned.process == process::id()).then_some(&owned.runtime)
    }

    /// Returns the runtime of this process.
    ///
    /// A forked child never drops the inherited runtime: its threads do not exist there, and dropping
    /// it would deregister the parent's sockets from the poller that both processes share.
    #[allow(unsafe_code, reason = "a lock could stay locked after a fork, and the runtime is never freed")]
    fn get(&self, build: fn() -> io::Result<R>) -> PyResult<&'static R> {
        let seen = self.0.load(Ordering::Acquire);
        if let Some(current) = self.current() {
            return Ok(current);
        }
        let runtime = build().map_err(|error| {
            PyRuntimeError::new_err(format!("the runtime for requests could not be started: {error}"))
        })?;
        let created = Box::into_raw(Box::new(Owned { process: process::id(), runtime }));
        match self.0.compare_exchange(seen, created, Ordering::AcqRel, Ordering::Acquire) {
            // SAFETY: it was just created, and is never freed from now on.
            Ok(_) => Ok(unsafe { &(*created).runtime }),
            Err(theirs) => {
                // Another thread was faster. SAFETY: `created` was never shared; `theirs` is stored
                // and never freed.
                let (ours, theirs) = unsafe { (Box::from_raw(created), &*theirs) };
                drop(ours);
                Ok(&theirs.runtime)
            }
        }
    }
}

/// Returns the runtime with worker threads, for calls of event loops.
pub fn workers() -> PyResult<&'static Runtime> {
    WORKERS
        .get(|| Builder::new_multi_thread().worker_threads(2).thread_name("crankwheel").enable_all().build())
}

/// Returns the runtime of the threads that wait for their calls.
pub fn callers() -> PyResult<&'static Callers> {
    CALLERS.get(|| {
        let runtime = Builder::new_current_thread().thread_name("crankwheel").enable_all().build()?;
        Ok(Callers { runtime, began: Instant::now(), last: AtomicU64::new(0), slices: Mutex::default() })
    })
}

/// The runtime of the threads that wait for their calls.
pub struct Callers {
    runtime: Runtime,
    began: Instant,
    /// The time at which a call ended, in microseconds from `began`.
    last: AtomicU64,
    /// Timers that no call uses. They stay registered: a new timer that is due before the others costs
    /// a system call.
    slices: Mutex<Vec<Pin<Box<Sleep>>>>,
}

/// The time between two checks for signals while a thread waits. Ctrl-C takes effect within this
/// time.
const SLICE: Duration = Duration::from_millis(50);
/// The largest number of timers to keep.
const MAX_SLICES: usize = 64;

/// The pause after which a server may have closed idle connections.
const PAUSE: Duration = Duration::from_micros(50);

impl Callers {
    /// Runs a future on this thread until it is ready.
    pub fn run<F>(&self, future: F) -> F::Output
    where
        F: Future + Send,
        F::Output: Send,
    {
        if Handle::try_current().is_err() {
            return self.runtime.block_on(future);
        }
        // A destructor in Python can make a call on any thread, also on one that runs a runtime and
        // must not run another.
        thread::scope(|scope| {
            let other = scope.spawn(|| self.runtime.block_on(future));
            other.join().unwrap_or_else(|panic| resume_unwind(panic))
        })
    }

    /// Returns a timer for the next check for signals, which is due in a slice of time at the latest.
    pub fn slice(&self) -> Slice<'_> {
        let used = self.lock().pop();
        let mut timer = used.unwrap_or_else(|| Box::pin(sleep(SLICE)));
        if timer.deadline() <= tokio::time::Instant::now() {
            restart(&mut timer);
        }
        Slice { callers: self, timer: Some(timer) }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Pin<Box<Sleep>>>> {
        self.slices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the microseconds from `began`.
    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Notices what has happened to idle connections in the meantime, before a call uses one.
    pub async fn catch_up(&self) {
        let idle = self.now().saturating_sub(self.last.load(Ordering::Relaxed));
        if Duration::from_micros(idle) >= PAUSE {
            // The first turn receives events, the second one handles them.
            yield_now().await;
            yield_now().await;
        }
    }

    /// Drops a call, and lets its connection be closed or be used by the next call.
    pub async fn end<T>(&self, call: T) {
        drop(call);
        yield_now().await;
        self.last.store(self.now(), Ordering::Relaxed);
    }

    /// Returns true unless the process was forked since the runtime was created.
    pub fn is_current(&self) -> bool {
        CALLERS.current().is_some_and(|current| ptr::eq(current, self))
    }
}

/// A timer for checks for signals. It is created in a runtime.
pub struct Slice<'a> {
    callers: &'a Callers,
    /// `None` after it is dropped.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Slice<'_> {
    /// Is ready when signals must be checked, and then starts again.
    pub fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(timer) = &mut self.timer else { return Poll::Pending };
        let due = timer.as_mut().poll(context);
        if due.is_ready() {
            restart(timer);
        }
        due
    }
}

impl Drop for Slice<'_> {
    fn drop(&mut self) {
        let mut unused = self.callers.lock();
        if unused.len() < MAX_SLICES {
            unused.extend(self.timer.take());
        }
    }
}

fn restart(timer: &mut Pin<Box<Sleep>>) {
    timer.as_mut().reset(tokio::time::Instant::now() + SLICE);
}

/// Closes the connections that nothing needs any more: those of a client that was closed or dropped.
pub fn close_unused() {
    if let Some(callers) = CALLERS.current() {
        callers.run(async {
            yield_now().await;
            yield_now().await;
        });
    }
}
