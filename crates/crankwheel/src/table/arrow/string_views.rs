//! Tables with strings in place of codes, for libraries that hold strings as views: polars.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, RecordBatch, StringViewArray};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use arrow_select::take::take;

use super::{ArrowTable, not_converted};
use crate::error::Error;

impl ArrowTable {
    /// Returns the table with views (`Utf8View`) in place of dictionaries. The rows share the bytes of
    /// their strings.
    #[doc(hidden)]
    pub fn with_string_views(&self) -> Result<ArrowTable, Error> {
        let field = |field: &Arc<Field>| match field.data_type() {
            DataType::Dictionary(..) => {
                Arc::new(Field::new(field.name(), DataType::Utf8View, field.is_nullable()))
            }
            _ => Arc::clone(field),
        };
        let schema = Arc::new(Schema::new(self.schema.fields().iter().map(field).collect::<Vec<_>>()));
        let mut last = (0..schema.fields().len()).map(|_| None).collect::<Vec<_>>();
        let batches = self.batches.iter().map(|batch| {
            let columns = batch.columns().iter().zip(&mut last);
            let columns = columns.map(|(column, last)| views(column, last)).collect::<Result<_, _>>()?;
            RecordBatch::try_new(Arc::clone(&schema), columns)
        });
        let batches = batches.collect::<Result<_, _>>().map_err(not_converted)?;
        Ok(ArrowTable { schema, batches })
    }
}

/// The strings of the last batch, and their views.
type Last = Option<(ArrayRef, StringViewArray)>;

/// Returns a column with views in place of codes. Batches that share their strings share the views of
/// these.
fn views(column: &ArrayRef, last: &mut Last) -> Result<ArrayRef, ArrowError> {
    let Some(dictionary) = column.as_dictionary_opt::<Int32Type>() else { return Ok(Arc::clone(column)) };
    let known = last.take().filter(|(values, _)| ArrayRef::ptr_eq(values, dictionary.values()));
    let (_, views) = last.insert(known.unwrap_or_else(|| {
        let values = Arc::clone(dictionary.values());
        let views = values.as_string_opt::<i32>().map(StringViewArray::from);
        let views = views.unwrap_or_else(|| StringViewArray::new_null(0));
        (values, views)
    }));
    take(views, dictionary.keys(), None)
}
