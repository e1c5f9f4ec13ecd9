//! Scripts: the header lines and the bytes of one answer, as they are to go over the wire.

use std::io::Write;
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::fault::{Fault, GzipDamage};

/// A reset throws away what the peer has not read yet on some systems. This long it has for the bytes before.
const BEFORE_RESET: Duration = Duration::from_millis(20);

/// One thing to do on a connection.
#[derive(Debug)]
pub(crate) enum Step {
    Write(Bytes),
    Pause(Duration),
    /// An orderly end, whatever is still announced.
    Close,
    /// An end by reset.
    Reset,
}

/// What takes the place of the mark in a head, and what follows the head.
#[derive(Debug, Default)]
pub(crate) struct Script {
    pub(crate) head: Vec<u8>,
    pub(crate) steps: Vec<Step>,
}

impl Script {
    /// The body as it is, its length in front.
    pub(crate) fn whole(body: Bytes) -> Self {
        Self::announcing(body.len(), vec![Step::Write(body)])
    }

    fn announcing(length: usize, steps: Vec<Step>) -> Self {
        Self { head: format!("content-length: {length}\r\n").into_bytes(), steps }
    }

    /// The body with something wrong. `None`: this fault does not concern the body.
    pub(crate) fn broken(fault: &Fault, body: &Bytes, seed: u64) -> Option<Self> {
        let length = body.len();
        let half = body.slice(..length / 2);
        Some(match fault {
            Fault::Truncate => {
                // Of a body too short to be cut something is announced that does not come.
                let announced = if length < 2 { length + 16 } else { length };
                Self::announcing(announced, vec![Step::Write(half), Step::Close])
            }
            Fault::ResetDuring => Self::announcing(
                length.max(16),
                vec![Step::Write(half), Step::Pause(BEFORE_RESET), Step::Reset],
            ),
            Fault::Corrupt => Self::whole(garbled(body, seed)),
            Fault::WrongLength { by } => {
                let by = isize::try_from(*by).unwrap_or_default();
                Self::announcing(length.saturating_add_signed(by), vec![Step::Write(body.clone())])
            }
            Fault::BrokenGzip { how } => {
                let zipped = broken_gzip(body, *how);
                let mut script = Self::whole(zipped);
                script.head.extend_from_slice(b"content-encoding: gzip\r\n");
                script
            }
            Fault::SlowBody { pieces, pause_ms } | Fault::Split204 { pieces, pause_ms } => {
                let pause = Duration::from_millis(*pause_ms);
                let pieces = usize::try_from(*pieces).unwrap_or(1).max(1);
                let size = length.div_ceil(pieces).max(1);
                let mut steps = Vec::new();
                let mut rest = body.clone();
                while !rest.is_empty() {
                    steps.push(Step::Pause(pause));
                    steps.push(Step::Write(rest.split_to(size.min(rest.len()))));
                }
                Self::announcing(length, steps)
            }
            Fault::Latency { .. } | Fault::Status { .. } | Fault::ResetBefore | Fault::ResetAfter => {
                return None;
            }
        })
    }
}

/// The same length, but from a quarter on bytes that are neither JSON nor UTF-8.
fn garbled(body: &Bytes, seed: u64) -> Bytes {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut bytes = if body.is_empty() { vec![0; 16] } else { body.to_vec() };
    let from = body.len() / 4;
    for byte in bytes.iter_mut().skip(from) {
        *byte = random.u8(0x80..);
    }
    bytes.into()
}

/// Compressed, and then cut or spoilt in the middle. The length announced is that of the bytes that come.
fn broken_gzip(body: &Bytes, how: GzipDamage) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing into memory does not fail.
    let _ = encoder.write_all(body);
    let mut zipped = encoder.finish().unwrap_or_default();
    let middle = zipped.len() / 2;
    match how {
        GzipDamage::Cut => zipped.truncate(middle),
        GzipDamage::Corrupt => {
            for byte in zipped.iter_mut().skip(middle).take(16) {
                *byte ^= 0x5A;
            }
        }
    }
    zipped.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    const BODY: &[u8] = b"{\"sname\":\"acmecompany\",\"lname\":\"Acme\"}";

    fn script(fault: Fault) -> (String, Vec<u8>) {
        let script = Script::broken(&fault, &Bytes::from_static(BODY), 7).unwrap();
        let mut bytes = Vec::new();
        for step in &script.steps {
            if let Step::Write(piece) = step {
                bytes.extend_from_slice(piece);
            }
        }
        (String::from_utf8(script.head).unwrap(), bytes)
    }

    #[test]
    fn each_fault_breaks_what_it_says() {
        let whole = format!("content-length: {}\r\n", BODY.len());
        let (head, bytes) = script(Fault::Truncate);
        assert_eq!((head, bytes.len()), (whole.clone(), BODY.len() / 2));
        let (head, bytes) = script(Fault::WrongLength { by: -3 });
        assert_eq!((head, bytes), (format!("content-length: {}\r\n", BODY.len() - 3), BODY.to_vec()));
        let (head, bytes) = script(Fault::Corrupt);
        assert_eq!((head, bytes.len()), (whole.clone(), BODY.len()));
        assert!(String::from_utf8(bytes.clone()).is_err());
        assert_eq!(script(Fault::Corrupt).1, bytes, "the same seed, the same garbage");
        let (head, bytes) = script(Fault::SlowBody { pieces: 5, pause_ms: 1 });
        assert_eq!((head, bytes), (whole, BODY.to_vec()));
    }

    #[test]
    fn broken_gzip_starts_well_and_ends_badly() {
        for how in [GzipDamage::Cut, GzipDamage::Corrupt] {
            let (head, bytes) = script(Fault::BrokenGzip { how });
            assert!(head.contains("content-encoding: gzip"), "{head}");
            assert!(bytes.starts_with(&[0x1f, 0x8b]));
            let mut text = Vec::new();
            assert!(flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut text).is_err());
        }
    }

    #[test]
    fn bodies_of_no_length_can_be_broken() {
        for fault in [Fault::Truncate, Fault::ResetDuring, Fault::Corrupt, Fault::WrongLength { by: -9 }] {
            assert!(Script::broken(&fault, &Bytes::new(), 1).is_some(), "{fault:?}");
        }
    }
}
