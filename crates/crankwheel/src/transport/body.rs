//! Reading the body of a response while it arrives.

use crate::json::DecodeError;

/// Receives the body of a success piece by piece, so that it is not buffered.
pub(crate) trait BodySink: Send {
    /// Begins a body, and drops what was received in an earlier attempt.
    fn begin(&mut self);

    /// Takes the next piece. Returns false if the rest is not needed.
    fn take(&mut self, piece: &[u8]) -> bool;
}

/// Reads a response while it arrives.
pub(crate) trait Reader: BodySink + Default + 'static {
    /// The type of the value.
    type Output;

    /// Returns the value that the body means.
    fn finish(self) -> Result<Self::Output, DecodeError>;
}
