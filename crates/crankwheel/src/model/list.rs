//! Lists that hold their rows as the JSON text they came in and make a row when it is asked for.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::value::RawValue;

use super::decode::Decode;
use super::raw::Raw;
use crate::error::{Error, ErrorKind};
use crate::json::{DecodeError, Path, scan};

/// A list of models: the answer's text, and where in it each row stands.
///
/// Cloning is cheap, the text is shared. Rows are checked once when the list is read and made anew at each access.
pub struct List<M> {
    shared: Arc<Shared>,
    rows: PhantomData<fn() -> M>,
}

struct Shared {
    body: Bytes,
    /// The list itself within the body.
    whole: Raw,
    /// Start and end of each row within the body.
    rows: Vec<(usize, usize)>,
}

impl<M: Decode> List<M> {
    pub(crate) fn decode(raw: &RawValue, body: &Bytes, at: &Path<'_>) -> Result<Self, DecodeError> {
        let base = body.as_ptr() as usize;
        let items = scan::list(raw, at)?;
        let mut rows = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            M::decode(item, body, &Path::Index(at, index))?;
            let start = item.get().as_ptr() as usize - base;
            rows.push((start, start + item.get().len()));
        }
        let shared = Shared { body: body.clone(), whole: Raw::part(body, raw.get()), rows };
        Ok(List { shared: Arc::new(shared), rows: PhantomData })
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.shared.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.shared.rows.is_empty()
    }

    /// The row at `index`, counted from 0.
    pub fn get(&self, index: usize) -> Option<M> {
        let raw = serde_json::from_str(self.row_json(index)?).ok()?;
        M::decode(raw, &self.shared.body, &Path::Root).ok()
    }

    /// The JSON text of the row at `index`.
    pub fn row_json(&self, index: usize) -> Option<&str> {
        let (start, end) = *self.shared.rows.get(index)?;
        std::str::from_utf8(self.shared.body.get(start..end)?).ok()
    }

    /// All rows, made one by one.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = M> + '_ {
        Rows { list: self, next: 0 }
    }

    /// The JSON text of the whole list, as it came.
    pub fn json(&self) -> &str {
        self.shared.whole.as_str()
    }

    /// The wire form of the whole list.
    pub fn to_json(&self) -> serde_json::Value {
        scan::value(self.json())
    }

    /// Reads a list from its wire form, as [`List::json`] gives it.
    ///
    /// # Errors
    /// [`Response`](crate::ErrorKind::Response), if it is not the wire form of such a list.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let body = Bytes::copy_from_slice(text.as_bytes());
        scan::whole(&body).and_then(|raw| Self::decode(raw, &body, &Path::Root)).map_err(|error| {
            let message = format!("not the raw JSON of a list of {}: {error}", M::NAME);
            Error::new(ErrorKind::Response, message)
        })
    }
}

struct Rows<'a, M> {
    list: &'a List<M>,
    next: usize,
}

impl<M: Decode> Iterator for Rows<'_, M> {
    type Item = M;

    fn next(&mut self) -> Option<M> {
        let row = self.list.get(self.next)?;
        self.next += 1;
        Some(row)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.list.len().saturating_sub(self.next);
        (left, Some(left))
    }
}

impl<M: Decode> ExactSizeIterator for Rows<'_, M> {}

impl<M> Clone for List<M> {
    fn clone(&self) -> Self {
        List { shared: Arc::clone(&self.shared), rows: PhantomData }
    }
}

impl<M> Default for List<M> {
    fn default() -> Self {
        let body = Bytes::from_static(b"[]");
        let shared = Shared { whole: Raw::part(&body, "[]"), body, rows: Vec::new() };
        List { shared: Arc::new(shared), rows: PhantomData }
    }
}

impl<M: Decode> PartialEq for List<M> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
            || (self.len() == other.len() && self.iter().eq(other.iter()))
    }
}

impl<M: Decode + fmt::Debug> fmt::Debug for List<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
