//! API keys and impersonation keys, and keeping them out of sight.

use std::fmt;
use std::sync::Arc;

use crate::error::Error;

/// The environment variable that holds the key when none is given.
pub const API_KEY_VARIABLE: &str = "CRANKWHEEL_API_KEY";

/// A secret: prints hidden, is read only by [`Secret::reveal`].
///
/// ```
/// let key = crankwheel::Secret::new("do-not-show");
/// assert_eq!(format!("{key:?} {key}"), "Secret(***) ***");
/// assert_eq!(key.reveal(), "do-not-show");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Box<str>);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Secret(text.into())
    }

    /// The text itself. Whoever calls this takes over keeping it out of logs.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Gives the key of the moment: called before every call.
pub type KeyFunction = dyn Fn() -> Result<String, Box<dyn std::error::Error + Send + Sync>> + Send + Sync;

/// Where the key comes from.
#[derive(Clone)]
pub(crate) enum KeySource {
    Fixed(Secret),
    Function(Arc<KeyFunction>),
}

impl KeySource {
    pub fn key(&self) -> Result<Secret, Error> {
        match self {
            KeySource::Fixed(key) => Ok(key.clone()),
            // The function's own error may quote the key: only its type of failure is told.
            KeySource::Function(function) => match function() {
                Ok(key) => check_key(&key),
                Err(_) => Err(Error::configuration("the function that gives the API key failed")),
            },
        }
    }
}

/// Accepts a key that can stand in the header as it is; explains the likely mistakes otherwise.
pub(crate) fn check_key(key: &str) -> Result<Secret, Error> {
    let refuse = |why: &str| Err(Error::configuration(format!("the API key cannot be used: {why}")));
    if key.is_empty() {
        return refuse("it is empty");
    }
    if key.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("basic ")) {
        return refuse("it starts with `Basic `; give the bare key, the SDK adds the scheme");
    }
    if key.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return refuse("it has white space or control characters in it (a line break from a file, perhaps)");
    }
    if !key.is_ascii() {
        return refuse("it has characters outside ASCII");
    }
    Ok(Secret::new(key))
}

/// Base64 whose content is printable text with a colon in it: what HTTP libraries make of a user name and a password.
pub(crate) fn looks_like_basic_credentials(key: &str) -> bool {
    use base64::Engine;
    let Ok(bytes) = base64::engine::general_purpose::STANDARD.decode(key) else { return false };
    bytes.contains(&b':') && bytes.len() >= 8 && bytes.iter().all(|byte| (b' '..=b'~').contains(byte))
}

/// `resellerimpersonate-<client id>-<reseller key>`: acts as an administrator of that client.
pub(crate) fn impersonation_key(client_id: i64, key: &Secret) -> Secret {
    Secret::new(format!("{IMPERSONATION_PREFIX}{client_id}-{}", key.reveal()))
}

/// The id of the client that a key acts for, if it is an impersonation key.
pub(crate) fn impersonated(key: &Secret) -> Option<String> {
    let (id, _) = key.reveal().strip_prefix(IMPERSONATION_PREFIX)?.split_once('-')?;
    id.bytes().all(|byte| byte.is_ascii_digit()).then(|| id.to_owned())
}

/// How every impersonation key begins.
pub(crate) const IMPERSONATION_PREFIX: &str = "resellerimpersonate-";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likely_mistakes_are_named_without_showing_the_key() {
        for (key, word) in [
            ("", "empty"),
            ("Basic abc", "Basic"),
            ("basic abc", "Basic"),
            ("ab c", "white space"),
            ("abc\n", "white space"),
            ("ab\u{7}c", "control"),
            ("schlüssel", "ASCII"),
        ] {
            let error = check_key(key).unwrap_err();
            assert!(error.message().contains(word), "{error}");
            assert!(key.is_empty() || !error.message().contains(&format!("{key}`")), "{error}");
        }
        assert_eq!(check_key("ABCDEFG").unwrap().reveal(), "ABCDEFG");
        assert!(looks_like_basic_credentials("YXBpOkFCQ0RFRkdISUo="));
        assert!(
            !looks_like_basic_credentials("ABCDEFG") && !looks_like_basic_credentials("c2VjcmV0LWtleQ==")
        );
    }
}
