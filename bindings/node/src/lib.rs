//! The Node addon under the npm package `crankwheel`.
//!
//! It converts, spawns and maps errors; behaviour lives in the core, idiom in the package's TypeScript. Only plain data
//! crosses the border (text, numbers, typed arrays, JSON text), with the fields in the same order on both sides, and
//! nothing of it throws for an error of the SDK: such an error is handed over as [`error::ErrorData`], and
//! TypeScript makes the real class of it. Nothing starts when the addon is loaded; see `runtime.rs`.

mod arguments;
mod call;
mod client;
mod error;
mod events;
mod history;
mod link;
mod list;
mod operations;
mod option_values;
mod options;
mod output;
mod period;
mod request;
mod runtime;
mod sandbox;
mod schema;
mod typed;

use crankwheel::{Language, set_language};
use napi::Result;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

/// Runs when the addon is loaded.
#[napi(module_exports)]
pub fn load(_exports: Object<'_>) -> Result<()> {
    set_language(Language::Node);
    Ok(())
}
