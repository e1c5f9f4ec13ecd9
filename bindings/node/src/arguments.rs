//! Arguments of operations, as TypeScript has them, into the core's.

use crankwheel::{Client, ClientFields, ClientRef, Error, Model, Period, PeriodArgument};
use napi::Either;
use napi_derive::napi;
use serde_json::{Map, Value};

use crate::error::ErrorData;

/// Names a client: an id as text, and the wire form of a client object if one was passed.
#[napi(object, object_to_js = false)]
pub struct ClientArgument {
    pub id: String,
    pub wire: Option<String>,
}

impl From<ClientArgument> for ClientRef {
    fn from(argument: ClientArgument) -> Self {
        match argument.wire.as_deref().and_then(|wire| Client::from_json(wire).ok()) {
            Some(client) => ClientRef::from(&client),
            None => ClientRef::from(argument.id.as_str()),
        }
    }
}

/// The text of a period, or a number of last days; nothing for the API's default.
#[napi]
pub type PeriodInput = Option<Either<String, u32>>;

/// The core's form of a period argument.
pub fn period(input: PeriodInput) -> Result<PeriodArgument, Error> {
    Ok(match input {
        None => ().into(),
        Some(Either::A(text)) => text.as_str().into(),
        Some(Either::B(days)) => Period::last_days(days)?.into(),
    })
}

/// The error of an argument that is of no type that can name a client.
#[napi]
pub fn refuse_client(got: String) -> ErrorData {
    ClientRef::refuse(&got).into()
}

/// Fields of a client from the JSON text of an object.
pub fn client_fields(json: &str) -> Result<ClientFields, Error> {
    ClientFields::from_map(object(json)?)
}

fn object(json: &str) -> Result<Map<String, Value>, Error> {
    serde_json::from_str(json).map_err(|_| Error::invalid("fields", "must be an object"))
}
