//! Results as tables: columns as typed arrays, and bytes of the Arrow IPC stream format.

use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowPrimitiveType, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use crankwheel::table::{ArrowTable, ToArrow};
use crankwheel::{ClientBilling, Error, Model};
use napi::Either;
use napi::bindgen_prelude::{Float64Array, Uint8Array, Uint32Array};
use napi_derive::napi;

use crate::error::ErrorData;

/// The code of a missing string.
const NULL_CODE: u32 = u32::MAX;

/// The value of a missing boolean.
const NULL_BOOLEAN: u8 = u8::MAX;

/// A result as a table.
#[napi]
pub struct NativeTable {
    table: ArrowTable,
}

/// A column: one of its arrays is set.
#[napi(object, object_from_js = false)]
pub struct TableColumn {
    pub name: String,
    /// Integers, floats and microseconds since 1970. A missing value is NaN.
    pub numbers: Option<Float64Array>,
    /// True if the numbers are times.
    pub is_time: bool,
    /// 0, 1, or 255 for a missing value.
    pub booleans: Option<Uint8Array>,
    pub strings: Option<TextColumn>,
}

/// A column of strings that repeat: the distinct strings, and the index of each row's string.
#[napi(object, object_from_js = false)]
pub struct TextColumn {
    pub values: Vec<String>,
    pub codes: Uint32Array,
}

/// Returns a client's bill as a table.
#[napi]
pub fn bill_table(json: String) -> Either<NativeTable, ErrorData> {
    NativeTable::new(ClientBilling::from_json(&json).and_then(|bill| bill.to_arrow()))
}

impl NativeTable {
    pub fn new(table: Result<ArrowTable, Error>) -> Either<NativeTable, ErrorData> {
        match table {
            Ok(table) => Either::A(NativeTable { table }),
            Err(error) => Either::B(error.into()),
        }
    }
}

#[napi]
impl NativeTable {
    /// Returns the columns.
    #[napi]
    pub fn columns(&self) -> Vec<TableColumn> {
        let schema = self.table.schema();
        schema.fields().iter().enumerate().map(|(at, field)| self.column(at, field)).collect()
    }

    /// Returns the table in the Arrow IPC stream format.
    #[napi]
    pub fn ipc(&self) -> Either<Uint8Array, ErrorData> {
        match self.table.to_ipc() {
            Ok(bytes) => Either::A(bytes.into()),
            Err(error) => Either::B(error.into()),
        }
    }
}

impl NativeTable {
    fn column(&self, at: usize, field: &arrow_schema::Field) -> TableColumn {
        let chunks: Vec<&ArrayRef> = self.table.batches().iter().map(|batch| batch.column(at)).collect();
        let (mut numbers, mut booleans, mut strings) = (None, None, None);
        match field.data_type() {
            DataType::Int64 => numbers = Some(array::<Int64Type>(&chunks, |number| number as f64)),
            DataType::Float64 => numbers = Some(array::<Float64Type>(&chunks, |number| number)),
            DataType::Timestamp(..) => {
                numbers = Some(array::<TimestampMicrosecondType>(&chunks, |micros| micros as f64));
            }
            DataType::Boolean => {
                let values = chunks.iter().flat_map(|chunk| chunk.as_boolean().iter());
                booleans = Some(values.map(|value| value.map_or(NULL_BOOLEAN, u8::from)).collect::<Vec<_>>());
            }
            _ => strings = Some(self.strings(at)),
        }
        TableColumn {
            name: field.name().clone(),
            is_time: matches!(field.data_type(), DataType::Timestamp(..)),
            numbers: numbers.map(Float64Array::new),
            booleans: booleans.map(Uint8Array::new),
            strings,
        }
    }

    fn strings(&self, at: usize) -> TextColumn {
        let coded = self.table.coded_strings(at);
        let codes = coded.codes.iter().flat_map(|codes| codes.iter());
        let codes = codes.map(|code| code.map_or(NULL_CODE, i32::cast_unsigned)).collect::<Vec<_>>();
        let values = coded.values.iter().flatten().map(str::to_owned).collect();
        TextColumn { values, codes: Uint32Array::new(codes) }
    }
}

/// Returns the numbers of a column. Integers of more than 53 bits are rounded.
fn array<T: ArrowPrimitiveType>(chunks: &[&ArrayRef], number: impl Fn(T::Native) -> f64) -> Vec<f64> {
    let mut numbers = Vec::with_capacity(chunks.iter().map(|chunk| chunk.len()).sum());
    for chunk in chunks {
        let chunk = chunk.as_primitive::<T>();
        match chunk.null_count() {
            0 => numbers.extend(chunk.values().iter().map(|value| number(*value))),
            _ => numbers.extend(chunk.iter().map(|value| value.map_or(f64::NAN, &number))),
        }
    }
    numbers
}
