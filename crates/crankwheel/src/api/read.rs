//! Reading the response of an operation.

use crate::json::DecodeError;
use crate::model::{List, Model, decode_body};
use crate::transport::{Request, Response};

/// Reads a response's body as a model.
pub(super) fn one<M: Model>(_: &Request, response: &Response) -> Result<M, DecodeError> {
    decode_body(&response.body)
}

/// Reads a response's body as a list of models.
pub(super) fn many<M: Model>(_: &Request, response: &Response) -> Result<List<M>, DecodeError> {
    List::decode_body(&response.body)
}

/// Reads nothing: the status of the response is enough.
pub(super) fn nothing(_: &Request, _: &Response) -> Result<(), DecodeError> {
    Ok(())
}
