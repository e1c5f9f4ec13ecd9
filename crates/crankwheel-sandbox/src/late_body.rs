//! Puts the body of a 204 on the wire.
//!
//! The live API answers update, delete and set-plan with 204, a `Content-Length` and a body, which HTTP does
//! not allow and hyper therefore does not write. So the server marks the head of such an answer with a header
//! line of its own and leaves the body here; this wrapper lies under hyper, sees the marked head pass by,
//! puts the length in the line's place and the body behind the head. All other bytes pass through untouched.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use http::{HeaderName, HeaderValue};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

const MARK: &[u8] = b"x-sandbox-late-body: here\r\n";
const HEAD_END: &[u8] = b"\r\n\r\n";

/// The header that the server gives to an answer whose body waits here.
pub(crate) fn mark() -> (HeaderName, HeaderValue) {
    (HeaderName::from_static("x-sandbox-late-body"), HeaderValue::from_static("here"))
}

/// The bodies that wait for their heads, one queue for each connection. Answers go out in the order of the
/// requests, so the first mark is for the first body.
#[derive(Clone, Default)]
pub(crate) struct LateBodies(Arc<Mutex<VecDeque<Bytes>>>);

impl LateBodies {
    pub(crate) fn push(&self, body: Bytes) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(body);
    }

    fn pop(&self) -> Option<Bytes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    fn waiting(&self) -> bool {
        !self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
}

/// A connection that writes late bodies.
pub(crate) struct LateBodyStream<S> {
    stream: S,
    bodies: LateBodies,
    /// Rewritten bytes that the stream has not taken yet.
    rewritten: BytesMut,
}

impl<S: AsyncWrite + Unpin> LateBodyStream<S> {
    pub(crate) fn new(stream: S, bodies: LateBodies) -> Self {
        Self { stream, bodies, rewritten: BytesMut::new() }
    }

    fn poll_drain(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.rewritten.is_empty() {
            let taken = ready!(Pin::new(&mut self.stream).poll_write(cx, &self.rewritten))?;
            if taken == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.rewritten.advance(taken);
        }
        Poll::Ready(Ok(()))
    }

    /// Takes all of what hyper gives, which always has a whole head in one piece.
    fn rewrite(&mut self, mut bytes: &[u8]) {
        while let Some(at) = find(bytes, MARK) {
            let (before, from_mark) = bytes.split_at(at);
            let after = from_mark.get(MARK.len()..).unwrap_or_default();
            self.rewritten.extend_from_slice(before);
            let body = self.bodies.pop().unwrap_or_default();
            self.rewritten.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
            // The line before the mark ended with a line break, so the head may end right behind it.
            let head = match after.strip_prefix(b"\r\n") {
                Some(_) => 2,
                None => find(after, HEAD_END).map_or(after.len(), |end| end + HEAD_END.len()),
            };
            let (head, rest) = after.split_at(head);
            self.rewritten.extend_from_slice(head);
            self.rewritten.extend_from_slice(&body);
            bytes = rest;
        }
        self.rewritten.extend_from_slice(bytes);
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

impl<S: AsyncRead + Unpin> AsyncRead for LateBodyStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for LateBodyStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_drain(cx))?;
        if !self.bodies.waiting() {
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
        ready!(self.poll_drain(cx))?;
        if !self.bodies.waiting() {
            return Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        }
        let together: Vec<u8> = bufs.iter().flat_map(|buf| buf.iter().copied()).collect();
        self.rewrite(&together);
        Poll::Ready(Ok(together.len()))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_drain(cx))?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_drain(cx))?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(bodies: &[&'static [u8]], bytes: &str) -> String {
        let late = LateBodies::default();
        for body in bodies {
            late.push(Bytes::from_static(body));
        }
        let mut stream = LateBodyStream::new(tokio::io::sink(), late);
        stream.rewrite(bytes.as_bytes());
        String::from_utf8(stream.rewritten.to_vec()).unwrap()
    }

    #[test]
    fn the_body_follows_its_head() {
        let head = "HTTP/1.1 204 No Content\r\na: b\r\nx-sandbox-late-body: here\r\nc: d\r\n\r\n";
        let expected = "HTTP/1.1 204 No Content\r\na: b\r\ncontent-length: 9\r\nc: d\r\n\r\n\"Success\"";
        assert_eq!(rewritten(&[b"\"Success\""], head), expected);
        let last = "HTTP/1.1 204 No Content\r\nx-sandbox-late-body: here\r\n\r\nHTTP/1.1 200 OK\r\n\r\n";
        let expected = "HTTP/1.1 204 No Content\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n";
        assert_eq!(rewritten(&[b"ok"], last), expected);
    }

    #[test]
    fn two_heads_in_one_write_get_their_own_bodies() {
        let head = "HTTP/1.1 204 No Content\r\nx-sandbox-late-body: here\r\nz: 1\r\n\r\n";
        let expected = "HTTP/1.1 204 No Content\r\ncontent-length: 1\r\nz: 1\r\n\r\n";
        let both = rewritten(&[b"1", b"2"], &format!("tail{head}{head}"));
        assert_eq!(both, format!("tail{expected}1{expected}2"));
    }

    #[test]
    fn bytes_without_a_mark_pass() {
        assert_eq!(rewritten(&[b"1"], "HTTP/1.1 200 OK\r\n\r\nbody"), "HTTP/1.1 200 OK\r\n\r\nbody");
    }
}
