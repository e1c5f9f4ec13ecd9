//! Demo data: companies, people, plans and sessions, generated from a seed.

pub(crate) mod companies;
pub(crate) mod names;
pub(crate) mod sessions;
