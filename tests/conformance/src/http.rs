//! Reads requests from a socket: just enough HTTP/1.1 to see exactly what a client sent.

use std::io;

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// No language sends more; a runaway client must not fill the memory.
const MAX_REQUEST: usize = 64 * 1024 * 1024;
const MAX_HEADERS: usize = 100;

/// A request as received.
#[derive(Debug, Clone, Default)]
pub struct ReceivedRequest {
    /// The method.
    pub method: String,
    /// The path of the target, percent-encoded.
    pub path: String,
    /// The query of the target without its `?`, percent-encoded.
    pub query: String,
    /// Name (lower case) and value pairs, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl ReceivedRequest {
    /// Returns all values of one header, joined as HTTP allows; `name` is in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let values: Vec<&str> =
            self.headers.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }
}

/// Bytes that were received on a connection and are not consumed yet.
#[derive(Debug, Default)]
pub struct Inbox(Vec<u8>);

impl Inbox {
    /// Reads the next request; `None` when the client closed the connection after the last one.
    ///
    /// # Errors
    /// When the connection breaks, or the request is not HTTP/1.1 with a plain body.
    pub async fn next(&mut self, stream: &mut TcpStream) -> io::Result<Option<ReceivedRequest>> {
        loop {
            if let Some((head, body_at, length)) = parse_head(&self.0)?
                && self.0.len() >= body_at + length
            {
                let rest = self.0.split_off(body_at + length);
                let body = self.0.split_off(body_at);
                self.0 = rest;
                return Ok(Some(ReceivedRequest { body, ..head }));
            }
            if self.0.len() > MAX_REQUEST {
                return Err(io::Error::other("request too large"));
            }
            if stream.read_buf(&mut self.0).await? == 0 {
                return if self.0.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
        }
    }
}

/// Parses the request line and headers. Returns them with the offset and length of the body; `None` while
/// they are incomplete.
fn parse_head(bytes: &[u8]) -> io::Result<Option<(ReceivedRequest, usize, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let body_at = match request.parse(bytes).map_err(io::Error::other)? {
        httparse::Status::Partial => return Ok(None),
        httparse::Status::Complete(at) => at,
    };
    let target = request.path.unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let head = ReceivedRequest {
        method: request.method.unwrap_or_default().to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: request
            .headers
            .iter()
            .map(|h| (h.name.to_ascii_lowercase(), String::from_utf8_lossy(h.value).into_owned()))
            .collect(),
        body: Vec::new(),
    };
    if head.header("transfer-encoding").is_some() {
        return Err(io::Error::other("a request body in chunks: the SDK knows its lengths"));
    }
    let length = match head.header("content-length") {
        None => 0,
        Some(text) => text.parse().map_err(io::Error::other)?,
    };
    Ok(Some((head, body_at, length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_line_and_headers_are_parsed() {
        let (head, at, length) =
            parse_head(b"POST /a%2Fb?x=1&y HTTP/1.1\r\nX-A: 1\r\nx-a: 2\r\ncontent-length: 3\r\n\r\nabc")
                .unwrap()
                .unwrap();
        assert_eq!(
            (head.method.as_str(), head.path.as_str(), head.query.as_str()),
            ("POST", "/a%2Fb", "x=1&y")
        );
        assert_eq!(head.header("x-a").as_deref(), Some("1, 2"));
        assert_eq!((at, length), (65, 3));
    }

    #[test]
    fn incomplete_headers_are_not_parsed_yet() {
        assert!(parse_head(b"GET / HTTP/1.1\r\nHost: x\r\n").unwrap().is_none());
    }
}
