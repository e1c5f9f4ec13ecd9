//! The control path: everything that the handle can do, as JSON, for the bindings and over HTTP under
//! `/_sandbox/`. The README lists it.

mod bodies;
mod dispatch;

pub(crate) use dispatch::{answer, may_control, name, outcome};
