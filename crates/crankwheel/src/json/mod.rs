//! Reading JSON text without building a tree.

pub(crate) mod scan;
pub(crate) mod split;
