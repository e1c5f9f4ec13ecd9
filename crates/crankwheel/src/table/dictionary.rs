//! Columns of repeated strings.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

use super::columns::NULL_CODE;

/// A column of strings that stores each distinct string once, and a code for every row.
///
/// ```
/// let history = crankwheel::UsageHistory::from_json(r#"{"sessions": [
///     {"email": "agent@acme.example"}, {"email": null}, {"email": "agent@acme.example"}
/// ]}"#)?;
/// let column = history.sessions().email();
/// assert_eq!((column.len(), column.codes()), (1, [0, u32::MAX, 0].as_slice()));
/// # Ok::<(), crankwheel::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    strings: Strings,
    codes: Vec<u32>,
}

impl Dictionary {
    /// Returns the number of distinct strings.
    ///
    /// ```
    /// let history = crankwheel::UsageHistory::from_json(r#"{"sessions": [
    ///     {"email": "agent@acme.example"}, {"email": null}, {"email": "agent@acme.example"}
    /// ]}"#)?;
    /// assert_eq!(history.sessions().email().len(), 1);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn len(&self) -> usize {
        self.strings.len()
    }

    /// Returns true if there is no string.
    ///
    /// ```
    /// let history = crankwheel::UsageHistory::from_json(r#"{"sessions": [{"email": null}]}"#)?;
    /// assert!(history.sessions().email().is_empty());
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.strings.len() == 0
    }

    /// Returns the distinct strings, in the order of their first rows, which is that of their codes.
    ///
    /// ```
    /// let history = crankwheel::UsageHistory::from_json(r#"{"sessions": [
    ///     {"email": "agent@acme.example"}, {"email": null}, {"email": "agent@acme.example"}
    /// ]}"#)?;
    /// let column = history.sessions().email();
    /// assert!(column.iter().eq(["agent@acme.example"]));
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|place| self.strings.get(place).unwrap_or_default())
    }

    /// Returns the string with this code, `None` for [`NULL_CODE`].
    ///
    /// ```
    /// let history = crankwheel::UsageHistory::from_json(r#"{"sessions": [
    ///     {"email": "agent@acme.example"}, {"email": null}, {"email": "agent@acme.example"}
    /// ]}"#)?;
    /// let column = history.sessions().email();
    /// assert_eq!(column.value(0), Some("agent@acme.example"));
    /// assert_eq!(column.value(crankwheel::table::NULL_CODE), None);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn value(&self, code: u32) -> Option<&str> {
        self.strings.get(usize::try_from(code).ok()?)
    }

    /// Returns the code of each row's string. [`NULL_CODE`] is null.
    ///
    /// ```
    /// let history = crankwheel::UsageHistory::from_json(r#"{"sessions": [
    ///     {"email": "agent@acme.example"}, {"email": null}, {"email": "agent@acme.example"}
    /// ]}"#)?;
    /// let column = history.sessions().email();
    /// assert_eq!(column.codes(), [0, crankwheel::table::NULL_CODE, 0]);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// Returns the string of a row, counted from 0.
    ///
    /// ```
    /// let history = crankwheel::UsageHistory::from_json(r#"{"sessions": [
    ///     {"email": "agent@acme.example"}, {"email": null}, {"email": "agent@acme.example"}
    /// ]}"#)?;
    /// let column = history.sessions().email();
    /// assert_eq!((column.get(1), column.get(2)), (None, Some("agent@acme.example")));
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn get(&self, row: usize) -> Option<&str> {
        self.value(*self.codes.get(row)?)
    }
}

/// Strings, one after the other in one allocation.
#[derive(Clone, Debug, Default)]
struct Strings {
    text: String,
    /// The end of each string in `text`.
    ends: Vec<usize>,
}

impl Strings {
    fn len(&self) -> usize {
        self.ends.len()
    }

    /// Adds a string and returns its place.
    fn push(&mut self, string: &str) -> u32 {
        let place = u32::try_from(self.ends.len()).unwrap_or(NULL_CODE);
        self.text.push_str(string);
        self.ends.push(self.text.len());
        place
    }

    fn range(&self, place: usize) -> Option<std::ops::Range<usize>> {
        let end = *self.ends.get(place)?;
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        Some(start..end)
    }

    fn get(&self, place: usize) -> Option<&str> {
        self.text.get(self.range(place)?)
    }

