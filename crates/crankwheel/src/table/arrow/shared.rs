//! Columns in the memory of a usage history, which Arrow arrays share.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::types::{ArrowPrimitiveType, Int32Type};
use arrow_array::{ArrayRef, DictionaryArray, PrimitiveArray, StringArray};
use arrow_buffer::{ArrowNativeType, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use bytemuck::NoUninit;
use bytes::Bytes;

use super::{not_converted, too_long};
use crate::error::Error;
use crate::table::{Dictionary, NULL_CODE, NULL_INT, Sessions};

/// A column of the sessions, which stay in memory as long as an array uses it.
struct Owner<T> {
    sessions: Sessions,
    column: fn(&Sessions) -> &[T],
}

impl<T: NoUninit> AsRef<[u8]> for Owner<T> {
    fn as_ref(&self) -> &[u8] {
        bytemuck::cast_slice((self.column)(&self.sessions))
    }
}

fn share<T: NoUninit + Send + 'static>(sessions: &Sessions, column: fn(&Sessions) -> &[T]) -> Buffer {
    Buffer::from(Bytes::from_owner(Owner { sessions: sessions.clone(), column }))
}

/// Returns the rows that are null, `None` if there are none.
fn nulls<T: Copy + PartialEq>(values: &[T], null: T) -> Option<NullBuffer> {
    values.contains(&null).then(|| values.iter().map(|value| *value != null).collect())
}

/// A column of integers or of timestamps.
pub(super) struct Numbers {
    values: ScalarBuffer<i64>,
}

impl Numbers {
    pub fn of(sessions: &Sessions, column: fn(&Sessions) -> &[i64]) -> Self {
        Numbers { values: whole(share(sessions, column)) }
    }

    /// Returns some of the rows. They are within the column.
    pub fn rows<T: ArrowPrimitiveType<Native = i64>>(&self, rows: Range<usize>) -> PrimitiveArray<T> {
        let values = self.values.slice(rows.start, rows.len());
        let nulls = nulls(&values, NULL_INT);
        PrimitiveArray::new(values, nulls)
    }
}

fn whole<T: ArrowNativeType>(buffer: Buffer) -> ScalarBuffer<T> {
    ScalarBuffer::from(buffer)
}

/// A column of strings that repeat.
pub(super) struct Strings {
    values: ArrayRef,
    /// As `i32`, the code for null is -1, and no other code is negative: there are fewer rows.
    codes: ScalarBuffer<i32>,
}

impl Strings {
    pub fn of(sessions: &Sessions, column: fn(&Sessions) -> &Dictionary) -> Result<Self, Error> {
        let values = Arc::new(distinct(column(sessions))?);
        let owner = OwnerOfCodes { sessions: sessions.clone(), column };
        let codes = whole(Buffer::from(Bytes::from_owner(owner)));
        Ok(Strings { values, codes })
    }

    /// Returns some of the rows. They are within the column.
    pub fn rows(&self, rows: Range<usize>) -> Result<DictionaryArray<Int32Type>, Error> {
        let codes = self.codes.slice(rows.start, rows.len());
        let nulls = nulls(&codes, NULL_CODE.cast_signed());
        let keys = PrimitiveArray::new(codes, nulls);
        DictionaryArray::try_new(keys, ArrayRef::clone(&self.values)).map_err(not_converted)
    }
}

/// As [`Owner`], for the codes of a column of strings.
struct OwnerOfCodes {
    sessions: Sessions,
    column: fn(&Sessions) -> &Dictionary,
}

impl AsRef<[u8]> for OwnerOfCodes {
    fn as_ref(&self) -> &[u8] {
        bytemuck::cast_slice((self.column)(&self.sessions).codes())
    }
}

/// Returns the distinct strings of a column, in the order of their codes.
fn distinct(column: &Dictionary) -> Result<StringArray, Error> {
    let mut offsets = vec![0];
    let mut bytes = Vec::new();
    for text in column.iter() {
        bytes.extend_from_slice(text.as_bytes());
        offsets.push(i32::try_from(bytes.len()).map_err(|_| too_long())?);
    }
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    StringArray::try_new(offsets, Buffer::from_vec(bytes), None).map_err(not_converted)
}
