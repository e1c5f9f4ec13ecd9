//! Results as tables: Arrow's capsules for every library that reads them, and columns for
//! `crankwheel/_tables.py`, which creates the frames of pandas.

use arrow_array::cast::AsArray;
use arrow_array::ffi::FFI_ArrowSchema;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::types::{ArrowPrimitiveType, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef, PrimitiveArray};
use arrow_buffer::{Buffer, NullBuffer};
use arrow_schema::DataType;
use crankwheel::table::ArrowTable;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyString};

use super::error::Result;
use crate::scalar;

/// A class whose objects are tables.
pub trait Tabular: Sync {
    /// Returns the table.
    fn table(&self) -> std::result::Result<ArrowTable, crankwheel::Error>;
}

/// Converts a result to a table. Other threads run meanwhile.
fn table(py: Python<'_>, result: &impl Tabular) -> Result<ArrowTable> {
    Ok(py.detach(|| result.table())?)
}

/// Converts the argument `categories`.
pub fn categories(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(scalar::boolean(value).map_err(|problem| problem.of("categories"))?)
}

/// Calls a function of `crankwheel/_tables.py` with the table of a result.
pub fn convert<'py>(
    py: Python<'py>,
    result: &impl Tabular,
    function: &str,
    categories: Option<bool>,
) -> Result<Bound<'py, PyAny>> {
    let tables = py.import("crankwheel._tables")?;
    // First, because a missing package is found faster than a table is created.
    let library = tables.getattr("library")?.call1((function,))?;
    let table = Bound::new(py, Table(table(py, result)?))?;
    let function = tables.getattr(function)?;
    Ok(match categories {
        Some(categories) => function.call1((library, table, categories))?,
        None => function.call1((library, table))?,
    })
}

/// Returns a result as a stream of Arrow.
pub fn stream<'py>(py: Python<'py>, result: &impl Tabular) -> Result<Bound<'py, PyCapsule>> {
    stream_of(py, table(py, result)?)
}

/// Returns the schema of a result.
pub fn schema<'py>(py: Python<'py>, result: &impl Tabular) -> Result<Bound<'py, PyCapsule>> {
    schema_of(py, &table(py, result)?)
}

fn stream_of(py: Python<'_>, table: ArrowTable) -> Result<Bound<'_, PyCapsule>> {
    let stream = FFI_ArrowArrayStream::new(table.into_reader());
    Ok(PyCapsule::new_with_value(py, stream, c"arrow_array_stream")?)
}

fn schema_of<'py>(py: Python<'py>, table: &ArrowTable) -> Result<Bound<'py, PyCapsule>> {
    let schema = FFI_ArrowSchema::try_from(table.schema().as_ref());
    let schema = schema.map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(PyCapsule::new_with_value(py, schema, c"arrow_schema")?)
}

/// Adds the methods of a table to a class: calls a macro that defines its methods, with the class and
/// all of them.
macro_rules! table_methods {
    ([$($macro:tt)*] [$($class:tt)*] { $($own:tt)* }) => {
        $($macro)*! { $($class)* {
            $($own)*

            /// Exports the table to any library that reads Arrow streams.
            #[pyo3(signature = (requested_schema=None))]
            fn __arrow_c_stream__<'py>(
                &self,
                py: pyo3::Python<'py>,
                requested_schema: Option<&pyo3::Bound<'py, pyo3::PyAny>>,
            ) -> $crate::output::error::Result<pyo3::Bound<'py, pyo3::types::PyCapsule>> {
                // It is a wish; readers convert what they receive.
                let _ = requested_schema;
                $crate::output::table::stream(py, self)
            }

            /// Exports the schema of the table.
            fn __arrow_c_schema__<'py>(
                &self,
                py: pyo3::Python<'py>,
            ) -> $crate::output::error::Result<pyo3::Bound<'py, pyo3::types::PyCapsule>> {
                $crate::output::table::schema(py, self)
            }

            /// Returns a `pyarrow.Table`.
            fn to_arrow<'py>(
                &self,
                py: pyo3::Python<'py>,
            ) -> $crate::output::error::Result<pyo3::Bound<'py, pyo3::PyAny>> {
                $crate::output::table::convert(py, self, "to_arrow", None)
            }

            /// Returns a `pandas.DataFrame`.
            #[pyo3(signature = (*, categories=false))]
            fn to_pandas<'py>(
                &self,
                py: pyo3::Python<'py>,
                #[pyo3(from_py_with = $crate::output::table::categories)] categories: bool,
            ) -> $crate::output::error::Result<pyo3::Bound<'py, pyo3::PyAny>> {
                $crate::output::table::convert(py, self, "to_pandas", Some(categories))
            }

            /// Returns a `polars.DataFrame`.
            #[pyo3(signature = (*, categories=false))]
            fn to_polars<'py>(
                &self,
                py: pyo3::Python<'py>,
                #[pyo3(from_py_with = $crate::output::table::categories)] categories: bool,
            ) -> $crate::output::error::Result<pyo3::Bound<'py, pyo3::PyAny>> {
                $crate::output::table::convert(py, self, "to_polars", Some(categories))
            }
        } }
    };
}

