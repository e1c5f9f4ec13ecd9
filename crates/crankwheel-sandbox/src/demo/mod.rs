//! Demo data: companies, people, plans and sessions, generated from a seed.

mod companies;
mod names;
mod random;
mod sessions;
mod start;

pub(crate) use start::{reset, start};
