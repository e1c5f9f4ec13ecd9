//! What operations give, on its way to JavaScript.

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

/// What get-or-create gives.
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

#[allow(unsafe_code, reason = "the trait's method is unsafe, and so are those that it hands over to")]
impl ToNapiValue for Output {
    unsafe fn to_napi_value(env: sys::napi_env, value: Self) -> Result<sys::napi_value> {
        // SAFETY: `env` is the one that the caller vouches for; each arm only passes it on.
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

/// How a call ended.
#[napi(object, object_from_js = false)]
pub struct Outcome {
    /// Why it failed, or why its answer cannot be read.
    pub error: Option<ErrorData>,
    /// What it gave, if it succeeded.
    #[napi(ts_type = "unknown")]
    pub value: Option<Output>,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// The answer as it came, if it was asked for.
    pub answer: Option<AnswerData>,
}

/// An answer as it came.
#[napi(object, object_from_js = false)]
pub struct AnswerData {
    pub status: u32,
    pub headers: Vec<Header>,
    pub request_id: Option<String>,
    pub attempts: u32,
    pub body: Buffer,
}

impl Outcome {
    pub fn cancelled() -> Self {
        Outcome { error: None, value: None, cancelled: true, answer: None }
    }

    pub fn of(result: std::result::Result<RawResponse<Output>, crankwheel::Error>, raw: bool) -> Self {
        let response = match result {
            Ok(response) => response,
            Err(error) => {
                return Outcome { error: Some(error.into()), value: None, cancelled: false, answer: None };
            }
        };
        let answer = raw.then(|| AnswerData {
            status: u32::from(response.status_code()),
            headers: headers(response.headers()),
            request_id: response.request_id().map(str::to_owned),
            attempts: response.attempts(),
            body: buffer(response.body()),
        });
        match response.parse() {
            Ok(value) => Outcome { error: None, value: Some(value), cancelled: false, answer },
            Err(error) => Outcome { error: Some(error.into()), value: None, cancelled: false, answer },
        }
    }
}

fn buffer(body: &Bytes) -> Buffer {
    Buffer::from(body.to_vec())
}

/// Why a body cannot be read as JSON, if so.
#[napi]
pub fn json_problem(body: &[u8]) -> Option<ErrorData> {
    crankwheel::body_json(&Bytes::copy_from_slice(body)).err().map(ErrorData::from)
}
