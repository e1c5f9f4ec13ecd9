//! Converts the results of operations to JavaScript.

use bytes::Bytes;
use crankwheel::table::ToArrow;
use crankwheel::{BillingOverview, Client, List, LoginLink, Model, RawResponse, UsageHistory};
use napi::Result;
use napi::bindgen_prelude::{Buffer, ToNapiValue, sys};
use napi_derive::napi;

use crate::error::{ErrorData, Header, headers};
use crate::history::NativeHistory;
use crate::link::NativeLink;
use crate::list::{NativeList, NativeOverview};
use crate::text::JsonText;

/// The result of any operation.
pub enum Output {
    Nothing,
    /// The raw JSON of a model.
    Model(JsonText),
    /// The raw JSON of a client, and whether it was created.
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
        Output::Model(JsonText(model.json().to_owned()))
    }

    pub fn optional<M: Model>(model: Option<M>) -> Self {
        model.map_or(Output::Nothing, Output::model)
    }

    pub fn created((client, created): (Client, bool)) -> Self {
        Output::Created(CreatedData { client: client.json().to_owned(), created })
    }

    pub fn list<M: Model>(list: List<M>) -> Self
    where
        List<M>: ToArrow,
    {
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

/// A call that has ended.
pub enum Ended {
    /// It succeeded, and there is nothing to say about it.
    Value(Output),
    Result(Box<CallResult>),
}

impl Ended {
    pub fn new<T>(
        result: std::result::Result<RawResponse<T>, crankwheel::Error>,
        convert: fn(T) -> Output,
        raw: bool,
        warnings: Vec<String>,
    ) -> Self {
        let result = CallResult::of(result, convert, raw, warnings);
        match result {
            // Others could be mistaken for a `CallResult`.
            CallResult {
                value: Some(value @ (Output::Model(_) | Output::Nothing)),
                warnings,
                response: None,
                ..
            } if warnings.is_empty() => Ended::Value(value),
            result => result.into(),
        }
    }
}

impl From<CallResult> for Ended {
    fn from(result: CallResult) -> Self {
        Ended::Result(Box::new(result))
    }
}

#[allow(unsafe_code, reason = "the trait's method is unsafe, and so are the methods that it calls")]
impl ToNapiValue for Ended {
    unsafe fn to_napi_value(env: sys::napi_env, value: Self) -> Result<sys::napi_value> {
        // SAFETY: the caller guarantees that `env` is valid; each arm only passes it on.
        unsafe {
            match value {
                Ended::Value(value) => ToNapiValue::to_napi_value(env, value),
                Ended::Result(result) => ToNapiValue::to_napi_value(env, *result),
            }
        }
    }
}

/// The result of a call.
#[napi(object, object_from_js = false)]
#[derive(Default)]
pub struct CallResult {
    /// The error, if the call failed or its response cannot be decoded.
    pub error: Option<ErrorData>,
    /// The value, if the call succeeded.
    #[napi(ts_type = "unknown")]
    pub value: Option<Output>,
    /// True if the call was cancelled.
    pub cancelled: bool,
    /// The message about a defect of the package, because of which there is no other result.
    pub defect: Option<String>,
    /// The warnings about the responses.
    pub warnings: Vec<String>,
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
    pub fn cancelled(warnings: Vec<String>) -> Self {
        CallResult { cancelled: true, warnings, ..CallResult::default() }
    }

    pub fn defect(message: impl Into<String>) -> Self {
        CallResult { defect: Some(message.into()), ..CallResult::default() }
    }

    fn of<T>(
        result: std::result::Result<RawResponse<T>, crankwheel::Error>,
        convert: fn(T) -> Output,
        raw: bool,
        warnings: Vec<String>,
    ) -> Self {
        let raw_response = match result {
            Ok(raw_response) => raw_response,
            Err(error) => {
                return CallResult { error: Some(error.into()), warnings, ..CallResult::default() };
            }
        };
        let response = raw.then(|| ResponseData {
            status: u32::from(raw_response.status_code()),
            headers: headers(raw_response.headers()),
            request_id: raw_response.request_id().map(str::to_owned),
            attempts: raw_response.attempts(),
            body: buffer(raw_response.body()),
        });
        let (value, error) = match raw_response.parse() {
            Ok(value) => (Some(convert(value)), None),
            Err(error) => (None, Some(error.into())),
        };
        CallResult { error, value, warnings, response, ..CallResult::default() }
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
