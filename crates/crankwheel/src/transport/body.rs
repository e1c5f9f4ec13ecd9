//! Reading the body of a response while it arrives.

use crate::json::DecodeError;

/// Takes the body of a success piece by piece, so that nobody has to hold it whole.
pub(crate) trait BodySink: Send {
    /// Begins a body, and forgets what came of an earlier attempt.
    fn begin(&mut self);

    /// Takes the next piece; returns `false` if no more is wanted.
    fn take(&mut self, piece: &[u8]) -> bool;
}

/// Reads a response while it arrives.
pub(crate) trait Reader: BodySink + Default + 'static {
    type Value;

    /// Returns the value that the body means.
    fn finish(self) -> Result<Self::Value, DecodeError>;
}
