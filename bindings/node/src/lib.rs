//! The Node addon under the npm package `crankwheel`.
//!
//! It converts values and errors and spawns calls. The core makes the decisions, and the API for JavaScript is written
//! in the package's TypeScript. Only plain data is passed between the two: strings, numbers, typed arrays and JSON text,
//! with the fields in the same order on both sides. An error of the SDK is not thrown here: it is returned as
//! [`error::ErrorData`], and TypeScript creates the object of its class. Loading the addon starts nothing; see
//! `runtime.rs`.

mod arguments;
mod call;
mod client;
mod error;
mod events;
mod exact;
mod factories;
mod history;
mod keys;
mod link;
mod list;
mod models;
mod operations;
mod option_values;
mod options;
mod output;
mod period;
mod queue;
mod request;
mod runtime;
mod sandbox;
mod schema;
mod session_block;
mod table;
mod text;

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
