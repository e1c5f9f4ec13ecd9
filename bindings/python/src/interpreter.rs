//! One interpreter of a process uses the package: classes and other objects are kept in statics, and
//! another interpreter must not use them.

use std::sync::atomic::{AtomicI64, Ordering};

use pyo3::exceptions::PyImportError;
use pyo3::ffi;
use pyo3::prelude::*;

/// No interpreter has this id.
const NONE: i64 = -1;

/// Fails if another interpreter of this process has imported the package.
///
/// Python 3.12 and later refuse the import in an interpreter with its own lock, older versions and
/// interpreters that share the lock do not.
pub fn refuse_second(_py: Python<'_>) -> PyResult<()> {
    static FIRST: AtomicI64 = AtomicI64::new(NONE);
    let current = current();
    match FIRST.compare_exchange(NONE, current, Ordering::SeqCst, Ordering::SeqCst) {
        Err(first) if first != current => Err(PyImportError::new_err(format!(
            "crankwheel: one interpreter of a process can use the package, and interpreter {first} has \
             imported it; use processes in place of sub-interpreters, or with mod_wsgi \
             `WSGIApplicationGroup %{{GLOBAL}}`"
        ))),
        _ => Ok(()),
    }
}

#[allow(unsafe_code, reason = "PyO3 has no safe function for the id of the interpreter")]
fn current() -> i64 {
    // SAFETY: the caller is attached to an interpreter, which is what both functions need.
    unsafe { ffi::PyInterpreterState_GetID(ffi::PyInterpreterState_Get()) }
}
