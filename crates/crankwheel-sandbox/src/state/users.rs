//! The users, and finding them by address without a look at each.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// What stands between the prefix of an address and the address.
const PREFIX_END: &str = "-cw-";

/// What a user may do in a client's account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// An agent: shares screens.
    User,
    /// May change the account.
    Admin,
    /// The account's owner.
    Owner,
}

/// One account of a person in a client. Sessions point to it by its place in the list, so users stay in it.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) email: String,
    pub(crate) client_id: i64,
    pub(crate) role: Role,
    pub(crate) created_at: i64,
}

/// All users, in the order in which they were added.
#[derive(Default)]
pub(crate) struct Users {
    /// Shared with answers that are still being written.
    list: Arc<Vec<User>>,
    /// Places in the list, by the address without its prefixes: whatever leads to an address is among them.
    by_address: HashMap<Box<str>, Vec<u32>>,
}

impl Users {
    pub(crate) fn all(&self) -> &Arc<Vec<User>> {
        &self.list
    }

    pub(crate) fn get(&self, place: u32) -> Option<&User> {
        self.list.get(usize::try_from(place).ok()?)
    }

    /// Adds a user and gives its place in the list.
    pub(crate) fn add(&mut self, user: User) -> u32 {
        let place = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let places = match self.by_address.get_mut(without_prefixes(&user.email)) {
            Some(places) => places,
            None => self.by_address.entry(without_prefixes(&user.email).into()).or_default(),
        };
        places.push(place);
        Arc::make_mut(&mut self.list).push(user);
        place
    }

    /// Those whose address is this one, as it is or with a prefix in front, and some others.
    pub(crate) fn candidates(&self, email: &str) -> impl Iterator<Item = (u32, &User)> {
        let places = self.by_address.get(without_prefixes(email)).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(|place| Some((*place, self.get(*place)?)))
    }

    /// The place of a client's user.
    pub(crate) fn find(&self, client_id: i64, email: &str) -> Option<u32> {
        self.candidates(email)
            .find(|(_, user)| user.client_id == client_id && user.email == email)
            .map(|(place, _)| place)
    }
}

fn without_prefixes(email: &str) -> &str {
    email.rsplit_once(PREFIX_END).map_or(email, |(_, address)| address)
}

/// Whether an account's address is this one, as it is or with `<anything>-cw-` in front of it.
pub(crate) fn leads_to(account: &str, email: &str) -> bool {
    account.strip_suffix(email).is_some_and(|prefix| prefix.is_empty() || prefix.ends_with(PREFIX_END))
}

/// Something, an at sign, something; no blanks and no control characters.
pub(crate) fn looks_like_email(text: &str) -> bool {
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
