//! The program starts, prints its URL, responds, and stops at Ctrl-C.
// Tests may panic; clippy exempts only the functions marked as tests, not the ones that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
#![cfg(all(unix, feature = "program"))]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

#[test]
fn the_program_starts_responds_and_stops() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_crankwheel-sandbox"))
        .args([
            "--port",
            "0",
            "--clients",
            "3",
            "--days",
            "30",
            "--now",
            "2019-03-03T15:00:00Z",
            "--api-key",
            "mine",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let url =
        lines.find_map(|line| line.unwrap().trim().strip_prefix("URL").map(|url| url.trim().to_owned()));
    let address = url.unwrap().strip_prefix("http://").unwrap().to_owned();
    let curl = lines.find_map(|line| line.unwrap().strip_prefix("Try:").map(str::to_owned)).unwrap();
    assert!(curl.contains("Basic mine"), "{curl}");
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.write_all(b"GET /ss/rsapi/clients HTTP/1.1\r\nHost: s\r\nAuthorization: Basic mine\r\nConnection: close\r\n\r\n").unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    // An open connection does not delay the end.
    let _open = TcpStream::connect(&address).unwrap();
    let interrupted = Command::new("kill").args(["-INT", &program.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    assert!(program.wait().unwrap().success());
    assert!(TcpStream::connect(&address).is_err());
}
