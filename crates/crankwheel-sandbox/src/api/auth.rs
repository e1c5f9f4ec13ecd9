//! Who sends a request: the reseller, a read-only key of theirs, or the reseller in the place of a client.

use http::{HeaderMap, StatusCode, header};

use crate::response::Answer;
use crate::state::World;

/// An accepted key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access<'a> {
    /// May do everything; whose it is.
    ReadWrite(&'a str),
    /// May read.
    ReadOnly,
    /// A client's account; the reseller endpoints are closed to it.
    Client,
}

/// Finds out whose key it is. The key goes in raw after `Basic `; base64 of it is a wrong key here as there.
pub(crate) fn access<'a>(world: &'a World, headers: &HeaderMap) -> Option<Access<'a>> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    if let Some(impersonating) = key.strip_prefix("resellerimpersonate-") {
        let (client, key) = impersonating.split_once('-')?;
        if !client.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        reseller_key(world, key)?;
        return world.client(client.parse().ok()?).map(|_| Access::Client);
    }
    reseller_key(world, key)
}

fn reseller_key<'a>(world: &'a World, key: &str) -> Option<Access<'a>> {
    if key == world.key {
        return Some(Access::ReadWrite(&world.key_owner));
    }
    if key == world.read_only_key {
        return Some(Access::ReadOnly);
    }
    let known = world.more_keys.iter().find(|known| known.key == key)?;
    Some(if known.read_only { Access::ReadOnly } else { Access::ReadWrite(&known.owner) })
}

/// Lets a request to a reseller endpoint pass, or says why not.
pub(crate) fn check(world: &World, headers: &HeaderMap, writes: bool) -> Result<(), Answer> {
    match access(world, headers) {
        None => Err(Answer::proxy_page(StatusCode::UNAUTHORIZED)),
        Some(Access::Client) => Err(Answer::detail_text(StatusCode::FORBIDDEN, "Not a reseller API key")),
        Some(Access::ReadOnly) if writes => {
            Err(Answer::detail_text(StatusCode::FORBIDDEN, "This API key is read-only"))
        }
        Some(Access::ReadOnly | Access::ReadWrite(_)) => Ok(()),
    }
}

/// The person to whom the key of this request belongs.
pub(crate) fn owner(world: &World, headers: &HeaderMap) -> String {
    match access(world, headers) {
        Some(Access::ReadWrite(owner)) => owner.to_owned(),
        _ => world.key_owner.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Key;
    use crate::testing::world;
    use http::HeaderValue;

    #[test]
    fn each_kind_of_key() {
        let mut world = world(1);
        let id = world.clients[0].id;
        let cases = [
            ("Basic sandbox-reseller-key".to_owned(), Some(Access::ReadWrite("admin@reseller.example"))),
            ("basic sandbox-reseller-key".to_owned(), Some(Access::ReadWrite("admin@reseller.example"))),
            ("Basic sandbox-read-only-key".to_owned(), Some(Access::ReadOnly)),
            (format!("Basic resellerimpersonate-{id}-sandbox-reseller-key"), Some(Access::Client)),
            ("Basic resellerimpersonate-1-sandbox-reseller-key".to_owned(), None),
            (format!("Basic resellerimpersonate-{id}-wrong"), None),
            (format!("Basic resellerimpersonate-+{id}-sandbox-reseller-key"), None),
            ("Basic".to_owned(), None),
            ("Basic ".to_owned(), None),
            ("Basic  sandbox-reseller-key".to_owned(), None),
            ("Bearer sandbox-reseller-key".to_owned(), None),
            ("Basic c2FuZGJveC1yZXNlbGxlci1rZXk6".to_owned(), None),
            (String::new(), None),
            ("Basic annas-key".to_owned(), Some(Access::ReadWrite("anna@reseller.example"))),
            ("Basic annas-looking-key".to_owned(), Some(Access::ReadOnly)),
        ];
        for (key, read_only) in [("annas-key", false), ("annas-looking-key", true)] {
            world.more_keys.push(Key { key: key.into(), read_only, owner: "anna@reseller.example".into() });
        }
        for (value, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_str(&value).unwrap());
            assert_eq!(access(&world, &headers), expected, "{value}");
        }
        assert_eq!(access(&world, &HeaderMap::new()), None);
    }
}
