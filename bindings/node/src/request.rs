//! The raw request, the one call that is not an operation of the contract.

use crankwheel::Error;
use napi::Result;
use napi::bindgen_prelude::Env;
use napi_derive::napi;
use serde_json::Value;

use crate::call::{Start, Started};
use crate::client::NativeClient;
use crate::output::Output;

/// One query parameter.
#[napi(object, object_to_js = false)]
pub struct QueryPair {
    pub name: String,
    pub value: String,
}

#[napi]
impl NativeClient {
    /// Any request; `json` is the body as JSON text. It has no result but its raw response.
    #[napi]
    pub fn request(
        &self,
        env: &Env,
        start: Start,
        method: String,
        path: String,
        query: Vec<QueryPair>,
        json: Option<String>,
    ) -> Result<Started> {
        let query: Vec<(&str, &str)> =
            query.iter().map(|pair| (pair.name.as_str(), pair.value.as_str())).collect();
        let body = json.map(|text| serde_json::from_str::<Value>(&text)).transpose();
        self.start(
            env,
            start,
            || {
                let body = body.map_err(|_| Error::invalid("json", "cannot be written as JSON"))?;
                Ok(self.cw.request(&method, &path, &query, body.as_ref()))
            },
            |_| Output::Nothing,
        )
    }
}
