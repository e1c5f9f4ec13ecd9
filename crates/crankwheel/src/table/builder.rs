//! Building the columns of sessions.

use std::sync::Arc;

use serde_json::value::RawValue;

use super::cells::{Text as Cell, count, text, time};
use super::columns::{NULL_INT, RowJson};
use super::dictionary::DictionaryBuilder;
use super::form::{Before, Form, Predictions, Text, Values};
use super::session_json::{Column, INTEGERS, STRINGS, SessionJson};
use super::sessions::{SessionColumns, Sessions};
use crate::json::{DecodeError, Path, scan};
use crate::time::Timestamps;

/// The maximum number of sessions: twice as many as the largest accepted response has in the
/// documented form. It limits the memory for shorter forms.
const MAX_SESSIONS: usize = 1 << 25;

/// The number of sessions with surprises, one after the other, after which forms are compared and
/// learned less often.
const PATIENCE: usize = 8;

/// Builds the columns.
#[derive(Default)]
pub(super) struct Builder {
    dictionaries: [DictionaryBuilder; STRINGS],
    integers: [Vec<i64>; INTEGERS],
    unusual: RowJson,
    form: Option<Form>,
    predictions: Predictions,
    timestamps: Timestamps,
    /// The number of sessions since the last one that had the expected form.
    surprises: usize,
    /// True if every session is read as general JSON.
    general: bool,
}

impl Builder {
    /// Creates a builder that reads every session as general JSON.
    pub fn general() -> Self {
        Builder { general: true, ..Builder::default() }
    }

    /// Returns the number of sessions.
    pub fn len(&self) -> usize {
        let [start, ..] = &self.integers;
        start.len()
    }

    /// Adds the session at the beginning of `json` if it has the expected form, and returns the size
    /// of its JSON.
    pub fn push_expected(&mut self, json: &[u8]) -> Option<usize> {
        let form = self.form.as_ref()?;
        let impatient = self.surprises >= PATIENCE && !self.surprises.is_multiple_of(PATIENCE);
        if impatient || self.len() >= MAX_SESSIONS {
            return None;
        }
        let read = form.read(json, &self.dictionaries, &self.predictions, &mut self.timestamps);
        let (Values { strings, integers }, len) = read?;
        let mut strings = strings.map(Some);
        let mut before = Before::Nothing;
        for column in form.columns() {
            let Column::String(place) = column else { continue };
            let Some(dictionary) = self.dictionaries.get_mut(place) else { continue };
            let written = match strings.get_mut(place).and_then(Option::take).unwrap_or_default() {
                Text::Known(written) => written,
                Text::New { string, json, escaped } => dictionary.insert(&string, json, escaped),
                // A form has every column.
                Text::Missing => continue,
            };
            let code = dictionary.code_of(written);
            dictionary.push_code(code);
            self.predictions.learn(place, before, written);
            before = Before::String(code);
        }
        for (column, value) in self.integers.iter_mut().zip(integers) {
            column.push(value);
        }
        self.surprises = 0;
        Some(len)
    }

    /// Adds a session, which must be a JSON object.
    pub fn push(&mut self, row: &str, at: &Path<'_>) -> Result<(), DecodeError> {
        if row.starts_with('{') && self.len() >= MAX_SESSIONS {
            return Err(DecodeError::new(at, format!("more than {MAX_SESSIONS} sessions are not accepted")));
        }
        self.surprises += 1;
        let session = SessionJson::read(row, at)?;
        let [email, sname, lname, start, end, duration, viewer_info] = session.values;
        let strings = [
            text(email, &Path::Key(at, "email"))?,
            text(sname, &Path::Key(at, "sname"))?,
            text(lname, &Path::Key(at, "lname"))?,
        ];
        let start = time(start, &Path::Key(at, "start_date"))?;
        let end = time(end, &Path::Key(at, "end_date"))?;
        let duration = match duration {
            Some(raw) => count(raw, &Path::Key(at, "duration"))?,
            None => None,
        };
        let (viewers, plain) = viewers(viewer_info, &Path::Key(at, "viewer_info"))?;
        let integers = [start, end, duration, viewers];

        let exact = |(string, exact): &Cell<'_>| *exact && string.is_some();
        if session.only_known && plain && strings.iter().all(exact) && integers.iter().all(Option::is_some) {
            self.learn(&session);
        } else {
            self.unusual.push(self.len(), row);
        }
        for (dictionary, (string, _)) in self.dictionaries.iter_mut().zip(&strings) {
            dictionary.push(string.as_deref());
        }
        for (column, value) in self.integers.iter_mut().zip(integers) {
            column.push(value.unwrap_or(NULL_INT));
        }
        Ok(())
    }

    /// Learns the form of a session that the columns represent.
    fn learn(&mut self, session: &SessionJson<'_>) {
        if !self.general && (self.surprises < PATIENCE || self.surprises.is_multiple_of(8 * PATIENCE)) {
            self.form = Form::of(session);
        }
    }

    pub fn finish(self) -> Sessions {
        let [email, sname, lname] = self.dictionaries.map(DictionaryBuilder::finish);
        let [start, end, duration, viewers] = self.integers.map(|mut column| {
            column.shrink_to_fit();
            column
        });
        let mut unusual = self.unusual;
        unusual.shrink_to_fit();
        let columns = SessionColumns { email, sname, lname, start, end, duration, viewers, unusual };
        Sessions { columns: Arc::new(columns), client_ids: None }
    }
}

/// Returns the viewer count, and true if `viewer_info` has no other member.
fn viewers(raw: Option<&RawValue>, at: &Path<'_>) -> Result<(Option<i64>, bool), DecodeError> {
    let Some(raw) = raw.filter(|raw| raw.get() != "null") else { return Ok((None, false)) };
    let members = scan::members(raw.get(), at)?;
    let plain = members.len() == 1;
    match members.into_iter().rev().find(|(name, _)| name == "max_viewer_count") {
        Some((_, value)) => Ok((count(value, &Path::Key(at, "max_viewer_count"))?, plain)),
        None => Ok((None, false)),
    }
}
