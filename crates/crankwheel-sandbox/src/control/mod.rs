//! The control path: everything that the handle can do, as JSON, over HTTP under `/_sandbox/` and
//! for the bindings. The README lists it.

mod bodies;
mod dispatch;
mod refusal;

pub(crate) use dispatch::{into_result, name, respond};