pub(crate) use table_methods;

/// A table for `crankwheel/_tables.py`, and an Arrow stream for the libraries that it calls.
#[pyclass(frozen, module = "crankwheel._native")]
pub struct Table(ArrowTable);

/// The memory of a column, which NumPy reads in place.
#[pyclass(frozen, module = "crankwheel._native")]
pub struct Memory {
    buffer: Buffer,
    /// The type of its items, as NumPy writes it.
    kind: &'static str,
    length: usize,
}

/// Part of a column: the number of rows, their values or codes, and the bits of its valid rows.
type Chunk = (usize, Memory, Option<Memory>);

/// A column: its name, type, and whether it can be null; its chunks; and the strings that its codes
/// stand for.
type Column<'py> = (String, &'static str, bool, Vec<Chunk>, Option<Vec<Bound<'py, PyString>>>);

#[pymethods]
impl Table {
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> Result<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        stream_of(py, self.0.clone())
    }

    /// Returns the table with strings in place of codes.
    fn with_string_views(&self, py: Python<'_>) -> Result<Self> {
        Ok(Table(py.detach(|| self.0.with_string_views())?))
    }

    /// Returns the columns.
    fn columns<'py>(&self, py: Python<'py>) -> Vec<Column<'py>> {
        let column = |(at, field): (usize, &arrow_schema::FieldRef)| {
            let chunks = self.0.batches().iter().map(|batch| batch.column(at));
            let (kind, chunks, strings) = match field.data_type() {
                DataType::Int64 => ("integer", chunks.map(numbers::<Int64Type>).collect(), None),
                DataType::Float64 => ("number", chunks.map(numbers::<Float64Type>).collect(), None),
                DataType::Boolean => ("boolean", chunks.map(booleans).collect(), None),
                DataType::Timestamp(..) => {
                    ("time", chunks.map(numbers::<TimestampMicrosecondType>).collect(), None)
                }
                _ => {
                    let coded = py.detach(|| self.0.coded_strings(at));
                    let strings = coded.values.iter().flatten().map(|text| PyString::new(py, text));
                    ("string", coded.codes.iter().map(primitive).collect(), Some(strings.collect()))
                }
            };
            (field.name().clone(), kind, field.is_nullable(), chunks, strings)
        };
        self.0.schema().fields().iter().enumerate().map(column).collect()
    }
}

#[pymethods]
impl Memory {
    /// The address of the memory for NumPy, whose array keeps this object.
    #[getter]
    fn __array_interface__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let interface = PyDict::new(py);
        interface.set_item("version", 3)?;
        interface.set_item("typestr", self.kind)?;
        interface.set_item("shape", (self.length,))?;
        let is_read_only = true;
        interface.set_item("data", (self.buffer.as_ptr() as usize, is_read_only))?;
        Ok(interface)
    }
}

/// The order of bytes, as NumPy writes it.
macro_rules! native {
    ($kind:literal) => {
        if cfg!(target_endian = "big") { concat!(">", $kind) } else { concat!("<", $kind) }
    };
}

fn valid(nulls: Option<&NullBuffer>) -> Option<Memory> {
    nulls.map(|nulls| bits(nulls.inner().sliced()))
}

fn bits(buffer: Buffer) -> Memory {
    let length = buffer.len();
    Memory { buffer, kind: "|u1", length }
}

fn numbers<T: ArrowPrimitiveType>(column: &ArrayRef) -> Chunk {
    primitive(column.as_primitive::<T>())
}

fn primitive<T: ArrowPrimitiveType>(column: &PrimitiveArray<T>) -> Chunk {
    let kind = match T::DATA_TYPE {
        DataType::Float64 => native!("f8"),
        DataType::Int32 => native!("i4"),
        _ => native!("i8"),
    };
    let buffer = column.values().inner().clone();
    let length = column.len();
    (length, Memory { buffer, kind, length }, valid(column.nulls()))
}

fn booleans(column: &ArrayRef) -> Chunk {
    let column = column.as_boolean();
    (column.len(), bits(column.values().sliced()), valid(column.nulls()))
}
