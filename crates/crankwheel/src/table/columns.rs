//! Columns of numbers and of text that repeats.

use std::collections::HashMap;

/// Stands for null in a column of integers and timestamps.
pub const NULL_INT: i64 = i64::MIN;

/// Stands for null in a column of codes.
pub const NULL_CODE: u32 = u32::MAX;

/// A column of text that repeats: each distinct text once, and a code for every row.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    values: Vec<Box<str>>,
    codes: Vec<u32>,
}

impl Dictionary {
    /// The distinct texts, in the order they first came.
    pub fn values(&self) -> &[Box<str>] {
        &self.values
    }

    /// For every row the index of its text, [`NULL_CODE`] for null.
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// The text of a row.
    pub fn get(&self, row: usize) -> Option<&str> {
        let code = *self.codes.get(row)?;
        self.values.get(usize::try_from(code).ok()?).map(|text| &**text)
    }
}

/// Fills a [`Dictionary`].
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
        // Sessions come in runs of one user: the last row's text is the likeliest.
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

/// Texts of some rows, one after the other in one piece of memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct RowTexts {
    /// Each row that has one and where its text ends, in the order of the rows.
    ends: Vec<(u32, usize)>,
    text: String,
}

impl RowTexts {
    /// Adds the text of a row that comes after all those before.
    pub fn push(&mut self, row: usize, text: &str) {
        self.text.push_str(text);
        self.ends.push((u32::try_from(row).unwrap_or(u32::MAX), self.text.len()));
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
        self.text.shrink_to_fit();
    }

    fn at(&self, place: usize) -> Option<&str> {
        let end = self.ends.get(place)?.1;
        let start =
            place.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |before| before.1);
        self.text.get(start..end)
    }
}
