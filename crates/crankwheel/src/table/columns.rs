//! Columns of numbers and of repeated strings.

use std::collections::HashMap;

/// The value for null in a column of integers or timestamps.
pub const NULL_INT: i64 = i64::MIN;

/// The value for null in a column of codes.
pub const NULL_CODE: u32 = u32::MAX;

/// A column of strings that stores each distinct string once, and a code for every row.
///
/// ```
/// let history = crankwheel::UsageHistory::from_json(r#"{"sessions": [
///     {"email": "agent@acme.example"}, {"email": null}, {"email": "agent@acme.example"}
/// ]}"#)?;
/// let column = history.sessions().email();
/// assert_eq!((column.values().len(), column.codes()), (1, [0, u32::MAX, 0].as_slice()));
/// # Ok::<(), crankwheel::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    values: Vec<Box<str>>,
    codes: Vec<u32>,
}

impl Dictionary {
    /// Returns the distinct strings, in the order of their first rows.
    ///
    /// ```
    /// let history = crankwheel::UsageHistory::from_json(r#"{"sessions": [
    ///     {"email": "agent@acme.example"}, {"email": null}, {"email": "agent@acme.example"}
    /// ]}"#)?;
    /// let column = history.sessions().email();
    /// assert_eq!(&*column.values()[0], "agent@acme.example");
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn values(&self) -> &[Box<str>] {
        &self.values
    }

    /// Returns the index of each row's string in [`Dictionary::values`]. [`NULL_CODE`] is null.
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
        let code = *self.codes.get(row)?;
        self.values.get(usize::try_from(code).ok()?).map(|text| &**text)
    }
}

/// Builds a [`Dictionary`].
#[derive(Default)]
pub(crate) struct DictionaryBuilder {
    column: Dictionary,
    index: HashMap<Box<str>, u32>,
}

impl DictionaryBuilder {
    pub fn push(&mut self, text: Option<&str>) {
        let code = text.map_or(NULL_CODE, |text| self.code(text));
        self.column.codes.push(code);
    }

    fn code(&mut self, text: &str) -> u32 {
        // Sessions are grouped by user, so the string of the last row is likely to be repeated.
        if let Some(last) = self.column.codes.len().checked_sub(1)
            && self.column.get(last) == Some(text)
            && let Some(code) = self.column.codes.last()
        {
            return *code;
        }
        if let Some(code) = self.index.get(text) {
            return *code;
        }
        let code = u32::try_from(self.column.values.len()).unwrap_or(NULL_CODE);
        self.column.values.push(text.into());
        self.index.insert(text.into(), code);
        code
    }

    pub fn finish(mut self) -> Dictionary {
        self.column.values.shrink_to_fit();
        self.column.codes.shrink_to_fit();
        self.column
    }
}

/// The raw JSON of some rows, stored in one string.
#[derive(Clone, Debug, Default)]
pub(crate) struct RowJson {
    /// Each of these rows and the end of its JSON, in the order of the rows.
    ends: Vec<(u32, usize)>,
    json: String,
}

impl RowJson {
    /// Adds the JSON of a row, which must be after the rows that were added before.
    pub fn push(&mut self, row: usize, json: &str) {
        self.json.push_str(json);
        self.ends.push((u32::try_from(row).unwrap_or(u32::MAX), self.json.len()));
    }

    pub fn get(&self, row: usize) -> Option<&str> {
        let row = u32::try_from(row).ok()?;
        self.at(self.ends.binary_search_by_key(&row, |(row, _)| *row).ok()?)
    }

    pub fn iter(&self) -> impl Iterator<Item = (usize, &str)> {
        let rows = self.ends.iter().enumerate();
        rows.filter_map(|(place, (row, _))| Some((usize::try_from(*row).ok()?, self.at(place)?)))
    }

    pub fn shrink_to_fit(&mut self) {
        self.ends.shrink_to_fit();
        self.json.shrink_to_fit();
    }

    fn at(&self, place: usize) -> Option<&str> {
        let end = self.ends.get(place)?.1;
        let start =
            place.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |before| before.1);
        self.json.get(start..end)
    }
}
