//! The users' totals that have unknown members.

/// The documented members of a user's totals.
pub(super) const USER: &[&str] = &["sname", "lname", "total_sec", "total_count"];

/// The raw JSON of an object that has unknown members. Equality, which compares documented members,
/// ignores it.
#[derive(Clone, Debug, Default)]
pub(super) struct Unusual(pub(super) Option<Box<str>>);

impl PartialEq for Unusual {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Unusual {}
