//! The body of a response on its way out: whole, in pieces that are created while it is sent, or
//! compressed.
//!
//! The live service is behind a proxy that compresses and chunks its larger responses for clients
//! that accept gzip, so the sandbox does, too.

use std::convert::Infallible;
use std::io::Write;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};

use bytes::Bytes;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use http::{HeaderMap, header};
use hyper::body::{Body, Frame, SizeHint};

use crate::response::Pieces;

/// Shorter responses are not compressed.
pub(crate) const MIN_COMPRESSED_BYTES: usize = 1_024;
/// About this many compressed bytes are sent at a time.
const PIECE_BYTES: usize = 32 * 1_024;

/// The body that hyper writes.
pub(crate) enum OutgoingBody {
    /// Known from end to end: has a `Content-Length`.
    Whole(Option<Bytes>),
    /// Chunked.
    Pieces(Pieces),
}

impl Body for OutgoingBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = match &mut *self {
            Self::Whole(body) => body.take().filter(|body| !body.is_empty()),
            Self::Pieces(pieces) => pieces.next(),
        };
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(body) => body.as_ref().is_none_or(Bytes::is_empty),
            Self::Pieces(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => {
                let length = body.as_ref().map_or(0, Bytes::len);
                SizeHint::with_exact(u64::try_from(length).unwrap_or(u64::MAX))
            }
            Self::Pieces(_) => SizeHint::default(),
        }
    }
}

/// Returns true if `Accept-Encoding` names gzip and does not exclude it.
pub(crate) fn accepts_gzip(request: &HeaderMap) -> bool {
    request
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
            let excluded = parts
                .filter_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
                .any(|weight| weight.trim_end_matches(['0', '.']).is_empty());
            named && !excluded
        })
}

/// Compresses the pieces one by one.
pub(crate) fn gzip(pieces: Pieces) -> Pieces {
    // Never wait for the lock: a new encoder serves as well, and after a fork the child's lock may
    // stay locked.
    let pooled = ENCODERS.try_lock().ok().and_then(|mut encoders| encoders.pop());
    let mut encoder = pooled.unwrap_or_else(|| DeflateEncoder::new(Vec::new(), Compression::fast()));
    encoder.get_mut().extend_from_slice(&GZIP_HEADER);
    Box::new(Gzip { pieces, encoder: Some(encoder), checksum: Crc::new() })
}

/// Encoders for the next responses. `GzEncoder` cannot be reused, and an encoder takes 300 KB: a
/// new one for each response left holes in the heap, between the entries of the request log, that
/// grew to more than a gigabyte.
static ENCODERS: Mutex<Vec<DeflateEncoder<Vec<u8>>>> = Mutex::new(Vec::new());
/// More than the number of responses that are compressed at one time.
const MAX_ENCODERS: usize = 16;

/// Without a name and a time, from an unknown system (RFC 1952).
const GZIP_HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

struct Gzip {
    pieces: Pieces,
    /// `None` after the last piece.
    encoder: Option<DeflateEncoder<Vec<u8>>>,
    checksum: Crc,
}

impl Iterator for Gzip {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        let encoder = self.encoder.as_mut()?;
        while encoder.get_ref().len() < PIECE_BYTES {
            let Some(piece) = self.pieces.next() else { return self.finish() };
            self.checksum.update(&piece);
            // Writing to memory does not fail.
            encoder.write_all(&piece).ok()?;
        }
        Some(std::mem::take(encoder.get_mut()).into())
    }
}

impl Gzip {
    fn finish(&mut self) -> Option<Bytes> {
        let mut encoder = self.encoder.take()?;
        let mut last = encoder.reset(Vec::new()).ok()?;
        last.extend_from_slice(&self.checksum.sum().to_le_bytes());
        last.extend_from_slice(&self.checksum.amount().to_le_bytes());
        if let Ok(mut encoders) = ENCODERS.try_lock()
            && encoders.len() < MAX_ENCODERS
        {
            encoders.push(encoder);
        }
        Some(last.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use std::io::Read;

    #[test]
    fn gzip_is_used_for_clients_that_accept_it() {
        let cases = [
            ("gzip", true),
            ("deflate, GZIP;q=0.5, br", true),
            ("gzip, deflate", true),
            ("gzip;q=0", false),
            ("gzip; q=0.0", false),
            ("identity", false),
            ("", false),
        ];
        for (value, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
            assert_eq!(accepts_gzip(&headers), expected, "{value}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

    #[test]
    fn compressed_pieces_read_back() {
        let rows: Vec<Bytes> =
            (0..5_000_u32).map(|n| Bytes::from(format!("row {}\n", n.wrapping_mul(2_654_435_761)))).collect();
        let whole: Vec<u8> = rows.iter().flatten().copied().collect();
        let pieces: Vec<Bytes> = gzip(Box::new(rows.into_iter())).collect();
        let zipped: Vec<u8> = pieces.iter().flatten().copied().collect();
        let mut text = Vec::new();
        flate2::read::GzDecoder::new(zipped.as_slice()).read_to_end(&mut text).unwrap();
        assert_eq!(text, whole);
    }
}
