//! Lists stay in Rust: a row is made when it is asked for.

use crankwheel::{BillingOverview, List, Model};
use napi_derive::napi;

use crate::typed::typed;

/// What a list of any model can do here.
trait Rows: Send + Sync {
    fn length(&self) -> usize;
    fn row(&self, index: usize) -> Option<String>;
    fn wire(&self) -> String;
}

impl<M: Model> Rows for List<M> {
    fn length(&self) -> usize {
        self.len()
    }

    fn row(&self, index: usize) -> Option<String> {
        self.get(index).as_ref().map(typed)
    }

    fn wire(&self) -> String {
        self.json().to_owned()
    }
}

/// A list of models.
#[napi]
pub struct NativeList {
    rows: Box<dyn Rows>,
}

impl NativeList {
    pub fn new<M: Model>(list: List<M>) -> Self {
        NativeList { rows: Box::new(list) }
    }
}

#[napi]
impl NativeList {
    /// How many rows there are.
    #[napi(getter)]
    pub fn length(&self) -> u32 {
        u32::try_from(self.rows.length()).unwrap_or(u32::MAX)
    }

    /// The typed form of one row (see `typed.rs`).
    #[napi]
    pub fn row(&self, index: u32) -> Option<String> {
        self.rows.row(index as usize)
    }

    /// The wire form of the whole list as JSON text.
    #[napi]
    pub fn wire(&self) -> String {
        self.rows.wire()
    }
}

/// A billing overview: the typed form, and its companies as a list of their own.
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
    /// The typed form, without the companies.
    #[napi]
    pub fn typed(&self) -> String {
        typed(&self.overview)
    }

    /// The companies.
    #[napi]
    pub fn companies(&self) -> NativeList {
        NativeList::new(self.overview.per_company.clone())
    }
}
