//! Scripts: the header lines and bytes of one response, exactly as they are to be sent.

use std::io::Write;
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::fault::{Fault, GzipDamage};

/// On some systems a reset discards what the peer has not read yet. This pause lets the bytes
/// before it arrive.
const PAUSE_BEFORE_RESET: Duration = Duration::from_millis(20);

/// One thing to do on a connection.
#[derive(Debug)]
pub(crate) enum Step {
    Write(Bytes),
    Pause(Duration),
    /// An orderly close, even if more bytes were announced.
    Close,
    Reset,
}

/// The header lines that a response gets, and what follows its headers.
#[derive(Debug, Default)]
pub(crate) struct Script {
    pub(crate) headers: Vec<u8>,
    pub(crate) steps: Vec<Step>,
}

impl Script {
    /// The unchanged body with its length.
    pub(crate) fn whole(body: Bytes) -> Self {
        Self::announcing(body.len(), vec![Step::Write(body)])
    }

    fn announcing(length: usize, steps: Vec<Step>) -> Self {
        Self { headers: format!("content-length: {length}\r\n").into_bytes(), steps }
    }

    /// The same for a response to HEAD: what follows the headers is left out, but the connection ends
    /// as it would.
    pub(crate) fn without_body(mut self) -> Self {
        self.steps.retain(|step| matches!(step, Step::Close | Step::Reset));
        if matches!(self.steps.last(), Some(Step::Reset)) {
            self.steps.insert(0, Step::Pause(PAUSE_BEFORE_RESET));
        }
        self
    }

    /// The body with a fault. Returns `None` for a fault that does not concern the body.
    pub(crate) fn with_fault(fault: &Fault, body: &Bytes, seed: u64) -> Option<Self> {
        let length = body.len();
        let half = body.slice(..length / 2);
        Some(match fault {
            Fault::Truncate => {
                // A body that is too short to be cut is announced as longer than it is.
                let announced = if length < 2 { length + 16 } else { length };
                Self::announcing(announced, vec![Step::Write(half), Step::Close])
            }
            Fault::ResetDuring => Self::announcing(
                length.max(16),
                vec![Step::Write(half), Step::Pause(PAUSE_BEFORE_RESET), Step::Reset],
            ),
            Fault::Corrupt => Self::whole(corrupt(body, seed)),
            Fault::WrongLength { by } => {
                let by = isize::try_from(*by).unwrap_or_default();
                Self::announcing(length.saturating_add_signed(by), vec![Step::Write(body.clone())])
            }
            Fault::BrokenGzip { how } => {
                let mut script = Self::whole(broken_gzip(body, *how));
                script.headers.extend_from_slice(b"content-encoding: gzip\r\n");
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

/// Keeps the length, but replaces the bytes after the first quarter by ones that are neither JSON
/// nor UTF-8.
fn corrupt(body: &Bytes, seed: u64) -> Bytes {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut bytes = if body.is_empty() { vec![0; 16] } else { body.to_vec() };
    for byte in bytes.iter_mut().skip(body.len() / 4) {
        *byte = random.u8(0x80..);
    }
    bytes.into()
}

/// Compresses the body, then cuts or corrupts it in the middle.
fn broken_gzip(body: &Bytes, how: GzipDamage) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    let _ = encoder.write_all(body);
    let mut compressed = encoder.finish().unwrap_or_default();
    let middle = compressed.len() / 2;
    match how {
        GzipDamage::Cut => compressed.truncate(middle),
        GzipDamage::Corrupt => {
            for byte in compressed.iter_mut().skip(middle).take(16) {
                *byte ^= 0x5A;
            }
        }
    }
    compressed.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    const BODY: &[u8] = b"{\"sname\":\"acmecompany\",\"lname\":\"Acme\"}";

    fn script(fault: Fault) -> (String, Vec<u8>) {
        let script = Script::with_fault(&fault, &Bytes::from_static(BODY), 7).unwrap();
        let mut bytes = Vec::new();
        for step in &script.steps {
            if let Step::Write(piece) = step {
                bytes.extend_from_slice(piece);
            }
        }
        (String::from_utf8(script.headers).unwrap(), bytes)
    }

    #[test]
    fn each_fault_changes_what_it_names() {
        let whole = format!("content-length: {}\r\n", BODY.len());
        let (headers, bytes) = script(Fault::Truncate);
        assert_eq!((headers, bytes.len()), (whole.clone(), BODY.len() / 2));
        let (headers, bytes) = script(Fault::WrongLength { by: -3 });
        assert_eq!((headers, bytes), (format!("content-length: {}\r\n", BODY.len() - 3), BODY.to_vec()));
        let (headers, bytes) = script(Fault::Corrupt);
        assert_eq!((headers, bytes.len()), (whole.clone(), BODY.len()));
        assert!(String::from_utf8(bytes.clone()).is_err());
        assert_eq!(script(Fault::Corrupt).1, bytes, "the same seed gives the same bytes");
        let (headers, bytes) = script(Fault::SlowBody { pieces: 5, pause_ms: 1 });
        assert_eq!((headers, bytes), (whole, BODY.to_vec()));
    }

    #[test]
    fn broken_gzip_starts_well_but_does_not_decode() {
        for how in [GzipDamage::Cut, GzipDamage::Corrupt] {
            let (headers, bytes) = script(Fault::BrokenGzip { how });
            assert!(headers.contains("content-encoding: gzip"), "{headers}");
            assert!(bytes.starts_with(&[0x1f, 0x8b]));
            let mut text = Vec::new();
            assert!(flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut text).is_err());
        }
    }

    #[test]
    fn empty_bodies_can_have_faults() {
        for fault in [Fault::Truncate, Fault::ResetDuring, Fault::Corrupt, Fault::WrongLength { by: -9 }] {
            assert!(Script::with_fault(&fault, &Bytes::new(), 1).is_some(), "{fault:?}");
        }
    }
}
