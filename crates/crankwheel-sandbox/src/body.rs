//! The body of an answer on its way out: whole, in rows that are made while it is sent, or compressed.
//!
//! The live service stands behind a proxy that compresses and chunks its larger answers, so this one does, too,
//! for who accepts it.

use std::convert::Infallible;
use std::io::Write;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, header};
use hyper::body::{Body, Frame, SizeHint};

/// Pieces of a body, made one by one.
pub(crate) type Pieces = Box<dyn Iterator<Item = Bytes> + Send>;

/// Shorter answers are not worth the trouble.
pub(crate) const WORTH_COMPRESSING: usize = 1_024;
/// About so many compressed bytes are sent at a time.
const PIECE: usize = 32 * 1_024;

/// What hyper writes.
pub(crate) enum Outgoing {
    /// Known from end to end: goes with a `Content-Length`.
    Whole(Option<Bytes>),
    /// Goes in chunks.
    Pieces(Pieces),
}

impl Body for Outgoing {
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

/// Whether `Accept-Encoding` names gzip and does not rule it out.
pub(crate) fn accepts_gzip(request: &HeaderMap) -> bool {
    request
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
            let ruled_out = parts
                .filter_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
                .any(|weight| weight.trim_end_matches(['0', '.']).is_empty());
            named && !ruled_out
        })
}

/// The pieces, compressed as they come.
pub(crate) fn compressed(pieces: Pieces) -> Pieces {
    let encoder = GzEncoder::new(Vec::with_capacity(PIECE * 2), Compression::fast());
    Box::new(Compressed { pieces, encoder: Some(encoder) })
}

struct Compressed {
    pieces: Pieces,
    /// Gone once all is written.
    encoder: Option<GzEncoder<Vec<u8>>>,
}

impl Iterator for Compressed {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        let encoder = self.encoder.as_mut()?;
        while encoder.get_ref().len() < PIECE {
            let Some(piece) = self.pieces.next() else {
                // Neither fails: all of it is memory.
                return self.encoder.take()?.finish().ok().map(Bytes::from);
            };
            encoder.write_all(&piece).ok()?;
        }
        Some(std::mem::take(encoder.get_mut()).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use std::io::Read;

    #[test]
    fn gzip_is_used_for_who_accepts_it() {
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
        let pieces: Vec<Bytes> = compressed(Box::new(rows.into_iter())).collect();
        let zipped: Vec<u8> = pieces.iter().flatten().copied().collect();
        let mut text = Vec::new();
        flate2::read::GzDecoder::new(zipped.as_slice()).read_to_end(&mut text).unwrap();
        assert_eq!(text, whole);
    }
}
