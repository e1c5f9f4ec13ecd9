//! The table of the sessions of a usage history, which shares the memory of their columns.

use std::iter;
use std::ops::Range;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::types::{Int64Type, TimestampMicrosecondType};
use arrow_array::{ArrayRef, Int64Array, PrimitiveArray};

use super::column::UTC;
use super::columns::SESSIONS;
use super::rows::finish;
use super::shared::{Numbers, Strings};
use super::{ArrowTable, BATCH_ROWS, ToArrow, too_long};
use crate::error::Error;
use crate::table::{Sessions, UsageHistory};

impl ToArrow for UsageHistory {
    fn to_arrow(&self) -> Result<ArrowTable, Error> {
        self.sessions().to_arrow()
    }
}

impl ToArrow for Sessions {
    fn to_arrow(&self) -> Result<ArrowTable, Error> {
        let strings = [Sessions::email, Sessions::sname, Sessions::lname];
        let strings = strings.map(|column| Strings::of(self, column));
        let times = [Sessions::start_micros, Sessions::end_micros].map(|column| Numbers::of(self, column));
        let integers = [Sessions::duration, Sessions::max_viewer_count];
        let integers = integers.map(|column| Numbers::of(self, column));
        let [email, sname, lname] = strings;
        let strings = [email?, sname?, lname?];
        let mut extra = Extra::of(self);
        let mut batches = Vec::new();
        for start in (0..self.len()).step_by(BATCH_ROWS) {
            let rows = start..self.len().min(start + BATCH_ROWS);
            let mut columns: Vec<ArrayRef> = Vec::with_capacity(9);
            for column in &strings {
                columns.push(Arc::new(column.rows(rows.clone())?));
            }
            for column in &times {
                let times: PrimitiveArray<TimestampMicrosecondType> = column.rows(rows.clone());
                columns.push(Arc::new(times.with_timezone(UTC)));
            }
            for column in &integers {
                columns.push(Arc::new(column.rows::<Int64Type>(rows.clone())));
            }
            columns.push(Arc::new(client_ids(self, rows.clone())));
            columns.push(extra.rows(rows)?);
            batches.push(columns);
        }
        finish(&SESSIONS, batches)
    }
}

fn client_ids(sessions: &Sessions, rows: Range<usize>) -> Int64Array {
    let Some(ids) = sessions.client_ids() else { return Int64Array::new_null(rows.len()) };
    let codes = sessions.sname().codes().get(rows).unwrap_or_default();
    let id = |code: &u32| *usize::try_from(*code).ok().and_then(|code| ids.get(code))?;
    codes.iter().map(id).collect()
}

/// The unknown members of the sessions, read from the first row on.
struct Extra<'a> {
    rows: iter::Peekable<Box<dyn Iterator<Item = (usize, String)> + 'a>>,
}

impl<'a> Extra<'a> {
    fn of(sessions: &'a Sessions) -> Self {
        let rows = sessions.unusual_rows();
        let rows = rows.filter_map(|(row, _)| Some((row, sessions.extra_json(row)?)));
        let rows: Box<dyn Iterator<Item = (usize, String)> + 'a> = Box::new(rows);
        Extra { rows: rows.peekable() }
    }

    fn rows(&mut self, rows: Range<usize>) -> Result<ArrayRef, Error> {
        let mut column = StringBuilder::with_capacity(0, 0);
        let mut bytes = 0_usize;
        let mut next = rows.start;
        while let Some((row, json)) = self.rows.next_if(|(row, _)| *row < rows.end) {
            bytes += json.len();
            if bytes > i32::MAX as usize {
                return Err(too_long());
            }
            column.append_nulls(row - next);
            column.append_value(json);
            next = row + 1;
        }
        column.append_nulls(rows.end - next);
        Ok(Arc::new(column.finish()))
    }
}
