//! Receiving the body of a response.
//!
//! Bytes are received here and decoded elsewhere, unless they are few: on a thread for blocking
//! work, while the next bytes arrive. A server can be so fast that the next bytes are always there.
//! So the deadline is checked between the pieces, and this task yields to others and can be dropped
//! there.

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::body::{Decoding, Done, Intake, MAX_INLINE, Reader};
use super::cause::deepest_cause;
use super::coding::Decoder;
use super::retry::FailureReason;
use super::sender::{Failure, Sender};

/// The maximum of an error's body that is read.
const MAX_ERROR_BODY: u64 = 1 << 20;

/// The number of bytes that are decoded together, and after which the task yields.
const BATCH: u64 = 256 * 1024;
/// Fewer bytes are decoded if no more arrive for this time.
const LULL: Duration = Duration::from_millis(5);
/// The number of bytes that wait until earlier ones are decoded. Then no more are received.
const MAX_WAITING: u64 = 1 << 20;

/// The body of a response.
#[derive(Default)]
pub(super) struct Received<R> {
    /// The whole body, or its beginning if a reader has read it.
    pub body: Bytes,
    pub reader: R,
    /// The size of the decoded body.
    pub size: u64,
    /// True if the body had a content coding, which is removed.
    pub decoded: bool,
    /// The reason why the body cannot be read.
    pub unreadable: Option<String>,
}

enum Event<R> {
    Arrived(reqwest::Result<Option<Bytes>>),
    Decoded(Option<Intake<R>>),
}

impl Sender<'_> {
    /// Receives the body of a response whose status line and headers were received.
    pub(super) async fn receive<R: Reader>(
        &self,
        response: &mut reqwest::Response,
    ) -> Result<Received<R>, Failure> {
        let decoder = match Decoder::of(response.headers()) {
            Ok(decoder) => decoder,
            Err(why) => return Ok(Received { unreadable: Some(why), ..Received::default() }),
        };
        // The status is enough if it is an error, or if the caller does not need the body.
        let required = response.status().is_success() && self.request.needs_body;
        match self.receive_all(response, decoder).await {
            (intake, Some(failure)) if required => {
                // Freeing what was read can take many milliseconds.
                if intake.as_ref().is_some_and(|intake| intake.decoded > MAX_INLINE) {
                    spawn_blocking(move || drop(intake));
                }
                Err(failure)
            }
            (Some(intake), _) => Ok(intake.into()),
            (None, _) => Ok(Received::default()),
        }
    }

    /// Receives a body until its end or a failure. A failure can come with what was received before.
    async fn receive_all<R: Reader>(
        &self,
        response: &mut reqwest::Response,
        decoder: Decoder,
    ) -> (Option<Intake<R>>, Option<Failure>) {
        let success = response.status().is_success();
        // The beginning of an error's body is enough, and must not delay the next attempt.
        let limit = if success { self.request.max_response_size() } else { MAX_ERROR_BODY };
        let expected = response.content_length().unwrap_or(0);
        let never = AtomicBool::new(false);
        // That of an error is no progress.
        let progress = self.progress.filter(|_| success);
        if let Some(progress) = progress {
            progress.begin(expected);
        }

        let started = Instant::now();
        let mut free = Some(Intake::<R>::new(decoder, limit, !success, expected));
        let mut decoding: Option<Decoding<R>> = None;
        let (mut waiting, mut waiting_bytes, mut since_yield) = (Vec::<Bytes>::new(), 0, 0);
        let (mut ended, mut lull, mut failure) = (false, false, None);
        loop {
            if let Some(mut intake) = free.take() {
                if intake.is_cheap(waiting_bytes) {
                    waiting.drain(..).for_each(|piece| intake.take(&piece, &never));
                    waiting_bytes = 0;
                }
                if let Some(progress) = progress {
                    progress.decoded(intake.reader.rows());
                }
                if let Some(failure) = self.failure_of(intake.done(), limit) {
                    return (Some(intake), Some(failure));
                }
                let nothing_waits = waiting.is_empty();
                if intake.done().is_some() || (ended && nothing_waits) {
                    if failure.is_none() && intake.done().is_none() {
                        failure = intake.finish().err().map(|why| self.cut_short(&why));
                    }
                    return (Some(intake), failure);
                }
                if !nothing_waits && (ended || lull || waiting_bytes >= BATCH) {
                    decoding = Some(Decoding::start(intake, std::mem::take(&mut waiting)));
                    waiting_bytes = 0;
                } else {
                    free = Some(intake);
                }
            }
            if since_yield >= BATCH {
                since_yield = 0;
                tokio::task::yield_now().await;
            }

            let receiving = !ended && waiting_bytes < MAX_WAITING;
            let limit = if receiving { self.wait_limit() } else { self.deadline.left() };
            let spent = if success { Duration::ZERO } else { started.elapsed() };
            let left = limit.saturating_sub(spent);
            // A timeout looks at the clock only if nothing has arrived.
            let event = if left.is_zero() {
                None
            } else {
                let next = async {
                    tokio::select! {
                        biased;
                        intake = decoded(&mut decoding) => Event::Decoded(intake),
                        arrived = response.chunk(), if receiving => Event::Arrived(arrived),
                    }
                };
                let waits = free.is_some() && !waiting.is_empty();
                let event = timeout(if waits { left.min(LULL) } else { left }, next).await.ok();
                lull = waits && event.is_none() && left > LULL;
                if lull {
                    continue;
                }
                event
            };
            match event {
                None => {
                    let failure = self.timed_out(FailureReason::TimedOut, "the response was not complete");
                    return (free, Some(failure));
                }
                Some(Event::Decoded(Some(intake))) => {
                    decoding = None;
                    free = Some(intake);
                }
                Some(Event::Decoded(None)) => {
                    return (None, Some(self.cut_short("the runtime of the call was shut down")));
                }
                Some(Event::Arrived(Ok(Some(piece)))) => {
                    waiting_bytes += piece.len() as u64;
                    if let Some(progress) = progress {
                        progress.received(piece.len() as u64);
                    }
                    since_yield += piece.len() as u64;
                    waiting.push(piece);
                }
                Some(Event::Arrived(Ok(None))) => ended = true,
                Some(Event::Arrived(Err(error))) => {
                    ended = true;
                    failure = Some(self.cut_short(&deepest_cause(&error)).caused_by(&error));
                }
            }
        }
    }

    fn failure_of(&self, done: Option<&Done>, limit: u64) -> Option<Failure> {
        match done? {
            Done::Enough | Done::Stopped => None,
            Done::TooLarge => {
                let what =
                    format!("the response is larger than {} MiB, the most that is accepted", limit >> 20);
                Some(self.connection_failure(FailureReason::TooLarge, what))
            }
            Done::Damaged(why) => Some(self.cut_short(why)),
        }
    }

    fn cut_short(&self, why: &str) -> Failure {
        self.connection_failure(FailureReason::CutShort, format!("the response was cut short: {why}"))
    }
}

/// Waits for the pieces that are being decoded, forever if there are none.
async fn decoded<R: Reader>(decoding: &mut Option<Decoding<R>>) -> Option<Intake<R>> {
    match decoding {
        Some(decoding) => decoding.ended().await,
        None => std::future::pending().await,
    }
}

impl<R: Reader> From<Intake<R>> for Received<R> {
    fn from(intake: Intake<R>) -> Self {
        let (size, decoded) = (intake.decoded, intake.is_coded());
        let Intake { reader, kept, .. } = intake;
        Received { body: kept.freeze(), reader, size, decoded, unreadable: None }
    }
}
