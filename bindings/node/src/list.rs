//! Lists, which stay in Rust; a row is converted when it is accessed.

use crankwheel::table::{ArrowTable, ToArrow};
use crankwheel::{BillingOverview, Error, List, Model};
use napi::Either;
use napi_derive::napi;

use crate::error::ErrorData;
use crate::exact::exact;
use crate::table::NativeTable;
use crate::text::JsonText;

/// The methods that a list of any model has.
trait Rows: Send + Sync {
    fn length(&self) -> usize;
    fn row(&self, index: usize) -> Option<&str>;
    fn json(&self) -> String;
    fn position_of_id(&self, id: i64) -> Option<usize>;
    fn position_of_name(&self, name: &str) -> Option<usize>;
    fn table(&self) -> Result<ArrowTable, Error>;
}

impl<M: Model> Rows for List<M>
where
    List<M>: ToArrow,
{
    fn length(&self) -> usize {
        self.len()
    }

    fn row(&self, index: usize) -> Option<&str> {
        self.row_json(index)
    }

    fn json(&self) -> String {
        List::json(self).to_owned()
    }

    fn position_of_id(&self, id: i64) -> Option<usize> {
        List::position_of_id(self, id)
    }

    fn position_of_name(&self, name: &str) -> Option<usize> {
        List::position_of_name(self, name)
    }

    fn table(&self) -> Result<ArrowTable, Error> {
        self.to_arrow()
    }
}

/// A list of models.
#[napi]
pub struct NativeList {
    rows: Box<dyn Rows>,
}

impl NativeList {
    pub fn new<M: Model>(list: List<M>) -> Self
    where
        List<M>: ToArrow,
    {
        NativeList { rows: Box::new(list) }
    }
}

#[napi]
impl NativeList {
    /// The number of rows.
    #[napi(getter)]
    pub fn length(&self) -> u32 {
        u32::try_from(self.rows.length()).unwrap_or(u32::MAX)
    }

    /// Returns the raw JSON of one row.
    #[napi(ts_return_type = "string")]
    pub fn row(&self, index: u32) -> Option<JsonText> {
        self.rows.row(index as usize).map(|json| JsonText(json.to_owned()))
    }

    /// Returns the position of the first row with this `id` or `company_id`, which is a string because a
    /// number of JavaScript does not hold every id.
    #[napi]
    pub fn position_of_id(&self, id: String) -> Option<u32> {
        self.rows.position_of_id(id.parse().ok()?).and_then(|row| u32::try_from(row).ok())
    }

    /// Returns the position of the first row with this `sname` or `api_name`.
    #[napi]
    pub fn position_of_name(&self, name: String) -> Option<u32> {
        self.rows.position_of_name(&name).and_then(|row| u32::try_from(row).ok())
    }

    /// Returns the rows as a table.
    #[napi]
    pub fn table(&self) -> Either<NativeTable, ErrorData> {
        NativeTable::new(self.rows.table())
    }

    /// Returns the raw JSON of the whole list.
    #[napi]
    pub fn json(&self) -> String {
        self.rows.json()
    }
}

/// A billing overview. Its companies are a separate list.
#[napi]
pub struct NativeOverview {
    overview: BillingOverview,
}

impl NativeOverview {
    pub fn new(overview: BillingOverview) -> Self {
        NativeOverview { overview }
    }
}

#[napi]
impl NativeOverview {
    /// Returns the exact form without the companies (see `exact.rs`).
    #[napi]
    pub fn exact(&self) -> String {
        exact(&self.overview)
    }

    /// Returns the raw JSON.
    #[napi]
    pub fn json(&self) -> String {
        self.overview.json().to_owned()
    }

    /// Returns the companies.
    #[napi]
    pub fn companies(&self) -> NativeList {
        NativeList::new(self.overview.per_company.clone())
    }
}