    fn bytes(&self, place: u32) -> &[u8] {
        let range = usize::try_from(place).ok().and_then(|place| self.range(place));
        range.and_then(|range| self.text.as_bytes().get(range)).unwrap_or_default()
    }

    fn shrink_to_fit(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}

/// Strings that can be found. The hash has a seed, because the strings come from users.
#[derive(Default)]
struct Index {
    hasher: DefaultHashBuilder,
    places: HashTable<u32>,
}

impl Index {
    fn find(&self, strings: &Strings, string: &[u8]) -> Option<u32> {
        let hash = self.hasher.hash_one(string);
        self.places.find(hash, |place| strings.bytes(*place) == string).copied()
    }

    /// Adds a string that cannot be found.
    fn insert(&mut self, strings: &Strings, string: &[u8], place: u32) {
        let hash = self.hasher.hash_one(string);
        self.places.insert_unique(hash, place, |place| self.hasher.hash_one(strings.bytes(*place)));
    }
}

/// A string of a [`DictionaryBuilder`] as it is written in JSON. A string can be written in several ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written(u32);

impl Written {
    /// Marks the place of a form with escapes. Without it, the number is a code.
    const ESCAPED: u32 = 1 << 31;
}

/// Builds a [`Dictionary`].
#[derive(Default)]
pub(super) struct DictionaryBuilder {
    strings: Strings,
    /// The strings that JSON can write as they are.
    plain: Index,
    /// The strings that JSON writes with escapes only.
    special: Index,
    /// The JSON of strings that were written with escapes, without the quotes, and their codes.
    escaped: Strings,
    escaped_index: Index,
    escaped_codes: Vec<u32>,
    codes: Vec<u32>,
}

impl DictionaryBuilder {
    /// Adds a row.
    pub fn push(&mut self, string: Option<&str>) {
        let code = string.map_or(NULL_CODE, |string| self.code(string));
        self.codes.push(code);
    }

    /// Adds a row.
    pub fn push_code(&mut self, code: u32) {
        self.codes.push(code);
    }

    /// Finds a string by its JSON, without the quotes.
    pub fn find(&self, json: &[u8], escaped: bool) -> Option<Written> {
        if escaped {
            let place = self.escaped_index.find(&self.escaped, json)?;
            Some(Written(place | Written::ESCAPED))
        } else {
            self.plain.find(&self.strings, json).map(Written)
        }
    }

    /// Adds a string that was not found.
    pub fn insert(&mut self, string: &str, json: &str, escaped: bool) -> Written {
        let code = self.code(string);
        if !escaped {
            return Written(code);
        }
        let place = self.escaped.push(json);
        self.escaped_index.insert(&self.escaped, json.as_bytes(), place);
        self.escaped_codes.push(code);
        Written(place | Written::ESCAPED)
    }

    /// Returns the JSON of a string, without the quotes.
    pub fn json(&self, written: Written) -> &[u8] {
        match written.0.checked_sub(Written::ESCAPED) {
            Some(place) => self.escaped.bytes(place),
            None => self.strings.bytes(written.0),
        }
    }

    /// Returns the code of a string.
    pub fn code_of(&self, written: Written) -> u32 {
        match written.0.checked_sub(Written::ESCAPED) {
            Some(place) => {
                let code = usize::try_from(place).ok().and_then(|place| self.escaped_codes.get(place));
                code.copied().unwrap_or(NULL_CODE)
            }
            None => written.0,
        }
    }

    fn code(&mut self, string: &str) -> u32 {
        // Sessions are grouped by user, so the string of the last row is likely to be repeated.
        if let Some(last) = self.codes.last()
            && *last != NULL_CODE
            && self.strings.bytes(*last) == string.as_bytes()
        {
            return *last;
        }
        let index = if is_plain(string) { &mut self.plain } else { &mut self.special };
        if let Some(code) = index.find(&self.strings, string.as_bytes()) {
            return code;
        }
        let code = self.strings.push(string);
        index.insert(&self.strings, string.as_bytes(), code);
        code
    }

    pub fn finish(mut self) -> Dictionary {
        self.strings.shrink_to_fit();
        self.codes.shrink_to_fit();
        Dictionary { strings: self.strings, codes: self.codes }
    }
}

/// Returns true if JSON can write a string without an escape (RFC 8259, 7).
pub(super) fn is_plain(string: &str) -> bool {
    !string.bytes().any(|byte| byte < b' ' || byte == b'"' || byte == b'\\')
}
