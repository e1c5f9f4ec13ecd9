//! Converts the arguments of operations from TypeScript to the core's types.

use crankwheel::{Client, ClientFields, ClientRef, Error, Model, Period, PeriodArgument};
use napi::Either;
use napi_derive::napi;
use serde_json::{Map, Value};

use crate::error::ErrorData;

/// Names a client: an id as a string, and the raw JSON of the client if a `Client` was passed.
#[napi(object, object_to_js = false)]
pub struct ClientArgument {
    pub id: String,
    pub json: Option<String>,
}

impl From<ClientArgument> for ClientRef {
    fn from(argument: ClientArgument) -> Self {
        match argument.json.as_deref().and_then(|json| Client::from_json(json).ok()) {
            Some(client) => ClientRef::from(&client),
            None => ClientRef::from(argument.id.as_str()),
        }
    }
}

/// A period as a string, or a number of last days. `None` means the API's default.
#[napi]
pub type PeriodInput = Option<Either<String, u32>>;

/// Converts a period argument.
pub fn period(input: PeriodInput) -> Result<PeriodArgument, Error> {
    Ok(match input {
        None => ().into(),
        Some(Either::A(text)) => text.as_str().into(),
        Some(Either::B(days)) => Period::last_days(days)?.into(),
    })
}

/// Returns the error of an argument whose type cannot name a client.
#[napi]
pub fn refuse_client(name: String, got: String) -> ErrorData {
    ClientRef::refuse(&name, &got).into()
}

/// Reads the fields of a client from the JSON text of an object.
pub fn client_fields(json: &str) -> Result<ClientFields, Error> {
    ClientFields::from_map(object(json)?)
}

fn object(json: &str) -> Result<Map<String, Value>, Error> {
    serde_json::from_str(json).map_err(|_| Error::invalid("fields", "must be an object"))
}
