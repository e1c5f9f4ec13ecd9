//! The raw JSON that models keep.

use bytes::Bytes;

/// Raw JSON, shared with the response that contains it.
#[derive(Clone)]
pub struct Raw {
    json: Bytes,
    /// True if the object has no member that the model does not know.
    only_known: bool,
}

impl Raw {
    /// Shares `part` with `body`, or copies it if it is not a part of it.
    pub(crate) fn part(body: &Bytes, part: &str) -> Self {
        let (start, len) = (body.as_ptr() as usize, body.len());
        let at = part.as_ptr() as usize;
        let inside = at >= start && at + part.len() <= start + len;
        let json =
            if inside { body.slice_ref(part.as_bytes()) } else { Bytes::copy_from_slice(part.as_bytes()) };
        Raw { json, only_known: false }
    }

    /// Notes whether the object has no member that the model does not know.
    pub(super) fn with_only_known(self, only_known: bool) -> Self {
        Raw { only_known, ..self }
    }

    /// Returns true if the object certainly has no member that the model does not know.
    pub(super) fn only_known(&self) -> bool {
        self.only_known
    }

    /// Returns the JSON.
    pub fn as_str(&self) -> &str {
        // It is always created from a `str`.
        std::str::from_utf8(&self.json).unwrap_or_default()
    }
}
