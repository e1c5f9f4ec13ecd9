//! Warnings, stored until a language binding passes them on to its own logger.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// Warnings that no language binding has taken yet.
static WARNINGS: Mutex<Vec<String>> = Mutex::new(Vec::new());
static WARNED: AtomicBool = AtomicBool::new(false);

/// Reports a problem in a response that does not make the call fail: to `tracing`, and to the
/// language binding, which passes it on to Python's logger or Node's process warnings.
pub(crate) fn warn(text: String) {
    tracing::warn!(target: "crankwheel", "{text}");
    // Never wait: a lock that another thread held at a fork stays locked in the child.
    if let Ok(mut warnings) = WARNINGS.try_lock() {
        warnings.push(text);
        WARNED.store(true, Ordering::Release);
    }
}

/// Returns the warnings since the last call, for a language that has its own logger.
#[doc(hidden)]
pub fn take_warnings() -> Vec<String> {
    if !WARNED.swap(false, Ordering::Acquire) {
        return Vec::new();
    }
    match WARNINGS.try_lock() {
        Ok(mut warnings) => std::mem::take(&mut *warnings),
        Err(_) => {
            // Another thread is adding a warning. The next call returns it.
            WARNED.store(true, Ordering::Release);
            Vec::new()
        }
    }
}
