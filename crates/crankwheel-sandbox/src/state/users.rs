//! The users, with an index by e-mail address.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::time;

/// Separates the prefix of an account's address from the address.
const PREFIX_END: &str = "-cw-";

/// The role of a user in a client's account.
///
/// ```
/// use crankwheel_sandbox::{Role, Sandbox, SandboxOptions};
///
/// let sandbox = Sandbox::start(SandboxOptions { clients: 1, ..SandboxOptions::default() })?;
/// sandbox.add_user(27_001, "anna@acme.example", Role::Admin)?;
/// # Ok::<(), crankwheel_sandbox::SandboxError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// An agent, who shares screens.
    User,
    /// An administrator, who may change the account.
    Admin,
    /// The owner of the account.
    Owner,
}

/// One account of a person in a client. Sessions refer to it by its index, so users are never
/// removed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct User {
    pub(crate) client_id: i64,
    pub(crate) email: String,
    pub(crate) role: Role,
    #[serde(with = "time::rfc3339")]
    pub(crate) created_at: i64,
}

/// All users, in the order in which they were added.
#[derive(Default)]
pub(crate) struct Users {
    /// Shared with responses that are still being written.
    list: Arc<Vec<User>>,
    /// Indexes in the list, by the address without its prefixes: all accounts of an address are
    /// among them.
    by_address: HashMap<Box<str>, Vec<u32>>,
}

impl Users {
    pub(crate) fn all(&self) -> &Arc<Vec<User>> {
        &self.list
    }

    pub(crate) fn get(&self, index: u32) -> Option<&User> {
        self.list.get(usize::try_from(index).ok()?)
    }

    /// Adds a user and returns its index.
    pub(crate) fn add(&mut self, user: User) -> u32 {
        let index = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let indexes = match self.by_address.get_mut(without_prefixes(&user.email)) {
            Some(indexes) => indexes,
            None => self.by_address.entry(without_prefixes(&user.email).into()).or_default(),
        };
        indexes.push(index);
        Arc::make_mut(&mut self.list).push(user);
        index
    }

    /// Returns the users whose address is this one, with or without a prefix, and some others.
    pub(crate) fn candidates(&self, email: &str) -> impl Iterator<Item = (u32, &User)> {
        let indexes = self.by_address.get(without_prefixes(email)).map_or(&[][..], Vec::as_slice);
        indexes.iter().filter_map(|index| Some((*index, self.get(*index)?)))
    }

    /// Returns the index of a client's user.
    pub(crate) fn find(&self, client_id: i64, email: &str) -> Option<u32> {
        self.candidates(email)
            .find(|(_, user)| user.client_id == client_id && user.email == email)
            .map(|(index, _)| index)
    }
}

fn without_prefixes(email: &str) -> &str {
    email.rsplit_once(PREFIX_END).map_or(email, |(_, address)| address)
}

/// Returns true if an account's address is this one, alone or after `<anything>-cw-`.
pub(crate) fn leads_to(account: &str, email: &str) -> bool {
    account.strip_suffix(email).is_some_and(|prefix| prefix.is_empty() || prefix.ends_with(PREFIX_END))
}

/// Returns true for a name, an at sign and a host, without white space and control characters.
pub(crate) fn is_email_address(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
        && !text.chars().any(|character| character.is_whitespace() || character.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_with_and_without_prefix() {
        let mut users = Users::default();
        for (client_id, email) in
            [(1, "a@b.is"), (2, "2-cw-a@b.is"), (3, "x-cw-2-cw-a@b.is"), (4, "aa@b.is"), (5, "a-cw-@b.is")]
        {
            users.add(User { email: email.to_owned(), client_id, role: Role::User, created_at: 0 });
        }
        let found = |email: &str| -> Vec<i64> {
            let leading = users.candidates(email).filter(|(_, user)| leads_to(&user.email, email));
            leading.map(|(_, user)| user.client_id).collect()
        };
        assert_eq!(found("a@b.is"), [1, 2, 3]);
        assert_eq!(found("2-cw-a@b.is"), [2, 3]);
        assert_eq!(found("a-cw-@b.is"), [5]);
        assert_eq!(users.find(2, "2-cw-a@b.is"), Some(1));
        assert_eq!(users.find(2, "a@b.is"), None);
    }
}
