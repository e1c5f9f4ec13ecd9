//! The sessions of a usage history, held as columns; rows are created lazily.

use std::fmt::{self, Write};

use jiff::Timestamp;

use super::cells::write_text;
use super::columns::{Dictionary, NULL_INT, RowTexts};
use crate::time::six_digits;

/// One screen sharing session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Session<'a> {
    /// The presenter's e-mail address.
    pub email: Option<&'a str>,
    /// The company's short name.
    pub sname: Option<&'a str>,
    /// The company's human-readable name.
    pub lname: Option<&'a str>,
    /// When it began.
    pub start_date: Option<Timestamp>,
    /// When it ended.
    pub end_date: Option<Timestamp>,
    /// `end_date - start_date` in seconds.
    pub duration: Option<i64>,
    /// The most viewers at one time (`viewer_info.max_viewer_count` on the wire).
    pub max_viewer_count: Option<i64>,
}

/// The sessions, as columns.
#[derive(Clone, Default)]
pub struct Sessions {
    pub(super) email: Dictionary,
    pub(super) sname: Dictionary,
    pub(super) lname: Dictionary,
    pub(super) start: Vec<i64>,
    pub(super) end: Vec<i64>,
    pub(super) duration: Vec<i64>,
    pub(super) viewers: Vec<i64>,
    /// The JSON of rows that the columns cannot give back: with unknown, absent or null members.
    pub(super) unusual: RowTexts,
}

impl Sessions {
    /// How many sessions there are.
    pub fn len(&self) -> usize {
        self.start.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.start.is_empty()
    }

    /// The session at `row`, counted from 0.
    pub fn get(&self, row: usize) -> Option<Session<'_>> {
        let number = |column: &[i64]| column.get(row).copied().filter(|number| *number != NULL_INT);
        let time =
            |column: &[i64]| number(column).and_then(|micros| Timestamp::from_microsecond(micros).ok());
        (row < self.len()).then(|| Session {
            email: self.email.get(row),
            sname: self.sname.get(row),
            lname: self.lname.get(row),
            start_date: time(&self.start),
            end_date: time(&self.end),
            duration: number(&self.duration),
            max_viewer_count: number(&self.viewers),
        })
    }

    /// All sessions, row by row.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Session<'_>> {
        // Every row below the length is there.
        (0..self.len()).map(|row| self.get(row).unwrap_or(Session::EMPTY))
    }

    /// The presenters' e-mail addresses.
    pub fn email(&self) -> &Dictionary {
        &self.email
    }

    /// The companies' short names.
    pub fn sname(&self) -> &Dictionary {
        &self.sname
    }

    /// The companies' human-readable names.
    pub fn lname(&self) -> &Dictionary {
        &self.lname
    }

    /// Beginnings in microseconds since 1970, [`NULL_INT`] for null.
    pub fn start_micros(&self) -> &[i64] {
        &self.start
    }

    /// Ends in microseconds since 1970, [`NULL_INT`] for null.
    pub fn end_micros(&self) -> &[i64] {
        &self.end
    }

    /// Seconds, [`NULL_INT`] for null.
    pub fn duration(&self) -> &[i64] {
        &self.duration
    }

    /// The most viewers at one time, [`NULL_INT`] for null.
    pub fn max_viewer_count(&self) -> &[i64] {
        &self.viewers
    }

    /// The rows whose wire form is more than the columns say, with that wire form.
    pub fn unusual_rows(&self) -> impl Iterator<Item = (usize, &str)> {
        self.unusual.iter()
    }

    /// Writes one row's wire form.
    pub fn write_row_json(&self, row: usize, out: &mut String) {
        if let Some(json) = self.unusual.get(row) {
            out.push_str(json);
            return;
        }
        let Some(session) = self.get(row) else { return };
        // Writing to a String cannot fail. A row of columns alone has no null in it.
        let _ = write!(
            out,
            "{{\"viewer_info\":{{\"max_viewer_count\":{}}},\"start_date\":\"",
            session.max_viewer_count.unwrap_or_default()
        );
        six_digits(self.start.get(row).copied().unwrap_or_default(), out);
        out.push_str("\",\"sname\":");
        write_text(out, session.sname.unwrap_or_default());
        out.push_str(",\"lname\":");
        write_text(out, session.lname.unwrap_or_default());
        out.push_str(",\"end_date\":\"");
        six_digits(self.end.get(row).copied().unwrap_or_default(), out);
        out.push_str("\",\"email\":");
        write_text(out, session.email.unwrap_or_default());
        let _ = write!(out, ",\"duration\":{}}}", session.duration.unwrap_or_default());
    }

    /// Writes all rows as a JSON list, in wire form.
    pub fn write_json(&self, out: &mut String) {
        out.push('[');
        for row in 0..self.len() {
            if row > 0 {
                out.push(',');
            }
            self.write_row_json(row, out);
        }
        out.push(']');
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl Session<'_> {
    const EMPTY: Session<'static> = Session {
        email: None,
        sname: None,
        lname: None,
        start_date: None,
        end_date: None,
        duration: None,
        max_viewer_count: None,
    };
}
