//! `crankwheel._native`: the border between Python and the core.
//!
//! It converts, waits and maps errors; what the API is and does stands in the `crankwheel` crate, and what is
//! Python idiom in `python/src/crankwheel`. One call travels like this: `operations.rs` turns Python arguments
//! (`arguments.rs`) into a core call, `call.rs` runs it on the runtime (`runtime.rs`) for a thread that waits or for
//! an event loop (`completion.rs`) and tells the logger (`logging.rs`), `output.rs` turns what came into the classes of `models.rs`, `list.rs`, `history.rs`
//! and `secret.rs`, and `error.rs` into the exceptions of `crankwheel/_errors.py`.
//!
//! Nothing starts at import. No thread but the caller's ever holds the interpreter.

mod input;
mod output;
mod run;
mod sandbox;

use pyo3::prelude::*;

/// The compiled part of `crankwheel`; import from `crankwheel` instead.
#[pymodule(gil_used = false)]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    output::models::register(module)?;
    output::list::register(module)?;
    output::history::register(module)?;
    output::secret::register(module)?;
    run::operations::register(module)?;
    run::call::register(module)?;
    module.add_class::<input::period::Period>()?;
    module.add_class::<run::native_client::NativeClient>()?;
    sandbox::register(module)
}
