//! `CRANKWHEEL_LOG` writes log lines to standard error.
#![allow(clippy::unwrap_used)]

mod support;

use std::process::{Command, Stdio};

use support::{GATEWAY, KEY, head, ok, serve};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

#[tokio::test]
async fn child() {
    support::be_a_child().await;
}

async fn server() -> String {
    let port = serve(|mut socket: TcpStream| async move {
        while head(&mut socket).await.is_some() {
            let _ = socket
                .write_all(ok("[]").replace("\r\n\r\n", "\r\nVia: 1.1 gate\r\nX-Key: k\r\n\r\n").as_bytes())
                .await;
        }
    })
    .await;
    format!("http://127.0.0.1:{port}")
}

/// Returns the child's standard output and error.
async fn run(url: &str, log: &str, stderr: Stdio) -> (String, String) {
    let mut program = Command::new(std::env::current_exe().unwrap());
    program.args(["--exact", "child", "--nocapture"]).env("CRANKWHEEL_LOG", log);
    program.env("TEST_CHILD_BASE_URL", url).stdout(Stdio::piped()).stderr(stderr);
    let child = program.spawn().unwrap();
    let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
    assert!(output.status.success());
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

#[tokio::test]
async fn attempts_are_logged() {
    let url = server().await;
    let (_, off) = run(&url, "", Stdio::piped()).await;
    assert!(!off.contains("crankwheel:"), "{off}");
    let (_, info) = run(&url, "info", Stdio::piped()).await;
    let lines: Vec<_> = info.lines().filter(|line| line.starts_with("crankwheel:")).collect();
    assert_eq!(lines.len(), 1, "{info}");
    assert!(lines[0].starts_with("crankwheel: GET /ss/rsapi/clients (attempt 1): 200 in "), "{info}");
    let (_, debug) = run(&url, "debug", Stdio::piped()).await;
    assert!(debug.contains("(attempt 1): begins\n"), "{debug}");
    assert!(debug.contains(r#"{"content-length": "2", "via": "1.1 gate"}"#), "{debug}");
    assert!(!debug.contains("x-key") && !debug.contains(KEY), "{debug}");
}

#[tokio::test]
async fn no_line_contains_the_value_of_an_extra_header() {
    // A whole word, a short one and one that looks generated; the server repeats each.
    for value in ["open-sesame", "q7", "9f2c81ab55"] {
        let port = serve(move |mut socket: TcpStream| async move {
            while let Some(head) = head(&mut socket).await {
                assert!(head.contains(value), "{head}");
                let headers = format!("Via: 1.1 {value}\r\nX-Request-Id: {value}\r\nServer: ({value})");
                let response = ok("[]").replace("\r\n\r\n", &format!("\r\n{headers}\r\n\r\n"));
                let _ = socket.write_all(response.as_bytes()).await;
            }
        })
        .await;
        let mut program = Command::new(std::env::current_exe().unwrap());
        program.args(["--exact", "child", "--nocapture"]).env("CRANKWHEEL_LOG", "debug");
        program.env("TEST_CHILD_BASE_URL", format!("http://127.0.0.1:{port}")).env(GATEWAY, value);
        let output = tokio::task::spawn_blocking(move || program.output().unwrap()).await.unwrap();
        let lines = String::from_utf8(output.stderr).unwrap();
        assert!(lines.contains(r#", request *** {"#) && lines.contains(r#""via": "1.1 ***""#), "{lines}");
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(printed.contains("listed 0"), "{printed}");
        assert!(!lines.contains(value) && !printed.contains(value), "{lines} {printed}");
    }
}

#[tokio::test]
async fn a_closed_standard_error_does_not_fail_the_call() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let (printed, _) = run(&server().await, "debug", writer.into()).await;
    assert!(printed.contains("listed 0"), "{printed}");
}
