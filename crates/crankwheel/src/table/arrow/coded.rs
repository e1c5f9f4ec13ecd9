//! Columns of strings as distinct strings and codes, from which bindings create the columns of their
//! language.

use std::collections::HashMap;

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, Int32Array, StringArray};

use super::ArrowTable;

/// A column of strings.
#[doc(hidden)]
pub struct CodedStrings {
    /// The distinct strings, in the order of their first rows.
    pub values: StringArray,
    /// The index of each row's string, for each record batch.
    pub codes: Vec<Int32Array>,
}

impl ArrowTable {
    /// Returns a column of strings; no rows if it is another column.
    #[doc(hidden)]
    pub fn coded_strings(&self, column: usize) -> CodedStrings {
        let chunks: Vec<&ArrayRef> =
            self.batches.iter().filter_map(|batch| batch.columns().get(column)).collect();
        shared(&chunks).unwrap_or_else(|| coded(&chunks))
    }
}

fn dictionary(chunk: &ArrayRef) -> Option<&DictionaryArray<Int32Type>> {
    chunk.as_dictionary_opt::<Int32Type>()
}

/// Returns the column if all batches share their strings.
fn shared(chunks: &[&ArrayRef]) -> Option<CodedStrings> {
    let first = dictionary(chunks.first()?)?.values();
    let keys = |chunk: &&ArrayRef| {
        let chunk = dictionary(chunk).filter(|chunk| ArrayRef::ptr_eq(chunk.values(), first))?;
        Some(chunk.keys().clone())
    };
    let codes = chunks.iter().map(keys).collect::<Option<Vec<_>>>()?;
    Some(CodedStrings { values: first.as_string_opt::<i32>()?.clone(), codes })
}

/// Finds the distinct strings of all batches.
fn coded(chunks: &[&ArrayRef]) -> CodedStrings {
    let mut distinct: Vec<&str> = Vec::new();
    let mut known: HashMap<&str, i32> = HashMap::new();
    let mut code = |text| {
        *known.entry(text).or_insert_with(|| {
            distinct.push(text);
            i32::try_from(distinct.len() - 1).unwrap_or(i32::MAX)
        })
    };
    let mut codes = Vec::with_capacity(chunks.len());
    for chunk in chunks {
        if let Some(strings) = chunk.as_string_opt::<i32>() {
            codes.push(strings.iter().map(|text| text.map(&mut code)).collect());
        } else if let Some(strings) =
            dictionary(chunk).and_then(DictionaryArray::downcast_dict::<StringArray>)
        {
            codes.push(strings.into_iter().map(|text| text.map(&mut code)).collect());
        }
    }
    CodedStrings { values: StringArray::from_iter_values(distinct), codes }
}
