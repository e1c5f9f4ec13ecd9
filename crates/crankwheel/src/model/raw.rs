//! The raw JSON that models keep.

use bytes::Bytes;

/// Raw JSON, shared with the response that contains it.
#[derive(Clone)]
pub struct Raw(Bytes);

impl Raw {
    /// Shares `part` with `body`, or copies it if it is not a part of it.
    pub(crate) fn part(body: &Bytes, part: &str) -> Self {
        let (start, len) = (body.as_ptr() as usize, body.len());
        let at = part.as_ptr() as usize;
        let inside = at >= start && at + part.len() <= start + len;
        Raw(if inside { body.slice_ref(part.as_bytes()) } else { Bytes::copy_from_slice(part.as_bytes()) })
    }

    /// Returns the JSON.
    pub fn as_str(&self) -> &str {
        // It is always created from a `str`.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}
