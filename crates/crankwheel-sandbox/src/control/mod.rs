//! The control path: everything that the handle can do, as JSON, over HTTP under `/_sandbox/` and
//! for the bindings. The README lists it.

mod bodies;
mod dispatch;

pub(crate) use dispatch::{into_result, may_control, name, parse_method, respond};
