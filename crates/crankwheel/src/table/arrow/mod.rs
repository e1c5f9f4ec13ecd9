//! Results as Arrow tables.
//!
//! `columns.rs` has the columns of each table, generated from the contract. `sessions.rs` shares the
//! columns of a usage history; `models.rs` collects the rows of other results with `rows.rs`.

mod coded;
mod column;
mod columns;
mod models;
mod rows;
mod sessions;
mod shared;
mod string_views;
#[cfg(test)]
mod tests;

use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, SchemaRef};
pub use coded::CodedStrings;

use crate::error::{Error, ErrorKind};

/// The number of rows of all record batches of a table but the last.
const BATCH_ROWS: usize = 1 << 20;

/// A result as an Arrow table: a schema, and record batches of at most 1,048,576 rows.
///
/// ```
/// use crankwheel::UsageHistory;
/// use crankwheel::table::ToArrow;
///
/// let history = UsageHistory::from_json(r#"{"sessions": [{"email": "agent@acme.example", "duration": 60}]}"#)?;
/// let table = history.to_arrow()?;
/// assert_eq!(table.schema().field(0).name(), "email");
/// assert_eq!(table.batches()[0].num_rows(), 1);
/// # Ok::<(), crankwheel::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ArrowTable {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

/// A result that can be converted to an Arrow table.
///
/// The columns have the names and types of the model's fields: `Int64`, `Float64`, `Boolean`, `Utf8`,
/// and timestamps in microseconds of UTC. Strings of the usage history are dictionaries with `Int32`
/// keys. The fields of a client's settings are columns such as `settings.audit_log`. Bills have a row
/// for each sub-period. A table without rows has the same schema.
///
/// Members that this version of the SDK does not know are in columns of JSON, such as `extra`; a table
/// has such a column only if a row has such members.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
/// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
/// # let (cw, _sandbox) = sandbox();
/// use crankwheel::table::ToArrow;
///
/// let bills = cw.reseller().billing("2019-02").await?.to_arrow()?;
/// for batch in bills.batches() {
///     println!("{} sub-periods", batch.num_rows());
/// }
/// # Ok(()) }
/// ```
pub trait ToArrow {
    /// Returns the table.
    ///
    /// # Errors
    /// [`Response`](crate::ErrorKind::Response) if the strings of one column are longer than 2 GiB
    /// together.
    fn to_arrow(&self) -> Result<ArrowTable, Error>;
}

impl ArrowTable {
    /// Returns the schema.
    ///
    /// ```
    /// use crankwheel::table::ToArrow;
    ///
    /// let plans = crankwheel::List::<crankwheel::Plan>::from_json("[]")?.to_arrow()?;
    /// let names: Vec<_> = plans.schema().fields().iter().map(|field| field.name().clone()).collect();
    /// assert_eq!(names, ["api_name", "human_name", "session_limit", "license_count"]);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn schema(&self) -> SchemaRef {
        SchemaRef::clone(&self.schema)
    }

    /// Returns the record batches. There are none if there are no rows.
    ///
    /// ```
    /// use crankwheel::table::ToArrow;
    ///
    /// let plans = crankwheel::List::<crankwheel::Plan>::from_json(r#"[{"api_name": "plan_1"}]"#)?;
    /// assert_eq!(plans.to_arrow()?.batches()[0].num_rows(), 1);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn batches(&self) -> &[RecordBatch] {
        &self.batches
    }

    /// Returns the table as bytes of the Arrow IPC stream format.
    ///
    /// ```
    /// use crankwheel::table::ToArrow;
    ///
    /// let plans = crankwheel::List::<crankwheel::Plan>::from_json(r#"[{"api_name": "plan_1"}]"#)?;
    /// std::fs::write(std::env::temp_dir().join("plans.arrows"), plans.to_arrow()?.to_ipc()?).unwrap();
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Response`](crate::ErrorKind::Response) if a record batch is too large for the format.
    pub fn to_ipc(&self) -> Result<Vec<u8>, Error> {
        let size: usize = self.batches.iter().map(RecordBatch::get_array_memory_size).sum();
        let mut writer =
            StreamWriter::try_new(Vec::with_capacity(size), &self.schema).map_err(not_converted)?;
        for batch in &self.batches {
            writer.write(batch).map_err(not_converted)?;
        }
        writer.finish().map_err(not_converted)?;
        writer.into_inner().map_err(not_converted)
    }

    /// Returns a reader of the record batches, from which Arrow's C streams are created.
    #[doc(hidden)]
    pub fn into_reader(self) -> Box<dyn RecordBatchReader + Send> {
        Box::new(RecordBatchIterator::new(self.batches.into_iter().map(Ok), self.schema))
    }
}

/// Returns the error for a table that Arrow refuses.
fn not_converted(error: ArrowError) -> Error {
    Error::new(ErrorKind::Response, format!("the response cannot be converted to a table: {error}"))
}

/// Returns the error for strings whose offsets exceed 32 bits.
fn too_long() -> Error {
    not_converted(ArrowError::OffsetOverflowError(i32::MAX as usize))
}
