//! The places of values in a JSON document.

use std::fmt;

use super::excerpt::counted;

/// The place of a value in a response, displayed as `$.per_company[3].periods[0].units`.
#[derive(Clone, Copy)]
pub enum Path<'a> {
    /// The whole response body.
    Root,
    /// A member of an object.
    Key(&'a Path<'a>, &'a str),
    /// An element of a list.
    Index(&'a Path<'a>, usize),
}

/// The number of characters of a key that are shown.
const MAX_KEY: usize = 100;

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => f.write_str("$"),
            Path::Key(parent, key)
                if key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && !key.is_empty() =>
            {
                write!(f, "{parent}.{}", counted(key, MAX_KEY))
            }
            Path::Key(parent, key) => write!(f, "{parent}[{:?}]", counted(key, MAX_KEY)),
            Path::Index(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_displayed_as_json_path() {
        let root = Path::Root;
        let list = Path::Key(&root, "per_company");
        let item = Path::Index(&list, 3);
        assert_eq!(Path::Key(&item, "a b").to_string(), "$.per_company[3][\"a b\"]");
        let long = "x".repeat(1 << 20);
        assert!(Path::Key(&root, &long).to_string().ends_with("x… (1048576 characters)"));
    }
}
