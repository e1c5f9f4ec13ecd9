//! A small HTTP client over a plain socket: it shows the raw bytes, and shares no code with the
//! server or the SDK.

// Each test file uses a part of it.
#![allow(dead_code)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use crankwheel_sandbox::{Sandbox, SandboxOptions};

/// "Now" in these tests.
pub const NOW: &str = "2019-03-03T15:00:00Z";

/// Starts a sandbox with this many demo clients and the clock stopped at [`NOW`].
pub fn sandbox(clients: u32) -> Sandbox {
    start(SandboxOptions { clients, days: 60, ..SandboxOptions::default() })
}

/// Starts a sandbox with these options and the clock stopped at [`NOW`].
pub fn start(options: SandboxOptions) -> Sandbox {
    Sandbox::start(SandboxOptions { now: NOW.parse().ok(), ..options }).unwrap()
}

/// A response.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// All bytes until the end of a connection.
#[derive(Debug)]
pub struct Raw {
    pub bytes: Vec<u8>,
    pub reset: bool,
}

impl Raw {
    fn split(&self) -> (&str, &[u8]) {
        let end = self.bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
        (std::str::from_utf8(&self.bytes[..end]).unwrap(), &self.bytes[end..])
    }

    pub fn body(&self) -> &[u8] {
        self.split().1
    }

    pub fn length(&self) -> Option<usize> {
        self.split().0.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
    }
}

/// Returns the bytes of a request that closes the connection.
pub fn closing_request(key: &str, target: &str) -> Vec<u8> {
    format!(
        "GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Basic {key}\r\n\r\n"
    )
    .into_bytes()
}

/// A keep-alive connection.
pub struct Connection {
    reader: BufReader<TcpStream>,
}

impl Connection {
    pub fn open(sandbox: &Sandbox) -> Self {
        let stream = TcpStream::connect(sandbox.url().strip_prefix("http://").unwrap()).unwrap();
        // Lets a failing test end; a passing test does not wait for it.
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        Self { reader: BufReader::new(stream) }
    }

    pub fn write(&mut self, bytes: &[u8]) {
        self.try_write(bytes).unwrap();
    }

    /// For bytes during which the server may close the connection.
    pub fn try_write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.reader.get_mut().write_all(bytes)
    }

    /// Reads everything until the connection ends.
    pub fn raw(mut self) -> Raw {
        let mut bytes = Vec::new();
        let ended = self.reader.read_to_end(&mut bytes);
        Raw { bytes, reset: ended.is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset) }
    }

    /// Reads one response, chunked or not. A 204 has the body that its `Content-Length`
    /// announces.
    pub fn read(&mut self) -> Response {
        let mut head = String::new();
        loop {
            let mut line = String::new();
            assert_ne!(self.reader.read_line(&mut line).unwrap(), 0, "closed after {head:?}");
            if line == "\r\n" {
                break;
            }
            head.push_str(&line);
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut response = Response { status, head, body: Vec::new() };
        if response.header("transfer-encoding") == Some("chunked") {
            response.body = self.read_chunks();
            return response;
        }
        let length = response.header("content-length").map_or(0, |length| length.parse().unwrap());
        response.body = vec![0; length];
        self.reader.read_exact(&mut response.body).unwrap();
        response
    }

    fn read_chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let mut line = String::new();
            self.reader.read_line(&mut line).unwrap();
            let length = usize::from_str_radix(line.trim(), 16).unwrap();
            let from = body.len();
            body.resize(from + length + 2, 0);
            self.reader.read_exact(&mut body[from..]).unwrap();
            body.truncate(from + length);
            if length == 0 {
                return body;
            }
        }
    }

    /// Reads everything until the server closes the connection.
    pub fn rest(mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        // A reset ends the connection as well.
        let _ = self.reader.read_to_end(&mut rest);
        rest
    }

    pub fn send(&mut self, key: &str, method: &str, target: &str, body: Option<&Value>) -> Response {
        self.write(&request(key, method, target, body));
        self.read()
    }
}

/// Returns the bytes of one request.
pub fn request(key: &str, method: &str, target: &str, body: Option<&Value>) -> Vec<u8> {
    let body = body.map(Value::to_string).unwrap_or_default();
    format!(
        "{method} {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Sends one request on its own connection, with the read/write key.
pub fn call(sandbox: &Sandbox, method: &str, target: &str, body: Option<Value>) -> Response {
    Connection::open(sandbox).send(sandbox.api_key(), method, target, body.as_ref())
}

/// Sends one request, asserts the status and returns the JSON.
pub fn expect(sandbox: &Sandbox, method: &str, target: &str, body: Option<Value>, status: u16) -> Value {
    let response = call(sandbox, method, target, body);
    assert_eq!(response.status, status, "{method} {target}: {}", String::from_utf8_lossy(&response.body));
    response.json()
}
