//! The runtime that all calls run on: made at the first call, made anew in a forked child.

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

/// A pointer, not a lock: a lock that another thread holds at a fork stays held in the child for ever.
static CURRENT: AtomicPtr<Owned> = AtomicPtr::new(ptr::null_mut());

/// This process's runtime.
///
/// In a forked child the inherited one is left as it is: its threads do not exist there, and dropping it would
/// deregister the parent's sockets from the poller that both share.
#[allow(
    unsafe_code,
    reason = "a lock would be held for ever after some forks, and what is never freed needs no count"
)]
pub fn get() -> PyResult<&'static Runtime> {
    let process = process::id();
    let seen = CURRENT.load(Ordering::Acquire);
    // SAFETY: what is stored here is never freed.
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
    let made = Box::into_raw(Box::new(Owned { process, runtime }));
    match CURRENT.compare_exchange(seen, made, Ordering::AcqRel, Ordering::Acquire) {
        // SAFETY: just made, and never freed from now on.
        Ok(_) => Ok(unsafe { &(*made).runtime }),
        Err(theirs) => {
            // Another thread was faster. SAFETY: `made` was never shared; `theirs` is stored and never freed.
            let (ours, theirs) = unsafe { (Box::from_raw(made), &*theirs) };
            ours.runtime.shutdown_background();
            Ok(&theirs.runtime)
        }
    }
}
