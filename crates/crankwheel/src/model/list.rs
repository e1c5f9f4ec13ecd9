//! Lists that hold their rows as JSON, and create a row when it is requested.

use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use super::decode::Decode;
use super::index::Index;
use super::raw::Raw;
use crate::error::{Error, ErrorKind};
use crate::json::{DecodeError, Path, scan};
use crate::warnings::collect_warnings;

/// A list of models. It holds the JSON of the response, and the place of each row in it.
///
/// A clone is cheap and shares the JSON. All rows are checked when the list is read; a row is
/// created again at each access.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
/// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
/// # let (cw, _sandbox) = sandbox();
/// let clients = cw.clients().list().await?;
/// for client in clients.iter() {
///     println!("{}", client.sname);
/// }
/// # Ok(()) }
/// ```
pub struct List<M> {
    pub(super) shared: Arc<Shared>,
    rows: PhantomData<fn() -> M>,
}

pub(super) struct Shared {
    body: Bytes,
    /// The list in the body.
    list: Raw,
    /// The start and end of each row in the body.
    rows: Vec<(usize, usize)>,
    /// The rows by their keys, from the first lookup on.
    pub(super) index: OnceLock<Index>,
}

impl<M: Decode> List<M> {
    pub(crate) fn decode(json: &str, body: &Bytes, at: &Path<'_>) -> Result<Self, DecodeError> {
        let base = body.as_ptr() as usize;
        let items = scan::list(json, at)?;
        let mut rows = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            M::decode(item.get(), body, &Path::Index(at, index))?;
            let start = item.get().as_ptr() as usize - base;
            rows.push((start, start + item.get().len()));
        }
        let index = OnceLock::new();
        let shared = Shared { body: body.clone(), list: Raw::part(body, json), rows, index };
        Ok(List { shared: Arc::new(shared), rows: PhantomData })
    }

    /// Reads a body.
    pub(crate) fn decode_body(body: &Bytes) -> Result<Self, DecodeError> {
        Self::decode(scan::text(body)?, body, &Path::Root).or_else(|problem| {
            // An error of the syntax comes first.
            scan::parse(body)?;
            Err(problem)
        })
    }

    /// Returns the number of rows.
    ///
    /// ```
    /// use crankwheel::{List, Plan};
    ///
    /// let plans = List::<Plan>::from_json(r#"[{"api_name": "plan_1"}, {"api_name": "plan_2"}]"#)?;
    /// assert_eq!(plans.len(), 2);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn len(&self) -> usize {
        self.shared.rows.len()
    }

    /// Returns true if the list has no rows.
    ///
    /// ```
    /// assert!(crankwheel::List::<crankwheel::Plan>::from_json("[]")?.is_empty());
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.shared.rows.is_empty()
    }

    /// Returns the row at `index`, counted from 0.
    ///
    /// ```
    /// use crankwheel::{List, Plan};
    ///
    /// let plans = List::<Plan>::from_json(r#"[{"api_name": "plan_1"}, {"api_name": "plan_2"}]"#)?;
    /// assert_eq!(&*plans.get(1).unwrap().api_name, "plan_2");
    /// assert_eq!(plans.get(2), None);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn get(&self, index: usize) -> Option<M> {
        let json = self.row_json(index)?;
        // The warnings were collected when the list was read.
        collect_warnings(|| M::decode(json, &self.shared.body, &Path::Root)).0.ok()
    }

    /// Returns the raw JSON of the row at `index`, counted from 0.
    ///
    /// ```
    /// use crankwheel::{List, Plan};
    ///
    /// let plans = List::<Plan>::from_json(r#"[{"api_name": "plan_1"}, {"api_name": "plan_2"}]"#)?;
    /// assert_eq!(plans.row_json(1), Some(r#"{"api_name": "plan_2"}"#));
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn row_json(&self, index: usize) -> Option<&str> {
        let (start, end) = *self.shared.rows.get(index)?;
        std::str::from_utf8(self.shared.body.get(start..end)?).ok()
    }

    /// Returns an iterator over the rows, which creates them one by one.
    ///
    /// ```
    /// use crankwheel::{List, Plan};
    ///
    /// let plans = List::<Plan>::from_json(r#"[{"api_name": "plan_1"}, {"api_name": "plan_2"}]"#)?;
    /// assert!(plans.iter().all(|plan| plan.api_name.starts_with("plan_")));
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn iter(&self) -> impl ExactSizeIterator<Item = M> + '_ {
        Rows { list: self, next: 0 }
    }

    /// Returns the raw JSON of the list.
    ///
    /// ```
    /// use crankwheel::{List, Plan};
    ///
    /// let plans = List::<Plan>::from_json(r#"[{"api_name": "plan_1"}, {"api_name": "plan_2"}]"#)?;
    /// assert!(plans.json().starts_with("[{"));
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn json(&self) -> &str {
        self.shared.list.as_str()
    }

    /// Returns the raw JSON of the list as a value.
    ///
    /// ```
    /// use crankwheel::{List, Plan};
    ///
    /// let plans = List::<Plan>::from_json(r#"[{"api_name": "plan_1"}, {"api_name": "plan_2"}]"#)?;
    /// assert_eq!(plans.to_json()[1]["api_name"], "plan_2");
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn to_json(&self) -> serde_json::Value {
        scan::value(self.json())
    }

    /// Reads a list from its raw JSON, as [`List::json`] returns it.
    ///
    /// ```
    /// use crankwheel::{List, Plan};
    ///
    /// let plans = List::<Plan>::from_json(r#"[{"api_name": "plan_1"}, {"api_name": "plan_2"}]"#)?;
    /// assert_eq!(List::from_json(plans.json())?, plans);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Response`](crate::ErrorKind::Response) if it is not the JSON of such a list.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let body = Bytes::copy_from_slice(text.as_bytes());
        Self::decode_body(&body).map_err(|error| {
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
        let index = OnceLock::new();
        let shared = Shared { list: Raw::part(&body, "[]"), body, rows: Vec::new(), index };
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
