//! Reading a model from its JSON text.

use bytes::Bytes;
use serde_json::value::RawValue;

use crate::json::{DecodeError, Path, scan};

/// A type that is read from JSON text: every model, and so every row of a list.
pub trait Decode: Sized + Clone + PartialEq + Send + Sync + 'static {
    /// The class name, the same in every language.
    const NAME: &'static str;

    #[doc(hidden)]
    fn decode(raw: &RawValue, body: &Bytes, at: &Path<'_>) -> Result<Self, DecodeError>;
}

/// Reads a whole body as one model.
pub(crate) fn decode_body<M: Decode>(body: &Bytes) -> Result<M, DecodeError> {
    M::decode(scan::whole(body)?, body, &Path::Root)
}
