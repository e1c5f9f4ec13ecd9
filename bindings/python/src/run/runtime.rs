//! The runtime of all calls: created at the first call, and again in a forked child.

use std::process;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use pyo3::PyResult;
use pyo3::exceptions::PyRuntimeError;
use tokio::runtime::{Builder, Runtime};

/// The runtime of one process.
struct Owned {
    process: u32,
    runtime: Runtime,
}

/// A pointer instead of a lock: a lock that another thread holds during a fork stays locked in the
/// child.
static CURRENT: AtomicPtr<Owned> = AtomicPtr::new(ptr::null_mut());

/// Returns the runtime of this process.
///
/// A forked child never drops the inherited runtime: its threads do not exist there, and dropping
/// it would deregister the parent's sockets from the poller that both processes share.
#[allow(unsafe_code, reason = "a lock could stay locked after a fork, and the runtime is never freed")]
pub fn get() -> PyResult<&'static Runtime> {
    let process = process::id();
    let seen = CURRENT.load(Ordering::Acquire);
    // SAFETY: a stored runtime is never freed.
    if let Some(owned) = unsafe { seen.as_ref() }
        && owned.process == process
    {
        return Ok(&owned.runtime);
    }
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("crankwheel")
        .enable_all()
        .build()
        .map_err(|error| {
            PyRuntimeError::new_err(format!("the threads for requests could not be started: {error}"))
        })?;
    let created = Box::into_raw(Box::new(Owned { process, runtime }));
    match CURRENT.compare_exchange(seen, created, Ordering::AcqRel, Ordering::Acquire) {
        // SAFETY: it was just created, and is never freed from now on.
        Ok(_) => Ok(unsafe { &(*created).runtime }),
        Err(theirs) => {
            // Another thread was faster. SAFETY: `created` was never shared; `theirs` is stored and
            // never freed.
            let (ours, theirs) = unsafe { (Box::from_raw(created), &*theirs) };
            ours.runtime.shutdown_background();
            Ok(&theirs.runtime)
        }
    }
}
