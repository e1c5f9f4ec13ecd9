//! The clients to which the rows of a usage history belong. The API sends their names, not their ids.

use std::collections::HashMap;
use std::sync::Arc;

/// The ids of clients by their `sname`, in the order in which they were given. Of clients with the same
/// `sname`, the first counts.
#[derive(Clone)]
pub(super) struct Clients {
    shared: Arc<Shared>,
}

struct Shared {
    rows: Vec<(Box<str>, i64)>,
    ids: HashMap<Box<str>, i64>,
}

impl Clients {
    pub fn new(given: impl IntoIterator<Item = (Box<str>, i64)>) -> Self {
        let mut shared = Shared { rows: Vec::new(), ids: HashMap::new() };
        for (sname, id) in given {
            if !shared.ids.contains_key(&sname) {
                shared.ids.insert(sname.clone(), id);
                shared.rows.push((sname, id));
            }
        }
        Clients { shared: Arc::new(shared) }
    }

    pub fn id(&self, sname: &str) -> Option<i64> {
        self.shared.ids.get(sname).copied()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, i64)> {
        self.shared.rows.iter().map(|(sname, id)| (&**sname, *id))
    }
}
