//! A string that is never printed.

use std::fmt;

/// A secret string, such as an impersonation key. It prints as `***`; only [`Secret::reveal`]
/// returns it.
///
/// ```
/// let key = crankwheel::Secret::new("do-not-show");
/// assert_eq!(format!("{key:?} {key}"), "Secret(***) ***");
/// assert_eq!(key.reveal(), "do-not-show");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Box<str>);

impl Secret {
    /// Creates a secret from a string.
    ///
    /// ```
    /// let key = crankwheel::Secret::new(String::from("do-not-show"));
    /// assert_eq!(key.to_string(), "***");
    /// ```
    pub fn new(secret: impl Into<Box<str>>) -> Self {
        Secret(secret.into())
    }

    /// Returns the string itself. The caller must keep it out of logs.
    ///
    /// ```
    /// let key = crankwheel::Secret::new("do-not-show");
    /// assert_eq!(key.reveal(), "do-not-show");
    /// ```
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
