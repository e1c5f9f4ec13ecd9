//! Reading sessions in the form of one that was read before.
//!
//! An API writes all sessions in one form: the same members in the same order, with the same white
//! space. What is between the values is learned from one session and compared in the next ones, so
//! that their bytes are read once, without looking for members. A session that differs in anything is
//! read as general JSON, which also decides what is an error.

use std::borrow::Cow;

use memchr::memchr2;

use super::dictionary::{DictionaryBuilder, Written, is_plain};
use super::session_json::{COLUMNS, Column, INTEGERS, STRINGS, SessionJson};
use crate::json::{Path, scan};
use crate::time::{Timestamps, integer};

/// The form of a session.
#[derive(Debug)]
pub(super) struct Form {
    /// The bytes before each value, and its column. Each column occurs once. The quotes around a
    /// string or a timestamp do not belong to the value.
    steps: Vec<(Box<[u8]>, Column)>,
    /// The bytes after the last value.
    end: Box<[u8]>,
}

/// The values of a session.
#[derive(Debug, Default)]
pub(super) struct Values<'a> {
    pub strings: [Text<'a>; STRINGS],
    pub integers: [i64; INTEGERS],
}

/// A string of a session.
#[derive(Debug, Default)]
pub(super) enum Text<'a> {
    #[default]
    Missing,
    Known(Written),
    New {
        string: Cow<'a, str>,
        /// The string in JSON, without the quotes.
        json: &'a str,
        escaped: bool,
    },
}

impl Form {
    /// Learns the form of a session that has a value in each column and no unknown member.
    pub fn of(session: &SessionJson<'_>) -> Option<Form> {
        let row = session.row;
        let mut values = Vec::with_capacity(COLUMNS.len());
        for ((name, column), value) in COLUMNS.into_iter().zip(session.values) {
            let value = match (name, column) {
                ("viewer_info", _) => {
                    let members = scan::members(value?.get(), &Path::Root).ok()?;
                    members.into_iter().find(|(name, _)| name == "max_viewer_count")?.1.get()
                }
                (_, Column::Count(_)) => value?.get(),
                _ => value?.get().strip_prefix('"')?.strip_suffix('"')?,
            };
            // The value is a part of the row.
            let start = value.as_ptr().addr().checked_sub(row.as_ptr().addr())?;
            values.push((start, value.len(), column));
        }
        values.sort_unstable_by_key(|(start, ..)| *start);
        let (mut steps, mut at) = (Vec::with_capacity(values.len()), 0);
        for (start, len, column) in values {
            steps.push((row.as_bytes().get(at..start)?.into(), column));
            at = start + len;
        }
        Some(Form { steps, end: row.as_bytes().get(at..)?.into() })
    }

    /// Returns the columns in the order of their values.
    pub fn columns(&self) -> impl Iterator<Item = Column> {
        self.steps.iter().map(|(_, column)| *column)
    }

    /// Reads the session at the beginning of `bytes`, and returns its values and the size of its JSON.
    /// `None` means that it has another form, or is incomplete.
    pub fn read<'a>(
        &self,
        bytes: &'a [u8],
        dictionaries: &[DictionaryBuilder; STRINGS],
        predictions: &Predictions,
        timestamps: &mut Timestamps,
    ) -> Option<(Values<'a>, usize)> {
        let mut values = Values::default();
        let mut rest = bytes;
        let mut before = Before::Nothing;
        for (literal, column) in &self.steps {
            rest = rest.strip_prefix(&**literal)?;
            match *column {
                Column::String(place) => {
                    let dictionary = dictionaries.get(place)?;
                    let text;
                    (text, rest) = string(rest, dictionary, predictions.of(place, before))?;
                    before = match text {
                        Text::Known(written) => Before::String(dictionary.code_of(written)),
                        _ => Before::Unknown,
                    };
                    *values.strings.get_mut(place)? = text;
                }
                Column::Time(place) => {
                    (*values.integers.get_mut(place)?, rest) = timestamps.read(rest)?;
                }
                Column::Count(place) => {
                    (*values.integers.get_mut(place)?, rest) = integer(rest)?;
                }
            }
        }
        let rest = rest.strip_prefix(&*self.end)?;
        Some((values, bytes.len() - rest.len()))
    }
}

/// Reads a string, up to its closing quote.
fn string<'a>(
    bytes: &'a [u8],
    dictionary: &DictionaryBuilder,
    predicted: Option<Written>,
) -> Option<(Text<'a>, &'a [u8])> {
    if let Some(written) = predicted
        && let Some(after) = bytes.strip_prefix(dictionary.json(written))
        && after.first() == Some(&b'"')
    {
        return Some((Text::Known(written), after));
    }
    let (len, escaped) = string_end(bytes)?;
    let (json, after) = bytes.split_at_checked(len)?;
    if let Some(written) = dictionary.find(json, escaped) {
        return Some((Text::Known(written), after));
    }
    let json = std::str::from_utf8(json).ok()?;
    let string = match escaped {
        true => Cow::Owned(serde_json::from_str(&format!("\"{json}\"")).ok()?),
        false => is_plain(json).then_some(Cow::Borrowed(json))?,
    };
    Some((Text::New { string, json, escaped }, after))
}

/// Returns the size of a string up to its closing quote, and true if it has escapes.
fn string_end(bytes: &[u8]) -> Option<(usize, bool)> {
    let mut at = 0;
    let mut escaped = false;
    loop {
        let found = at + memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes.get(found) == Some(&b'"') {
            return Some((found, escaped));
        }
        escaped = true;
        at = found + 2;
    }
}

/// The knowledge about the string before another one in a session.
#[derive(Clone, Copy, Debug)]
pub(super) enum Before {
    /// There is none.
    Nothing,
    /// It has not occurred in an earlier session.
    Unknown,
    /// Its code.
    String(u32),
}

/// Predicts strings: the first of a session is that of the last session, and another one is that which
/// followed the string before it the last time. So the name of a company follows its short name.
#[derive(Debug, Default)]
pub(super) struct Predictions {
    last: [Option<Written>; STRINGS],
    /// By the code of the string before.
    next: [Vec<Option<Written>>; STRINGS],
}

impl Predictions {
    fn of(&self, column: usize, before: Before) -> Option<Written> {
        match before {
            Before::Nothing => *self.last.get(column)?,
            Before::Unknown => None,
            Before::String(code) => *self.next.get(column)?.get(usize::try_from(code).ok()?)?,
        }
    }

    /// Learns the string of a session in a column.
    pub fn learn(&mut self, column: usize, before: Before, written: Written) {
        let slot = match before {
            Before::Nothing => self.last.get_mut(column),
            Before::Unknown => None,
            Before::String(code) => self.next.get_mut(column).and_then(|next| {
                let code = usize::try_from(code).ok()?;
                if next.len() <= code {
                    next.resize(code + 1, None);
                }
                next.get_mut(code)
            }),
        };
        if let Some(slot) = slot {
            *slot = Some(written);
        }
    }
}
