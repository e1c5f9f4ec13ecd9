//! Converts the results of operations to JavaScript.

use bytes::Bytes;
use crankwheel::{BillingOverview, Client, List, LoginLink, Model, RawResponse, UsageHistory};
use napi::Result;
use napi::bindgen_prelude::{Buffer, ToNapiValue, sys};
use napi_derive::napi;

use crate::error::{ErrorData, Header, headers};
use crate::history::NativeHistory;
use crate::link::NativeLink;
use crate::list::{NativeList, NativeOverview};
use crate::typed::typed;

/// The result of any operation.
pub enum Output {
    Nothing,
    /// The typed form of a model.
    Model(String),
    /// The typed form of a client, and whether it was created.
    Created(CreatedData),
    List(NativeList),
    Overview(NativeOverview),
    History(NativeHistory),
    Link(NativeLink),
}

/// The result of get-or-create.
#[napi(object, object_from_js = false)]
pub struct CreatedData {
    pub client: String,
    pub created: bool,
}

impl Output {
    pub fn nothing(_: ()) -> Self {
        Output::Nothing
    }

    pub fn model<M: Model>(model: M) -> Self {
        Output::Model(typed(&model))
    }

    pub fn optional<M: Model>(model: Option<M>) -> Self {
        model.map_or(Output::Nothing, Output::model)
    }

    pub fn created((client, created): (Client, bool)) -> Self {
        Output::Created(CreatedData { client: typed(&client), created })
    }

    pub fn list<M: Model>(list: List<M>) -> Self {
        Output::List(NativeList::new(list))
    }

    pub fn billing_overview(overview: BillingOverview) -> Self {
        Output::Overview(NativeOverview::new(overview))
    }

    pub fn usage_history(history: UsageHistory) -> Self {
        Output::History(NativeHistory::new(history))
    }

    pub fn login_link(link: LoginLink) -> Self {
        Output::Link(NativeLink::new(link))
    }
}

#[allow(unsafe_code, reason = "the trait's method is unsafe, and so are the methods that it calls")]
impl ToNapiValue for Output {
    unsafe fn to_napi_value(env: sys::napi_env, value: Self) -> Result<sys::napi_value> {
        // SAFETY: the caller guarantees that `env` is valid; each arm only passes it on.
        unsafe {
            match value {
                Output::Nothing => ToNapiValue::to_napi_value(env, ()),
                Output::Model(it) => ToNapiValue::to_napi_value(env, it),
                Output::Created(it) => ToNapiValue::to_napi_value(env, it),
                Output::List(it) => ToNapiValue::to_napi_value(env, it),
                Output::Overview(it) => ToNapiValue::to_napi_value(env, it),
                Output::History(it) => ToNapiValue::to_napi_value(env, it),
                Output::Link(it) => ToNapiValue::to_napi_value(env, it),
            }
        }
    }
}

/// The result of a call.
#[napi(object, object_from_js = false)]
pub struct CallResult {
    /// The error, if the call failed or its response cannot be decoded.
    pub error: Option<ErrorData>,
    /// The value, if the call succeeded.
    #[napi(ts_type = "unknown")]
    pub value: Option<Output>,
    /// True if the call was cancelled.
    pub cancelled: bool,
    /// The raw response, if it was requested.
    pub response: Option<ResponseData>,
}

/// A raw response.
#[napi(object, object_from_js = false)]
pub struct ResponseData {
    pub status: u32,
    pub headers: Vec<Header>,
    pub request_id: Option<String>,
    pub attempts: u32,
    pub body: Buffer,
}

impl CallResult {
    pub fn cancelled() -> Self {
        CallResult { error: None, value: None, cancelled: true, response: None }
    }

    pub fn of(result: std::result::Result<RawResponse<Output>, crankwheel::Error>, raw: bool) -> Self {
        let raw_response = match result {
            Ok(raw_response) => raw_response,
            Err(error) => {
                return CallResult {
                    error: Some(error.into()),
                    value: None,
                    cancelled: false,
                    response: None,
                };
            }
        };
        let response = raw.then(|| ResponseData {
            status: u32::from(raw_response.status_code()),
            headers: headers(raw_response.headers()),
            request_id: raw_response.request_id().map(str::to_owned),
            attempts: raw_response.attempts(),
            body: buffer(raw_response.body()),
        });
        match raw_response.parse() {
            Ok(value) => CallResult { error: None, value: Some(value), cancelled: false, response },
            Err(error) => CallResult { error: Some(error.into()), value: None, cancelled: false, response },
        }
    }
}

fn buffer(body: &Bytes) -> Buffer {
    Buffer::from(body.to_vec())
}

/// Returns the error of a body that is not valid JSON.
#[napi]
pub fn json_problem(body: &[u8]) -> Option<ErrorData> {
    crankwheel::body_json(&Bytes::copy_from_slice(body)).err().map(ErrorData::from)
}
