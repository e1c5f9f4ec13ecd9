//! Content codings: the compression of response bodies (RFC 9110, 8.4).

use std::ops::ControlFlow;

use flate2::{Decompress, FlushDecompress, Status};
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

use crate::json::excerpt;

/// The value of `Accept-Encoding`: the codings that can be read.
pub(super) const ACCEPTED: &str = "gzip";

/// More codings than this, one over the other, are refused: each takes memory.
const MAX_CODINGS: usize = 5;

/// The decoded bytes that are passed on at a time.
const PIECE: usize = 32 * 1024;

/// The result of decoding: a break if no more is needed, or the reason why it failed.
type Decoded = Result<ControlFlow<()>, String>;

/// Removes the codings of one body.
#[derive(Default)]
pub(super) struct Decoder {
    /// The coding that was applied last comes first.
    layers: Vec<Gzip>,
}

impl Decoder {
    /// Creates a decoder for the codings that the headers name. The error is the reason why the body
    /// cannot be read.
    pub fn of(headers: &HeaderMap) -> Result<Self, String> {
        let mut layers = Vec::new();
        for header in headers.get_all(CONTENT_ENCODING) {
            let header = String::from_utf8_lossy(header.as_bytes());
            for coding in header.split(',').map(str::trim) {
                match coding.to_ascii_lowercase().as_str() {
                    "" | "identity" => {}
                    "gzip" | "x-gzip" => layers.push(Gzip::default()),
                    _ => {
                        return Err(format!(
                            "its content coding is \"{}\", expected gzip or none",
                            excerpt(coding)
                        ));
                    }
                }
            }
        }
        if layers.len() > MAX_CODINGS {
            let number = layers.len();
            return Err(format!("it has {number} content codings, expected {MAX_CODINGS} or fewer"));
        }
        layers.reverse();
        Ok(Decoder { layers })
    }

    /// Returns the number of codings.
    pub fn codings(&self) -> usize {
        self.layers.len()
    }

    /// Decodes the next piece of a body and passes what it contains to `take`, until that breaks. The
    /// error is the reason why the body cannot be decoded.
    pub fn decode(&mut self, piece: &[u8], take: &mut dyn FnMut(&[u8]) -> ControlFlow<()>) -> Decoded {
        decode(&mut self.layers, piece, take)
    }

    /// Checks that the body is complete.
    pub fn finish(&self) -> Result<(), String> {
        let complete = self.layers.iter().all(|layer| layer.state != State::Member);
        if complete { Ok(()) } else { Err("the gzip data is incomplete".to_owned()) }
    }
}

fn decode(layers: &mut [Gzip], piece: &[u8], take: &mut dyn FnMut(&[u8]) -> ControlFlow<()>) -> Decoded {
    match layers {
        [] => Ok(take(piece)),
        [layer, inner @ ..] => layer.decode(piece, &mut |decoded| decode(inner, decoded, take)),
    }
}

/// The position in a gzip file, which is a series of members (RFC 1952).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Start,
    /// In a member that is not complete.
    Member,
    /// After a complete member.
    Between,
    /// In bytes after the last member that are not one, such as padding. As in gzip(1), they are
    /// ignored.
    Padding,
}

/// Decompresses gzip.
#[derive(Default)]
struct Gzip {
    state: State,
    /// `None` before the first member, because it takes 40 KB.
    inflate: Option<Box<(Decompress, [u8; PIECE])>>,
}

