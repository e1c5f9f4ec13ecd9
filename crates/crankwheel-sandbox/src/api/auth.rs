//! API keys: finds out who sends a request, and whether they may.

use http::{HeaderMap, StatusCode, header};

use crate::response::Response;
use crate::state::State;

/// The access that a valid key has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access<'a> {
    /// To everything, for this owner.
    ReadWrite(&'a str),
    /// To reads.
    ReadOnly,
    /// To a client's account, but not to the reseller's endpoints: the key impersonates a client.
    Client,
}

/// Returns the access of the request's key. The raw key follows `Basic `; its base64 form is a
/// wrong key, as it is for the live API.
pub(crate) fn access<'a>(state: &'a State, headers: &HeaderMap) -> Option<Access<'a>> {
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
        reseller_key(state, key)?;
        return state.client(client.parse().ok()?).map(|_| Access::Client);
    }
    reseller_key(state, key)
}

fn reseller_key<'a>(state: &'a State, key: &str) -> Option<Access<'a>> {
    if key == state.key {
        return Some(Access::ReadWrite(&state.key_owner));
    }
    if key == state.read_only_key {
        return Some(Access::ReadOnly);
    }
    let known = state.more_keys.iter().find(|known| known.key == key)?;
    Some(if known.read_only { Access::ReadOnly } else { Access::ReadWrite(&known.owner) })
}

/// Checks that the request's key may call an endpoint of the reseller.
pub(crate) fn check(state: &State, headers: &HeaderMap, writes: bool) -> Result<(), Response> {
    match access(state, headers) {
        None => Err(Response::proxy_page(StatusCode::UNAUTHORIZED)),
        Some(Access::Client) => {
            Err(Response::detail_message(StatusCode::FORBIDDEN, "Not a reseller API key"))
        }
        Some(Access::ReadOnly) if writes => {
            Err(Response::detail_message(StatusCode::FORBIDDEN, "This API key is read-only"))
        }
        Some(Access::ReadOnly | Access::ReadWrite(_)) => Ok(()),
    }
}

/// Returns the owner of the request's key.
pub(crate) fn owner(state: &State, headers: &HeaderMap) -> String {
    match access(state, headers) {
        Some(Access::ReadWrite(owner)) => owner.to_owned(),
        _ => state.key_owner.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::ApiKey;
    use crate::testing::demo_state;
    use http::HeaderValue;

    #[test]
    fn each_form_of_a_key() {
        let mut state = demo_state(1);
        let id = state.clients[0].id;
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
            state.more_keys.push(ApiKey {
                key: key.into(),
                read_only,
                owner: "anna@reseller.example".into(),
            });
        }
        for (value, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_str(&value).unwrap());
            assert_eq!(access(&state, &headers), expected, "{value}");
        }
        assert_eq!(access(&state, &HeaderMap::new()), None);
    }
}
