//! A connection that also sends what the HTTP library would not: the body of a 204, and damaged
//! responses.
//!
//! The live API responds to update, delete and set-plan with 204, a `Content-Length` and a body.
//! HTTP does not allow that, so hyper does not write it; nor does it write wrong lengths or bodies
//! that stop half-way. The server therefore marks the headers of such a response with an extra
//! header line and queues a [`Script`] here. This stream, which lies under hyper, finds the marked
//! headers, replaces the mark with the script's header lines, and plays the script's steps after
//! the headers. All other bytes pass through unchanged.

use std::collections::VecDeque;
use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use http::{HeaderName, HeaderValue};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

use crate::faults::{Script, Step};

const MARK: &[u8] = b"x-sandbox-script: here\r\n";
const END_OF_HEADERS: &[u8] = b"\r\n\r\n";

/// The header of a response whose script is queued. It must be the first of the response's headers.
pub(crate) fn mark() -> (HeaderName, HeaderValue) {
    (HeaderName::from_static("x-sandbox-script"), HeaderValue::from_static("here"))
}

/// The scripts that one connection is to play. Responses are sent in the order of the requests, so
/// the first mark belongs to the first script.
#[derive(Clone, Default)]
pub(crate) struct ScriptQueue(Arc<Mutex<Queue>>);

#[derive(Default)]
struct Queue {
    scripts: VecDeque<Script>,
    reset: bool,
}

impl ScriptQueue {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn push(&self, script: Script) {
        self.lock().scripts.push_back(script);
    }

    /// Lets the connection end with a reset instead of an orderly close, whenever it ends.
    pub(crate) fn end_with_reset(&self) {
        self.lock().reset = true;
    }

    fn pop(&self) -> Option<Script> {
        self.lock().scripts.pop_front()
    }

    fn is_empty(&self) -> bool {
        self.lock().scripts.is_empty()
    }
}

/// A stream that can be ended with a reset.
pub(crate) trait Reset {
    /// Makes the following close a reset.
    fn reset_on_close(&mut self);
}

impl Reset for TcpStream {
    fn reset_on_close(&mut self) {
        // If the socket refuses the option, the close is an orderly one, which ends the connection
        // as well.
        let _ = self.set_zero_linger();
    }
}

/// A connection that plays scripts.
pub(crate) struct ScriptedStream<S: Reset> {
    stream: S,
    scripts: ScriptQueue,
    /// Steps that are still to be played.
    steps: VecDeque<Step>,
    pause: Option<Pin<Box<Sleep>>>,
}

impl<S: Reset> ScriptedStream<S> {
    pub(crate) fn new(stream: S, scripts: ScriptQueue) -> Self {
        Self { stream, scripts, steps: VecDeque::new(), pause: None }
    }

    /// Turns the bytes that hyper writes into steps. hyper always writes all headers of a response
    /// at once.
    fn rewrite(&mut self, mut bytes: &[u8]) {
        while let Some(at) = find(bytes, MARK) {
            let (before, from_mark) = bytes.split_at(at);
            let after = from_mark.get(MARK.len()..).unwrap_or_default();
            let script = self.scripts.pop().unwrap_or_default();
            let mut headers = before.to_vec();
            headers.extend_from_slice(&script.headers);
            // The line before the mark ended with a line break, so the headers may end right after
            // it.
            let end = match after.strip_prefix(b"\r\n") {
                Some(_) => 0,
                None => find(after, END_OF_HEADERS).map_or(after.len(), |end| end + 2),
            };
            let (lines, rest) = after.split_at(end);
            // hyper has no body to send, and announces a length of 0 for all responses but a 204.
            for line in lines.split_inclusive(|byte| *byte == b'\n') {
                if !line.starts_with(b"content-length:") {
                    headers.extend_from_slice(line);
                }
            }
            headers.extend_from_slice(b"\r\n");
            self.steps.push_back(Step::Write(headers.into()));
            self.steps.extend(script.steps);
            bytes = rest.strip_prefix(b"\r\n").unwrap_or(rest);
        }
        if !bytes.is_empty() {
            self.steps.push_back(Step::Write(Bytes::copy_from_slice(bytes)));
        }
    }
}

