//! Sessions for TypeScript, which creates the rows: typed arrays of a block of rows.
//!
//! A whole history is not converted at once, so that the event loop is not blocked for long. Strings that repeat are
//! passed once: a block has those that no block before it needed.

use std::ops::Range;

use crankwheel::Sessions;
use crankwheel::table::{Dictionary, NULL_CODE, NULL_INT};
use napi::bindgen_prelude::{Float64Array, Uint32Array};
use napi_derive::napi;

use crate::text::JsonText;

/// The columns of some sessions.
#[napi(object, object_from_js = false)]
pub struct SessionBlock {
    pub email: CodedColumn,
    pub sname: CodedColumn,
    pub lname: CodedColumn,
    /// Milliseconds since 1970, rounded down. A missing number is NaN here and below.
    pub start: Float64Array,
    /// Milliseconds since 1970, rounded down.
    pub end: Float64Array,
    /// Seconds.
    pub duration: Float64Array,
    pub max_viewer_count: Float64Array,
    /// The client's id for each new string of `sname`, as a string; empty without clients.
    pub client_ids: Vec<Option<String>>,
}

/// A column of strings that repeat.
#[napi(object, object_from_js = false)]
pub struct CodedColumn {
    /// The place of each row's string among all strings of the column; 4294967295 for a missing string.
    pub codes: Uint32Array,
    /// The strings that were not passed before, in their order, as a JSON array.
    #[napi(ts_type = "string")]
    pub strings: JsonText,
}

impl SessionBlock {
    /// Returns the rows `range`. The first `passed` strings of `email`, `sname` and `lname` were passed before.
    pub fn new(sessions: &Sessions, range: Range<usize>, [email, sname, lname]: [usize; 3]) -> Self {
        let part = |column: &[i64], convert: fn(i64) -> i64| {
            let number = |value: &i64| if *value == NULL_INT { f64::NAN } else { convert(*value) as f64 };
            Float64Array::new(column.get(range.clone()).unwrap_or_default().iter().map(number).collect())
        };
        let milliseconds = |micros: i64| micros.div_euclid(1000);
        let new_clients = new_strings(sessions.sname(), &range, sname);
        let ids = sessions.client_ids().and_then(|ids| ids.get(new_clients)).unwrap_or_default();
        SessionBlock {
            email: coded(sessions.email(), &range, email),
            sname: coded(sessions.sname(), &range, sname),
            lname: coded(sessions.lname(), &range, lname),
            start: part(sessions.start_micros(), milliseconds),
            end: part(sessions.end_micros(), milliseconds),
            duration: part(sessions.duration(), |seconds| seconds),
            max_viewer_count: part(sessions.max_viewer_count(), |count| count),
            client_ids: ids.iter().map(|id| id.map(|id| id.to_string())).collect(),
        }
    }
}

fn codes<'a>(column: &'a Dictionary, range: &Range<usize>) -> &'a [u32] {
    column.codes().get(range.clone()).unwrap_or_default()
}

/// Returns the places of the strings that these rows need in addition to the first `passed`.
fn new_strings(column: &Dictionary, range: &Range<usize>, passed: usize) -> Range<usize> {
    // A string gets the next code when it comes for the first time.
    let needed = codes(column, range).iter().filter(|code| **code != NULL_CODE).max();
    passed..needed.map_or(0, |code| *code as usize + 1).max(passed)
}

fn coded(column: &Dictionary, range: &Range<usize>, passed: usize) -> CodedColumn {
    let new = new_strings(column, range, passed);
    let strings: Vec<&str> = new
        .map(|place| u32::try_from(place).ok().and_then(|code| column.value(code)).unwrap_or_default())
        .collect();
    CodedColumn {
        codes: Uint32Array::new(codes(column, range).to_vec()),
        // Any strings can be written as JSON.
        strings: JsonText(serde_json::to_string(&strings).unwrap_or_default()),
    }
}
