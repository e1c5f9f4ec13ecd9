//! Columns of numbers, and the raw JSON of rows.

/// The value for null in a column of integers or timestamps.
pub const NULL_INT: i64 = i64::MIN;

/// The value for null in a column of codes.
pub const NULL_CODE: u32 = u32::MAX;

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