impl<S: AsyncWrite + Unpin + Reset> ScriptedStream<S> {
    fn poll_play(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(step) = self.steps.front_mut() {
            match step {
                Step::Write(bytes) => {
                    while !bytes.is_empty() {
                        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, bytes))?;
                        if written == 0 {
                            return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
                        }
                        bytes.advance(written);
                    }
                }
                Step::Pause(length) => {
                    let pause = self.pause.get_or_insert_with(|| Box::pin(tokio::time::sleep(*length)));
                    ready!(pause.as_mut().poll(cx));
                    self.pause = None;
                }
                // The error makes hyper drop the connection; it has no other effect.
                Step::Close => return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
                Step::Reset => {
                    self.scripts.end_with_reset();
                    return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
                }
            }
            self.steps.pop_front();
        }
        Poll::Ready(Ok(()))
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

impl<S: Reset> Drop for ScriptedStream<S> {
    fn drop(&mut self) {
        if self.scripts.lock().reset {
            self.stream.reset_on_close();
        }
    }
}

impl<S: AsyncRead + Unpin + Reset> AsyncRead for ScriptedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin + Reset> AsyncWrite for ScriptedStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_play(cx))?;
        if self.scripts.is_empty() {
            return Pin::new(&mut self.stream).poll_write(cx, buf);
        }
        self.rewrite(buf);
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_play(cx))?;
        if self.scripts.is_empty() {
            return Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        }
        let joined: Vec<u8> = bufs.iter().flat_map(|buf| buf.iter().copied()).collect();
        self.rewrite(&joined);
        Poll::Ready(Ok(joined.len()))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_play(cx))?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_play(cx))?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream that is never written to.
    struct NoStream;

    impl Reset for NoStream {
        fn reset_on_close(&mut self) {}
    }

    fn rewritten(bodies: &[&'static [u8]], bytes: &str) -> String {
        let scripts = ScriptQueue::default();
        for body in bodies {
            scripts.push(Script::whole(Bytes::from_static(body)));
        }
        let mut stream = ScriptedStream::new(NoStream, scripts);
        stream.rewrite(bytes.as_bytes());
        let mut written = Vec::new();
        for step in &stream.steps {
            let Step::Write(bytes) = step else { panic!("{step:?}") };
            written.extend_from_slice(bytes);
        }
        String::from_utf8(written).unwrap()
    }

    #[test]
    fn the_body_follows_its_headers() {
        let head = "HTTP/1.1 204 No Content\r\nx-sandbox-script: here\r\na: b\r\nc: d\r\n\r\n";
        let expected = "HTTP/1.1 204 No Content\r\ncontent-length: 9\r\na: b\r\nc: d\r\n\r\n\"Success\"";
        assert_eq!(rewritten(&[b"\"Success\""], head), expected);
        let last = "HTTP/1.1 204 No Content\r\nx-sandbox-script: here\r\n\r\nHTTP/1.1 200 OK\r\n\r\n";
        let expected = "HTTP/1.1 204 No Content\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n";
        assert_eq!(rewritten(&[b"ok"], last), expected);
    }

    #[test]
    fn the_length_that_hyper_announces_is_removed() {
        let head = "HTTP/1.1 200 OK\r\nx-sandbox-script: here\r\na: b\r\ncontent-length: 0\r\nc: d\r\n\r\n";
        let expected = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\na: b\r\nc: d\r\n\r\nok";
        assert_eq!(rewritten(&[b"ok"], head), expected);
    }

    #[test]
    fn two_responses_in_one_write_get_their_own_bodies() {
        let head = "HTTP/1.1 204 No Content\r\nx-sandbox-script: here\r\nz: 1\r\n\r\n";
        let expected = "HTTP/1.1 204 No Content\r\ncontent-length: 1\r\nz: 1\r\n\r\n";
        let both = rewritten(&[b"1", b"2"], &format!("tail{head}{head}"));
        assert_eq!(both, format!("tail{expected}1{expected}2"));
    }

    #[test]
    fn bytes_without_a_mark_pass() {
        assert_eq!(rewritten(&[b"1"], "HTTP/1.1 200 OK\r\n\r\nbody"), "HTTP/1.1 200 OK\r\n\r\nbody");
    }
}
