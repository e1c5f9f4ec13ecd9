//! API keys: where they come from, and which can be used.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::Error;
use crate::secret::Secret;

/// Returns the current key; called before every call.
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
    let Ok(bytes) = STANDARD.decode(key) else { return false };
    bytes.contains(&b':') && bytes.len() >= 8 && bytes.iter().all(|byte| (b' '..=b'~').contains(byte))
}

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
