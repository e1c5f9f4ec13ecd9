//! A static server for machines without nginx: HTTP/1.1, keep-alive, bodies from memory.
//!
//! It serves GET requests on one thread and reads nothing of a request but its path: it must never be
//! what a measurement waits for.

use std::collections::HashMap;
use std::io::Result;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The longest request head.
const LONGEST_HEAD: usize = 64 << 10;

/// Bodies up to this size are sent in one piece with their headers.
const SMALL: usize = 64 << 10;

/// A response: the headers, with the body if it is small, and the body if it is not.
#[derive(Clone)]
struct Response {
    first: Bytes,
    rest: Bytes,
}

struct Files {
    root: PathBuf,
    read: Mutex<HashMap<String, Response>>,
}

/// Serves the files below `root` on a listener, until it is dropped.
///
/// # Errors
/// The listener fails.
pub async fn serve(listener: TcpListener, root: PathBuf) -> Result<()> {
    let files = Arc::new(Files { root, read: Mutex::default() });
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let files = files.clone();
        // A client that went away is no failure of the server.
        tokio::spawn(async move { connection(stream, &files).await.unwrap_or_default() });
    }
}

async fn connection(mut stream: TcpStream, files: &Files) -> Result<()> {
    let mut received = BytesMut::with_capacity(4 << 10);
    loop {
        while let Some(end) = head_end(&received) {
            let head = received.split_to(end);
            let response = files.response(path(&head));
            stream.write_all(&response.first).await?;
            stream.write_all(&response.rest).await?;
        }
        if received.len() > LONGEST_HEAD || stream.read_buf(&mut received).await? == 0 {
            return Ok(());
        }
    }
}

/// The length of the first request of the buffer: its head, since a GET has no body.
fn head_end(received: &[u8]) -> Option<usize> {
    received.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
}

/// The path of a request without its query.
fn path(head: &[u8]) -> &str {
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let target = line.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
    let path = target.split(|byte| *byte == b'?').next().unwrap_or_default();
    std::str::from_utf8(path).unwrap_or_default()
}

impl Files {
    fn response(&self, path: &str) -> Response {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(response) = read.get(path) {
            return response.clone();
        }
        let response = self.load(path);
        read.insert(path.to_owned(), response.clone());
        response
    }

    fn load(&self, path: &str) -> Response {
        let relative = Path::new(path.trim_start_matches('/'));
        let inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
        let file = self.root.join(relative);
        let zipped = file.with_extension("gz");
        let (status, coding, body) = match (inside, std::fs::read(&file), std::fs::read(&zipped)) {
            (true, Ok(body), _) => ("200 OK", "", body),
            (true, Err(_), Ok(body)) => ("200 OK", "Content-Encoding: gzip\r\n", body),
            _ => ("404 Not Found", "", b"{}".to_vec()),
        };
        let head = format!(
            "HTTP/1.1 {status}\r\nServer: bench\r\nContent-Type: application/json\r\n{coding}Content-Length: {}\r\n\r\n",
            body.len()
        );
        if body.len() <= SMALL {
            return Response { first: Bytes::from([head.into_bytes(), body].concat()), rest: Bytes::new() };
        }
        Response { first: Bytes::from(head), rest: Bytes::from(body) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_told_apart_in_one_buffer() {
        let two = b"GET /a?b=/c HTTP/1.1\r\nHost: x\r\n\r\nGET /d HTTP/1.1\r\n\r\n";
        let end = head_end(two).unwrap();
        assert_eq!((path(two), path(&two[end..])), ("/a", "/d"));
        assert_eq!(head_end(&two[end..end + 10]), None);
    }

    #[test]
    fn nothing_outside_of_the_folder_is_served() {
        let files = Files { root: std::env::temp_dir().join("none"), read: Mutex::default() };
        for path in ["/../etc/hosts", "//etc/hosts", "/", "", "/missing"] {
            assert!(files.response(path).first.starts_with(b"HTTP/1.1 404"), "{path}");
        }
    }
}
