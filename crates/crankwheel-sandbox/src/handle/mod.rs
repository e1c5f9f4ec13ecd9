//! The handle of a running sandbox.

mod changes;
mod clock;
mod faults;
mod sandbox;

pub use sandbox::Sandbox;