impl Gzip {
    fn decode(&mut self, mut input: &[u8], take: &mut dyn FnMut(&[u8]) -> Decoded) -> Decoded {
        loop {
            match (self.state, input.first()) {
                (State::Padding, _) | (State::Start | State::Between, None) => break,
                (State::Between, Some(byte)) if *byte != 0x1f => {
                    self.state = State::Padding;
                    break;
                }
                (State::Start | State::Between, _) => {
                    self.state = State::Member;
                    self.inflate = Some(Box::new((Decompress::new_gzip(15), [0; PIECE])));
                }
                (State::Member, _) => {}
            }
            let Some((inflate, output)) = self.inflate.as_deref_mut() else { break };
            let (read, written) = (inflate.total_in(), inflate.total_out());
            let status = inflate
                .decompress(input, output, FlushDecompress::None)
                .map_err(|error| format!("the gzip data is damaged: {error}"))?;
            let read = usize::try_from(inflate.total_in() - read).unwrap_or(input.len());
            let written = usize::try_from(inflate.total_out() - written).unwrap_or(PIECE);
            input = input.get(read..).unwrap_or_default();
            if written > 0 && take(output.get(..written).unwrap_or_default())?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            if status == Status::StreamEnd {
                self.state = State::Between;
            } else if (input.is_empty() && written < PIECE) || (read == 0 && written == 0) {
                break;
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use http::HeaderValue;
    use std::io::Write;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn decoder(headers: &[&str]) -> Result<Decoder, String> {
        let values = headers.iter().map(|value| (CONTENT_ENCODING, HeaderValue::from_str(value).unwrap()));
        let mut map = HeaderMap::new();
        values.for_each(|(name, value)| {
            map.append(name, value);
        });
        Decoder::of(&map)
    }

    /// Decodes a body that arrives in pieces of this size.
    fn decoded(headers: &[&str], body: &[u8], size: usize) -> Result<Vec<u8>, String> {
        let mut decoder = decoder(headers)?;
        let mut out = Vec::new();
        for piece in body.chunks(size) {
            let mut take = |piece: &[u8]| {
                out.extend_from_slice(piece);
                ControlFlow::Continue(())
            };
            assert!(decoder.decode(piece, &mut take)?.is_continue());
        }
        decoder.finish().map(|()| out)
    }

    #[test]
    fn codings_are_removed_in_reverse_order_wherever_the_body_is_cut() {
        let text: Vec<u8> = (0..50_000_u32).flat_map(|n| n.wrapping_mul(n).to_le_bytes()).collect();
        let (one, two) = text.split_at(1000);
        let members = [gzip(one), gzip(b""), gzip(two)].concat();
        let padded = [gzip(&text), vec![0; 600]].concat();
        let garbage = [gzip(&text), b"<!-- 0.02 s -->".to_vec()].concat();
        let cases: [(&[&str], Vec<u8>); 13] = [
            (&[], text.clone()),
            (&[""], text.clone()),
            (&["identity"], text.clone()),
            (&["gzip"], gzip(&text)),
            (&["GZip"], gzip(&text)),
            (&["x-gzip"], gzip(&text)),
            (&[" , X-GZIP ,identity"], gzip(&text)),
            (&["gzip, gzip"], gzip(&gzip(&text))),
            (&["gzip", "Gzip"], gzip(&gzip(&text))),
            (&["gzip"], members.clone()),
            (&["gzip, x-gzip"], gzip(&members)),
            (&["gzip"], padded),
            (&["gzip"], garbage),
        ];
        for (headers, body) in cases {
            for size in [1, 7, 1000, body.len()] {
                let decoded = decoded(headers, &body, size).unwrap();
                assert!(decoded == text, "{headers:?} in pieces of {size}: {} bytes", decoded.len());
            }
        }
        // No body at all, as in a response to HEAD.
        assert_eq!(decoded(&["gzip"], b"", 1).unwrap(), b"");
    }

    #[test]
    fn what_cannot_be_decoded_is_named() {
        let body = gzip(b"{\"id\": 5}");
        for (headers, word) in [
            (vec!["br"], "\"br\""),
            (vec!["gzip, Zstd"], "\"Zstd\""),
            (vec!["deflate"], "\"deflate\""),
            (vec!["gzip;q=1"], "\"gzip;q=1\""),
            (vec!["gzip"; 6], "6 content codings"),
        ] {
            let why = decoder(&headers).err().unwrap();
            assert!(why.contains(word), "{headers:?}: {why}");
        }
        let mut changed = body.clone();
        *changed.get_mut(12).unwrap() ^= 0x55;
        let mut checksum = body.clone();
        *checksum.iter_mut().rev().nth(5).unwrap() ^= 1;
        let second = [body.clone(), body[..9].to_vec()].concat();
        for (body, word) in [
            (&body[..body.len() - 1], "incomplete"),
            (&body[..5], "incomplete"),
            (&second[..], "incomplete"),
            (&b"{\"id\": 5}"[..], "damaged"),
            (&changed[..], "damaged"),
            (&checksum[..], "damaged"),
        ] {
            let why = decoded(&["gzip"], body, 4).unwrap_err();
            assert!(why.contains(word), "{body:?}: {why}");
        }
    }

    #[test]
    fn a_consumer_that_has_enough_stops_the_decompression() {
        let bomb = gzip(&gzip(&vec![0; 64 << 20]));
        let mut seen = 0;
        let ended = decoder(&["gzip, gzip"]).unwrap().decode(&bomb, &mut |piece| {
            seen += piece.len();
            if seen > 100_000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(ended.unwrap().is_break() && seen < 200_000, "{seen}");
    }
}
