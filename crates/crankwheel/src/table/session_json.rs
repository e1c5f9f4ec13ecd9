//! The JSON of one session.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::json::{DecodeError, Path, scan};

/// The number of columns of strings.
pub(super) const STRINGS: usize = 3;

/// The number of columns of integers and timestamps.
pub(super) const INTEGERS: usize = 4;

/// A column, with its place among those of strings, or among those of integers and timestamps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    String(usize),
    Time(usize),
    Count(usize),
}

/// The documented members of a session and their columns. That of `viewer_info` is the column of its
/// member.
pub(super) const COLUMNS: [(&str, Column); STRINGS + INTEGERS] = [
    ("email", Column::String(0)),
    ("sname", Column::String(1)),
    ("lname", Column::String(2)),
    ("start_date", Column::Time(0)),
    ("end_date", Column::Time(1)),
    ("duration", Column::Count(2)),
    ("viewer_info", Column::Count(3)),
];

/// The members of a session.
pub(super) struct SessionJson<'de> {
    pub row: &'de str,
    /// The values of [`COLUMNS`]. Of a duplicate member, the last value counts.
    pub values: [Option<&'de RawValue>; COLUMNS.len()],
    /// True if there is no other member.
    pub only_known: bool,
}

impl<'de> SessionJson<'de> {
    /// Splits a session, which must be a JSON object.
    pub fn read(row: &'de str, at: &Path<'_>) -> Result<Self, DecodeError> {
        if !row.starts_with('{') {
            return Err(DecodeError::expected(at, "an object", row));
        }
        let mut json = serde_json::Deserializer::from_str(row);
        let visitor = Collect(SessionJson { row, values: [None; COLUMNS.len()], only_known: true });
        (&mut json)
            .deserialize_map(visitor)
            .and_then(|members| json.end().map(|()| members))
            .map_err(|error| DecodeError::new(at, format!("not valid JSON: {error}")))
    }
}

struct Collect<'de>(SessionJson<'de>);

impl<'de> Visitor<'de> for Collect<'de> {
    type Value = SessionJson<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a session")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SessionJson<'de>, A::Error> {
        let Collect(mut session) = self;
        while let Some(key) = map.next_key::<scan::Key<'_>>()? {
            let value = map.next_value::<&RawValue>()?;
            let name = key.text();
            match COLUMNS.iter().position(|(column, _)| *column == name) {
                Some(place) => {
                    if let Some(slot) = session.values.get_mut(place) {
                        *slot = Some(value);
                    }
                }
                None => session.only_known = false,
            }
        }
        Ok(session)
    }
}
