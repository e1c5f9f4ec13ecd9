//! Builds the bytes of a response and sends them at the pace that the table asks for.

use std::io;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::json::compact;
use crate::table::{Delivery, Response, Then};

/// A response ready to be sent, split where a pause may come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseBytes {
    head: Vec<u8>,
    body: Vec<u8>,
}

impl ResponseBytes {
    /// Builds the bytes of `response`. `request_id` is used if the table has no request id.
    ///
    /// # Errors
    /// When the table's base64 is not valid.
    pub fn new(response: &Response, request_id: &str) -> Result<Self, String> {
        if let Some(raw) = &response.raw {
            return Ok(Self::verbatim(raw));
        }
        let (mut body, kind) = match (&response.json, &response.text, &response.base64) {
            (Some(json), _, _) => (compact(json.get()).into_bytes(), Some("application/json; charset=utf-8")),
            (_, Some(text), _) => (text.clone().into_bytes(), Some("text/plain; charset=utf-8")),
            (_, _, Some(text)) => (STANDARD.decode(text).map_err(|e| format!("bad base64: {e}"))?, None),
            _ => (Vec::new(), None),
        };
        let mut headers = vec![
            ("server", "nginx".to_owned()),
            ("date", httpdate::fmt_http_date(SystemTime::now())),
            ("x-request-id", request_id.to_owned()),
        ];
        headers.extend(kind.map(|kind| ("content-type", kind.to_owned())));
        if response.chunked {
            headers.push(("transfer-encoding", "chunked".to_owned()));
            body = in_chunks(&body);
        } else {
            match response.content_length {
                Some(None) => {}
                Some(Some(length)) => headers.push(("content-length", length.to_string())),
                None => headers.push(("content-length", body.len().to_string())),
            }
        }
        headers
            .retain(|(name, _)| !response.headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name)));
        let mut head = format!("HTTP/1.1 {} {}\r\n", response.status, reason(response.status));
        let given = response.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in headers.iter().map(|(name, value)| (*name, value.as_str())).chain(given) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        Ok(Self { head: head.into_bytes(), body })
    }

    /// A response of exactly these bytes: status line, headers and body.
    #[must_use]
    pub fn verbatim(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let head = if head.len() == text.len() { head.to_owned() } else { format!("{head}\r\n\r\n") };
        Self { head: head.into_bytes(), body: body.as_bytes().to_vec() }
    }

    /// Sends the bytes.
    ///
    /// # Errors
    /// When the client closes the connection first.
    pub async fn send(&self, stream: &mut TcpStream, delivery: Delivery) -> io::Result<()> {
        match delivery {
            Delivery::One => {
                stream.write_all(&[self.head.as_slice(), self.body.as_slice()].concat()).await?;
            }
            Delivery::Split(milliseconds) => {
                stream.set_nodelay(true)?;
                stream.write_all(&self.head).await?;
                stream.flush().await?;
                tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                stream.write_all(&self.body).await?;
            }
            Delivery::Bytes => {
                stream.set_nodelay(true)?;
                for (at, byte) in self.head.iter().chain(&self.body).enumerate() {
                    stream.write_all(&[*byte]).await?;
                    stream.flush().await?;
                    // Around the start of the body each byte gets its own packet; elsewhere a pause would only cost time.
                    if at + 8 >= self.head.len() && at < self.head.len() + 24 {
                        tokio::time::sleep(Duration::from_millis(1)).await;
                    } else {
                        tokio::task::yield_now().await;
                    }
                }
            }
        }
        stream.flush().await
    }
}

/// Prepares the end of the connection as the table says; returns true if it stays open.
pub fn stays_open(stream: &TcpStream, then: Then) -> bool {
    if then == Then::Reset {
        // If the reset cannot be set, the connection closes normally, and the case reports that.
        let _ = stream.set_zero_linger();
    }
    then == Then::Keep
}

/// Splits a body into chunks at places that mean nothing in its content.
fn in_chunks(body: &[u8]) -> Vec<u8> {
    let size = (body.len() / 3).max(1);
    let mut out = Vec::new();
    for chunk in body.chunks(size) {
        out.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        out.extend_from_slice(chunk);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"0\r\n\r\n");
    out
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        302 => "Found",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        408 => "Request Timeout",
        409 => "Conflict",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(response: &str) -> (String, String) {
        let response: Response = serde_json::from_str(response).unwrap();
        let bytes = ResponseBytes::new(&response, "r").unwrap();
        (String::from_utf8(bytes.head).unwrap(), String::from_utf8(bytes.body).unwrap())
    }

    #[test]
    fn a_204_keeps_its_body() {
        let (head, body) = bytes(r#"{"status": 204, "text": "\"Deleted successfully\""}"#);
        assert!(head.starts_with("HTTP/1.1 204 No Content\r\n"), "{head}");
        assert!(head.contains("content-length: 22\r\n"), "{head}");
        assert_eq!(body, "\"Deleted successfully\"");
    }

    #[test]
    fn headers_of_the_table_replace_the_default_ones() {
        let (head, body) = bytes(r#"{"headers": [["Server", "Cowboy"]], "json": { "a": [1.0, 2] }}"#);
        assert!(head.contains("Server: Cowboy\r\n") && !head.contains("nginx"), "{head}");
        assert_eq!(body, "{\"a\":[1.0,2]}");
    }

    #[test]
    fn chunked_bodies_have_no_length_and_a_wrong_length_is_sent_as_written() {
        let (head, body) = bytes(r#"{"text": "abcd", "chunked": true}"#);
        assert!(!head.contains("content-length"), "{head}");
        assert_eq!(body, "1\r\na\r\n1\r\nb\r\n1\r\nc\r\n1\r\nd\r\n0\r\n\r\n");
        assert!(bytes(r#"{"text": "abcd", "content_length": 9}"#).0.contains("content-length: 9"));
        assert!(!bytes(r#"{"text": "abcd", "content_length": null}"#).0.contains("content-length"));
    }
}
