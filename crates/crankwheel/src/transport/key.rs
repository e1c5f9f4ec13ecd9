//! The checks of API keys.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::Error;
use crate::secret::Secret;

/// Checks that a key is a valid header value, and explains likely mistakes. `origin` is the option
/// or environment variable that it comes from.
pub(crate) fn check_key(origin: &str, key: &str) -> Result<Secret, Error> {
    let refuse = |why: &str| Err(Error::configuration(format!("{origin}: {why}")));
    if key.is_empty() {
        return refuse("must not be empty");
    }
    if key.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("basic ")) {
        return refuse("must not start with `Basic `; pass the key alone, the SDK adds the scheme");
    }
    if key.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return refuse(
            "must not contain white space or control characters (perhaps a line break from a file)",
        );
    }
    if !key.is_ascii() {
        return refuse("must be ASCII");
    }
    Ok(Secret::new(key))
}

/// Returns true if a key is the base64 of `user:password`, which HTTP libraries create for basic
/// authentication.
pub(crate) fn looks_like_basic_credentials(key: &str) -> bool {
    let Ok(bytes) = STANDARD.decode(key) else { return false };
    bytes.contains(&b':') && bytes.len() >= 8 && bytes.iter().all(|byte| (b' '..=b'~').contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likely_mistakes_are_explained_without_the_key() {
        for (key, word) in [
            ("", "empty"),
            ("Basic abc", "Basic"),
            ("basic abc", "Basic"),
            ("ab c", "white space"),
            ("abc\n", "white space"),
            ("ab\u{7}c", "control"),
            ("schlüssel", "ASCII"),
        ] {
            let error = check_key("api_key", key).unwrap_err();
            assert!(error.message().contains(word), "{error}");
            assert!(key.is_empty() || !error.message().contains(&format!("{key}`")), "{error}");
        }
        assert_eq!(check_key("api_key", "ABCDEFG").unwrap().reveal(), "ABCDEFG");
        assert!(looks_like_basic_credentials("YXBpOkFCQ0RFRkdISUo="));
        assert!(
            !looks_like_basic_credentials("ABCDEFG") && !looks_like_basic_credentials("c2VjcmV0LWtleQ==")
        );
    }
}
