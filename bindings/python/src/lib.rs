//! `crankwheel._native`: the Python extension module for the core.
//!
//! It converts values, waits for calls and maps errors. The `crankwheel` crate implements the API;
//! `python/src/crankwheel` has the classes that users see. Four folders, each of which imports
//! only from those before it:
//!
//! 1. `scalar/`: single values from Python, NumPy's scalars included, and what is wrong with them
//!    (`failure.rs`). `logger.rs` writes to Python's logger.
//! 2. `output/`: values for Python. Models, lists, the usage history, credentials, raw responses,
//!    exceptions.
//! 3. `input/`: values from Python. Arguments, options, periods, JSON.
//! 4. `run/`: calls. `operations.rs` prepares a call, `call.rs` runs it on a runtime
//!    (`runtime.rs`) for a thread that waits (`waiting.rs`) or for an event loop (`completion.rs`),
//!    `ended.rs` converts its result to a value or an exception, and `logging.rs` writes the lines
//!    of the logger.
//!
//! `sandbox.rs` is the API in memory. Nothing starts at import. Only the caller's thread attaches
//! to the interpreter.

mod failure;
mod input;
mod interpreter;
mod logger;
mod output;
mod run;
mod sandbox;
mod scalar;

use crankwheel::{Language, set_language};
use pyo3::PyTypeInfo;
use pyo3::prelude::*;
use pyo3::types::{PyDate, PyDateTime, PyDict};

/// The compiled part of `crankwheel`; import from `crankwheel` instead.
#[pymodule(gil_used = false)]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    interpreter::refuse_second(module.py())?;
    set_language(Language::Python);
    find_dates(module.py())?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    output::register(module)?;
    run::register(module)?;
    module.add_class::<input::Period>()?;
    sandbox::register(module)
}

/// Finds the classes of dates now if the program has imported `datetime`. Later, a test can have
/// replaced them (freezegun), and the classes that are found first stay.
fn find_dates(py: Python<'_>) -> PyResult<()> {
    let modules = py.import("sys")?.getattr("modules")?.cast_into::<PyDict>()?;
    let known = modules.get_item("datetime")?;
    // While another thread imports the module, its classes may not exist yet.
    if known.is_some_and(|datetime| datetime.hasattr("datetime").unwrap_or(false)) {
        PyDateTime::type_object(py);
        PyDate::type_object(py);
    }
    Ok(())
}
