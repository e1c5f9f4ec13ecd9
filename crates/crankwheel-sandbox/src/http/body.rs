//! The body of an answer on its way out: whole, in rows that are made while it is sent, or compressed.
//!
//! The live service stands behind a proxy that compresses and chunks its larger answers, so this one does, too,
//! for who accepts it.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};

use bytes::Bytes;
use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use http::{HeaderMap, header};
use hyper::body::{Body, Frame, SizeHint};

use crate::response::Pieces;

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
    // Never wait: a new one does as well, and a lock that was held at a fork stays held in the child.
    let deflate = DEFLATERS.try_lock().ok().and_then(|mut waiting| waiting.pop());
    let deflate = deflate.unwrap_or_else(|| Compress::new(Compression::fast(), false));
    let out = Vec::from(GZIP_HEAD);
    Box::new(Compressed { pieces, deflate: Some(deflate), checksum: Crc::new(), out })
}

/// Compressors that wait for the next answer. One takes 300 KB, and making one for each answer leaves holes in the heap that
/// the entries of the request log then keep from being used again.
static DEFLATERS: Mutex<Vec<Compress>> = Mutex::new(Vec::new());
/// More than answers are compressed at one time.
const MOST_DEFLATERS: usize = 16;

/// No name, no time, written by an unknown system (RFC 1952).
const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

struct Compressed {
    pieces: Pieces,
    /// Gone once all is written.
    deflate: Option<Compress>,
    checksum: Crc,
    out: Vec<u8>,
}

impl Compressed {
    /// Compresses all of `input`; `None` if that fails, which it does not: all of it is memory.
    fn feed(&mut self, mut input: &[u8], flush: FlushCompress) -> Option<()> {
        let deflate = self.deflate.as_mut()?;
        loop {
            self.out.reserve(4 * 1_024);
            let before = deflate.total_in();
            let status = deflate.compress_vec(input, &mut self.out, flush).ok()?;
            let taken = usize::try_from(deflate.total_in() - before).ok()?;
            input = input.get(taken..)?;
            let done = match flush {
                FlushCompress::Finish => status == Status::StreamEnd,
                _ => input.is_empty(),
            };
            if done {
                return Some(());
            }
        }
    }

    fn finish(&mut self) -> Option<Bytes> {
        self.feed(&[], FlushCompress::Finish)?;
        self.out.extend_from_slice(&self.checksum.sum().to_le_bytes());
        self.out.extend_from_slice(&self.checksum.amount().to_le_bytes());
        let mut deflate = self.deflate.take()?;
        deflate.reset();
        if let Ok(mut waiting) = DEFLATERS.try_lock()
            && waiting.len() < MOST_DEFLATERS
        {
            waiting.push(deflate);
        }
        Some(std::mem::take(&mut self.out).into())
    }
}

impl Iterator for Compressed {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        self.deflate.as_ref()?;
        while self.out.len() < PIECE {
            let Some(piece) = self.pieces.next() else { return self.finish() };
            self.checksum.update(&piece);
            self.feed(&piece, FlushCompress::None)?;
        }
        Some(std::mem::take(&mut self.out).into())
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
