//! Who sends a request: the reseller, a read-only key of theirs, or the reseller in the place of a client.

use http::{HeaderMap, StatusCode, header};

use crate::answer::Answer;
use crate::state::World;

/// An accepted key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// May do everything.
    ReadWrite,
    /// May read.
    ReadOnly,
    /// A client's account; the reseller endpoints are closed to it.
    Client,
}

/// Finds out whose key it is. The key goes in raw after `Basic `; base64 of it is a wrong key here as there.
pub(crate) fn access(world: &World, headers: &HeaderMap) -> Option<Access> {
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

fn reseller_key(world: &World, key: &str) -> Option<Access> {
    if key == world.key {
        Some(Access::ReadWrite)
    } else if key == world.read_only_key {
        Some(Access::ReadOnly)
    } else {
        None
    }
}

/// Lets a request to a reseller endpoint pass, or says why not.
pub(crate) fn check(world: &World, headers: &HeaderMap, writes: bool) -> Result<(), Answer> {
    match access(world, headers) {
        None => Err(Answer::proxy_page(StatusCode::UNAUTHORIZED)),
        Some(Access::Client) => Err(Answer::detail_text(StatusCode::FORBIDDEN, "Not a reseller API key")),
        Some(Access::ReadOnly) if writes => {
            Err(Answer::detail_text(StatusCode::FORBIDDEN, "This API key is read-only"))
        }
        Some(Access::ReadOnly | Access::ReadWrite) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::world;
    use http::HeaderValue;

    #[test]
    fn each_kind_of_key() {
        let world = world(1);
        let id = world.clients[0].id;
        let cases = [
            ("Basic sandbox-reseller-key".to_owned(), Some(Access::ReadWrite)),
            ("basic sandbox-reseller-key".to_owned(), Some(Access::ReadWrite)),
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
        ];
        for (value, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_str(&value).unwrap());
            assert_eq!(access(&world, &headers), expected, "{value}");
        }
        assert_eq!(access(&world, &HeaderMap::new()), None);
    }
}
