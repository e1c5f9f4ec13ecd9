//! The body of a response: decoding it and reading it while it arrives.

use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::{Bytes, BytesMut};
use tokio::task::{JoinError, JoinHandle, spawn_blocking};

use super::coding::Decoder;
use super::response::MAX_BODY_IN_ERROR;
use crate::json::DecodeError;

/// Bodies up to this size are decoded on the thread that receives them. Larger ones would delay
/// other requests there.
pub(crate) const MAX_INLINE: u64 = 64 * 1024;
/// The same for compressed bodies: they can be a thousand times as large as they look.
const MAX_INLINE_COMPRESSED: u64 = 16 * 1024;

/// Reads the body of a success piece by piece, so that it is not buffered.
pub(crate) trait Reader: Default + Send + 'static {
    /// The type of the value.
    type Output: Send + 'static;

    /// True if the response keeps the whole body, and the reader takes nothing.
    const WHOLE: bool = false;

    /// Takes the next piece. Returns false if the rest is not needed.
    fn take(&mut self, piece: &[u8]) -> bool;

    /// Returns the number of rows that have been read.
    fn rows(&self) -> u64 {
        0
    }

    /// Returns the value that the body means.
    fn finish(self) -> Result<Self::Output, DecodeError>;
}

/// Keeps the whole body in the response.
#[derive(Default)]
pub(crate) struct Whole;

impl Reader for Whole {
    type Output = ();
    const WHOLE: bool = true;

    fn take(&mut self, _: &[u8]) -> bool {
        true
    }

    fn finish(self) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// The reason why no more of a body is needed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Done {
    /// The consumer has what it needs.
    Enough,
    TooLarge,
    /// The body cannot be decoded.
    Damaged(String),
    /// The call was dropped.
    Stopped,
}

/// Takes the pieces of one body, decodes them, and reads or keeps them.
pub(super) struct Intake<R> {
    decoder: Decoder,
    pub reader: R,
    /// The whole body, or the part that an error would show.
    pub kept: BytesMut,
    /// The largest body, as it arrives and decoded.
    limit: u64,
    /// True if a larger body is truncated instead of refused: the beginning of an error's body is
    /// enough.
    truncate: bool,
    arrived: u64,
    pub decoded: u64,
    done: Option<Done>,
}

impl<R: Reader> Intake<R> {
    pub fn new(decoder: Decoder, limit: u64, truncate: bool, expected: u64) -> Self {
        // An error's body is kept, whatever reads a success.
        let expected = if R::WHOLE || truncate { expected.min(1 << 20) } else { 0 };
        let kept = BytesMut::with_capacity(usize::try_from(expected).unwrap_or(0));
        let reader = R::default();
        Intake { decoder, reader, kept, limit, truncate, arrived: 0, decoded: 0, done: None }
    }

    /// Returns true if so many more bytes can be taken on the thread that receives them.
    pub fn is_cheap(&self, more: u64) -> bool {
        let arrived = self.arrived + more;
        match self.decoder.codings() {
            // An error's body is limited to 1 MiB, decoded.
            _ if self.truncate => true,
            0 => R::WHOLE || arrived <= MAX_INLINE,
            1 => arrived <= MAX_INLINE_COMPRESSED,
            _ => false,
        }
    }

    /// Takes the next piece, unless the body is done.
    pub fn take(&mut self, piece: &[u8], stop: &AtomicBool) {
        if self.done.is_some() {
            return;
        }
        self.arrived += piece.len() as u64;
        if self.arrived > self.limit && !self.truncate {
            self.done = Some(Done::TooLarge);
            return;
        }
        let Intake { decoder, reader, kept, limit, truncate, decoded, done, .. } = self;
        let ended = decoder.decode(piece, &mut |piece| {
            let room = limit.saturating_sub(*decoded);
            let fits = usize::try_from(room).ok().and_then(|room| piece.get(..room));
            let piece = match fits {
                Some(_) if !*truncate => {
                    *done = Some(Done::TooLarge);
                    return ControlFlow::Break(());
                }
                Some(fits) => {
                    *done = Some(Done::Enough);
                    fits
                }
                None => piece,
            };
            *decoded += piece.len() as u64;
            if R::WHOLE || *truncate {
                kept.extend_from_slice(piece);
            } else {
                let room = MAX_BODY_IN_ERROR.saturating_sub(kept.len());
                kept.extend_from_slice(piece.get(..room).unwrap_or(piece));
                if !reader.take(piece) {
                    *done = Some(Done::Enough);
                }
            }
            if stop.load(Ordering::Relaxed) {
                *done = Some(Done::Stopped);
            }
            if done.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if let Err(why) = ended {
            self.done = Some(Done::Damaged(why));
        }
    }

    /// Returns true if the body has a content coding.
    pub fn is_coded(&self) -> bool {
        self.decoder.codings() > 0
    }

    /// Returns the reason why no more is needed, if there is one.
    pub fn done(&self) -> Option<&Done> {
        self.done.as_ref()
    }

    /// Checks that a body that has ended is complete.
    pub fn finish(&self) -> Result<(), String> {
        self.decoder.finish()
    }
}

/// Pieces that are decoded on a thread for blocking work. Dropping it stops the work.
pub(super) struct Decoding<R> {
    stop: Arc<AtomicBool>,
    work: JoinHandle<Intake<R>>,
}

impl<R: Reader> Decoding<R> {
    pub fn start(mut intake: Intake<R>, pieces: Vec<Bytes>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let work = spawn_blocking(move || {
            for piece in pieces {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                intake.take(&piece, &stopped);
            }
            intake
        });
        Decoding { stop, work }
    }

    /// Waits until the pieces are decoded. `None` if the runtime is shut down.
    pub async fn ended(&mut self) -> Option<Intake<R>> {
        finished((&mut self.work).await)
    }
}

impl<R> Drop for Decoding<R> {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // It has an effect if the work has not begun.
        self.work.abort();
    }
}

/// Returns the result of blocking work. `None` if the runtime was shut down before it began.
pub(crate) fn finished<T>(work: Result<T, JoinError>) -> Option<T> {
    match work.map_err(JoinError::try_into_panic) {
        Ok(value) => Some(value),
        Err(Ok(panic)) => resume_unwind(panic),
        Err(Err(_)) => None,
    }
}
