//! The index of a list, by which its rows are found.

use std::collections::HashMap;

/// The positions of the rows by their keys. Of rows with the same key it has the first.
#[derive(Default)]
pub(super) struct Index {
    /// By `id` or `company_id`.
    pub ids: HashMap<i64, usize>,
    /// By `sname` or `api_name`.
    pub names: HashMap<Box<str>, usize>,
}
