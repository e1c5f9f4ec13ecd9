//! Reading a model from JSON.

use bytes::Bytes;

use crate::json::{DecodeError, Path, scan};

/// A type that is read from JSON: every model, and so every row of a [`List`](crate::List).
///
/// ```
/// use crankwheel::model::Decode;
///
/// assert_eq!(crankwheel::Client::NAME, "Client");
/// ```
pub trait Decode: Sized + Clone + PartialEq + Send + Sync + 'static {
    /// The name of the model, which is the same in every language.
    const NAME: &'static str;

    #[doc(hidden)]
    fn decode(json: &str, body: &Bytes, at: &Path<'_>) -> Result<Self, DecodeError>;
}

/// Reads a response body as one model.
pub(crate) fn decode_body<M: Decode>(body: &Bytes) -> Result<M, DecodeError> {
    M::decode(scan::text(body)?, body, &Path::Root).or_else(|problem| {
        // An error of the syntax comes first.
        scan::parse(body)?;
        Err(problem)
    })
}
