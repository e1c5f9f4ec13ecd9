//! Collecting the rows of a table, cell by cell.

use std::slice::IterMut;
use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Float64Builder, Int64Builder, StringBuilder, StringDictionaryBuilder,
    TimestampMicrosecondBuilder,
};
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchOptions};
use jiff::Timestamp;

use super::column::{Kind, Table, UTC};
use super::{ArrowTable, BATCH_ROWS, not_converted, too_long};
use crate::error::Error;

/// The bytes of strings after which a record batch ends. Offsets have 31 bits.
const BATCH_TEXT: usize = 1 << 30;

/// Collects the rows of a table.
pub(super) struct Rows {
    table: &'static Table,
    columns: Vec<Builder>,
    batches: Vec<Vec<ArrayRef>>,
    rows: usize,
    text: usize,
    too_long: bool,
}

/// The cells of one row, which are pushed from left to right.
pub(super) struct Cells<'a> {
    next: IterMut<'a, Builder>,
    text: &'a mut usize,
    too_long: &'a mut bool,
}

/// A value of one or more columns.
pub(super) trait Cell {
    fn push(&self, cells: &mut Cells<'_>);
}

enum Builder {
    Repeated(StringDictionaryBuilder<Int32Type>),
    Text(StringBuilder),
    Integer(Int64Builder),
    Number(Float64Builder),
    Boolean(BooleanBuilder),
    Time(TimestampMicrosecondBuilder),
}

impl Rows {
    pub fn new(table: &'static Table) -> Self {
        let kinds = table.columns.iter().map(|column| column.kind);
        let kinds = kinds.chain(table.extra.iter().map(|_| Kind::Text));
        let columns = kinds.map(Builder::new).collect();
        Rows { table, columns, batches: Vec::new(), rows: 0, text: 0, too_long: false }
    }

    /// Adds a row: the values of its columns, and the JSON of its unknown members.
    pub fn push<const N: usize>(&mut self, values: &[&dyn Cell], extra: [Option<&str>; N]) {
        let mut cells =
            Cells { next: self.columns.iter_mut(), text: &mut self.text, too_long: &mut self.too_long };
        for value in values {
            value.push(&mut cells);
        }
        for json in extra {
            cells.text(json);
        }
        self.rows += 1;
        if self.rows >= BATCH_ROWS || self.text >= BATCH_TEXT {
            self.end_batch();
        }
    }

    fn end_batch(&mut self) {
        self.batches.push(self.columns.iter_mut().map(Builder::finish).collect());
        (self.rows, self.text) = (0, 0);
    }

    pub fn finish(mut self) -> Result<ArrowTable, Error> {
        if self.rows > 0 {
            self.end_batch();
        }
        if self.too_long {
            return Err(too_long());
        }
        finish(self.table, self.batches)
    }
}

/// Creates a table from the columns of each of its batches. Columns of JSON that are null everywhere
/// are left out.
pub(super) fn finish(table: &Table, batches: Vec<Vec<ArrayRef>>) -> Result<ArrowTable, Error> {
    let known = table.columns.len();
    let is_empty = |column: &ArrayRef| column.null_count() == column.len();
    let has = |at: usize| batches.iter().any(|batch| batch.get(known + at).is_some_and(|it| !is_empty(it)));
    let kept: Vec<bool> = (0..table.extra.len()).map(has).collect();
    let schema = table.schema(|at| kept.get(at) == Some(&true));
    let batch = |columns: Vec<ArrayRef>| {
        let rows = columns.first().map(|column| column.len());
        let keep = |at: usize| at.checked_sub(known).is_none_or(|at| kept.get(at) == Some(&true));
        let columns = columns.into_iter().enumerate().filter(|(at, _)| keep(*at));
        let columns = columns.map(|(_, column)| column).collect();
        let options = RecordBatchOptions::new().with_row_count(rows);
        RecordBatch::try_new_with_options(Arc::clone(&schema), columns, &options)
    };
    let batches = batches.into_iter().map(batch).collect::<Result<_, _>>().map_err(not_converted)?;
    Ok(ArrowTable { schema, batches })
}

impl Cells<'_> {
    fn text(&mut self, text: Option<&str>) {
        let builder = self.next.next();
        let length = text.map_or(0, str::len);
        if length > i32::MAX as usize - *self.text {
            *self.too_long = true;
            return;
        }
        *self.text += length;
        match builder {
            Some(Builder::Text(column)) => column.append_option(text),
            // A batch does not have enough rows to exhaust the keys.
            Some(Builder::Repeated(column)) => column.append_option(text),
            _ => {}
        }
    }
}

/// Implements [`Cell`] for the values of one kind of column. A column of another kind, which stays
/// shorter than the others, is an error when the batch ends.
macro_rules! cells {
    ($($type:ty: $kind:ident, $value:ident => $stored:expr;)*) => {$(
        impl Cell for $type {
            fn push(&self, cells: &mut Cells<'_>) {
                let $value = self;
                if let Some(Builder::$kind(column)) = cells.next.next() {
                    column.append_option($stored);
                }
            }
        }
    )*};
}

cells! {
    i64: Integer, value => Some(*value);
    Option<i64>: Integer, value => *value;
    f64: Number, value => Some(*value);
    Option<bool>: Boolean, value => *value;
    Option<Timestamp>: Time, value => value.map(Timestamp::as_microsecond);
}

impl Cell for Box<str> {
    fn push(&self, cells: &mut Cells<'_>) {
        cells.text(Some(self));
    }
}

impl Cell for Option<Box<str>> {
    fn push(&self, cells: &mut Cells<'_>) {
        cells.text(self.as_deref());
    }
}

impl Builder {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Repeated => Builder::Repeated(StringDictionaryBuilder::new()),
            Kind::Text => Builder::Text(StringBuilder::new()),
            Kind::Integer => Builder::Integer(Int64Builder::new()),
            Kind::Number => Builder::Number(Float64Builder::new()),
            Kind::Boolean => Builder::Boolean(BooleanBuilder::new()),
            Kind::Time => Builder::Time(TimestampMicrosecondBuilder::new().with_timezone(UTC)),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Builder::Repeated(column) => Arc::new(column.finish()),
            Builder::Text(column) => Arc::new(column.finish()),
            Builder::Integer(column) => Arc::new(column.finish()),
            Builder::Number(column) => Arc::new(column.finish()),
            Builder::Boolean(column) => Arc::new(column.finish()),
            Builder::Time(column) => Arc::new(column.finish()),
        }
    }
}
