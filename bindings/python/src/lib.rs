//! `crankwheel._native`: the border between Python and the core.
//!
//! It converts, waits and maps errors; what the API is and does is in the `crankwheel` crate, and what is Python idiom
//! in `python/src/crankwheel`. Three folders, each importing only from those before it:
//!
//! 1. `output/`: values for Python. Models, lists, the usage history, credentials, raw responses, exceptions.
//! 2. `input/`: values from Python. Arguments, options, periods, JSON.
//! 3. `run/`: calls. `operations.rs` prepares one, `call.rs` runs it on the runtime (`runtime.rs`) for a thread that
//!    waits or for an event loop (`completion.rs`), `ended.rs` turns its end into a value or an exception, and
//!    `logging.rs` writes the lines of the logger.
//!
//! `sandbox.rs` is the API in memory. Nothing starts at import. No thread but the caller's ever holds the interpreter.

mod input;
mod output;
mod run;
mod sandbox;

use crankwheel::{Language, set_language};
use pyo3::prelude::*;

/// The compiled part of `crankwheel`; import from `crankwheel` instead.
#[pymodule(gil_used = false)]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    set_language(Language::Python);
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    output::register(module)?;
    run::register(module)?;
    module.add_class::<input::Period>()?;
    sandbox::register(module)
}
