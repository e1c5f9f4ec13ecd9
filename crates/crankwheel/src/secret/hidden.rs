//! A string that hides itself.

use std::fmt;

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
    /// Hides a string.
    pub fn new(secret: impl Into<Box<str>>) -> Self {
        Secret(secret.into())
    }

    /// Returns the string itself. Whoever calls this is responsible for keeping it out of logs.
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
