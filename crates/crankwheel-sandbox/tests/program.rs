//! The program starts, prints its URL, responds, and stops at a signal.
// Tests may panic; clippy exempts only the functions marked as tests, not the ones that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
#![cfg(all(unix, feature = "program"))]

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_crankwheel-sandbox");

/// A program under test; it ends with the test.
struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// Returns the address that the program prints.
    fn address(&mut self) -> String {
        let url =
            self.lines.find_map(|line| Some(line.unwrap().trim().strip_prefix("URL")?.trim().to_owned()));
        url.unwrap().strip_prefix("http://").unwrap().to_owned()
    }

    /// Waits for the end, and returns the exit code.
    fn code(&mut self) -> Option<i32> {
        let before = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(before.elapsed() < Duration::from_secs(5), "the program did not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, unless the test fails.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn send_signal(signal: &str, id: u32) {
    assert!(Command::new("kill").args([&format!("-{signal}"), &id.to_string()]).status().unwrap().success());
}

#[test]
fn the_program_starts_and_responds() {
    let mut program = Running::start(
        Command::new(PROGRAM)
            .args(["--port", "0", "--clients", "3", "--days", "30"])
            .args(["--now", "2019-03-03T15:00:00Z", "--api-key", "mine"])
            .args(["--allow-host", "one.example", "--allow-host", "two.example"]),
    );
    let address = program.address();
    let curl = program.lines.find_map(|line| line.unwrap().strip_prefix("Try:").map(str::to_owned)).unwrap();
    assert!(curl.contains("Basic mine"), "{curl}");
    let get = |target: &str, host: &str| {
        let mut stream = TcpStream::connect(&address).unwrap();
        let lines = format!("Host: {host}\r\nAuthorization: Basic mine\r\nConnection: close\r\n\r\n");
        stream.write_all(format!("GET {target} HTTP/1.1\r\n{lines}").as_bytes()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        response
    };
    let response = get("/ss/rsapi/clients", "localhost");
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    for (host, status) in [("one.example", 200), ("two.example:80", 200), ("three.example", 403)] {
        let response = get("/_sandbox/state", host);
        assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{host}: {response}");
    }
    // An open connection does not delay the end.
    let _open = TcpStream::connect(&address).unwrap();
    send_signal("INT", program.child.id());
    assert_eq!(program.code(), Some(0));
    assert!(TcpStream::connect(&address).is_err());
}

#[test]
fn each_signal_ends_the_program_at_once_and_saves() {
    let directory = tempfile::tempdir().unwrap();
    for signal in ["INT", "TERM", "HUP"] {
        let file = directory.path().join(signal);
        let mut program = Running::start(
            Command::new(PROGRAM).args(["--port", "0", "--clients", "2", "--save"]).arg(&file),
        );
        let _open = TcpStream::connect(program.address()).unwrap();
        let before = Instant::now();
        send_signal(signal, program.child.id());
        assert_eq!(program.code(), Some(0), "{signal}");
        assert!(before.elapsed() < Duration::from_secs(2), "{signal}: {:?}", before.elapsed());
        assert!(std::fs::read_to_string(&file).unwrap().contains("\"clients\""), "{signal}");
    }
}

#[test]
fn a_signal_ends_the_program_while_it_generates_data() {
    for signal in ["INT", "TERM", "HUP"] {
        let mut program = Running::start(Command::new(PROGRAM).args([
            "--port",
            "0",
            "--clients",
            "200000",
            "--sessions",
            "10000000",
        ]));
        wait_for_handlers(program.child.id());
        let before = Instant::now();
        send_signal(signal, program.child.id());
        assert_eq!(program.code(), Some(0), "{signal}");
        assert!(before.elapsed() < Duration::from_secs(2), "{signal}: {:?}", before.elapsed());
    }
}

#[test]
fn an_ignored_hangup_stays_ignored() {
    let script = format!("trap '' HUP; exec {PROGRAM} --port 0 --clients 0");
    let mut program = Running::start(Command::new("sh").args(["-c", &script]));
    let address = program.address();
    if cfg!(target_os = "linux") {
        send_signal("HUP", program.child.id());
        std::thread::sleep(Duration::from_millis(100));
        assert!(TcpStream::connect(&address).is_ok());
    }
    send_signal("TERM", program.child.id());
    assert_eq!(program.code(), Some(0));
}

/// Waits until the program handles SIGHUP, SIGINT and SIGTERM itself.
fn wait_for_handlers(id: u32) {
    if !cfg!(target_os = "linux") {
        std::thread::sleep(Duration::from_millis(300));
        return;
    }
    let before = Instant::now();
    while caught_signals(id) & SIGNALS != SIGNALS {
        assert!(before.elapsed() < Duration::from_secs(5), "the program installs no handlers");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The bits of signals 1, 2 and 15.
const SIGNALS: u64 = 1 | 1 << 1 | 1 << 14;

/// Returns the mask of the signals that a process handles itself.
fn caught_signals(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    mask.map_or(0, |mask| u64::from_str_radix(mask.trim(), 16).unwrap())
}

/// As the first process of a container, the program gets no default action of a signal.
#[cfg(target_os = "linux")]
#[test]
fn each_signal_ends_the_first_process_of_a_container() {
    let unshare = ["--user", "--map-root-user", "--pid", "--fork", "--kill-child"];
    let possible = Command::new("unshare").args(unshare).arg("true").stderr(Stdio::null()).status();
    for signal in ["INT", "TERM", "HUP"] {
        if possible.as_ref().is_ok_and(std::process::ExitStatus::success) {
            let mut outer = Running::start(Command::new("unshare").args(unshare).args([
                PROGRAM,
                "--port",
                "0",
                "--clients",
                "1",
            ]));
            outer.address();
            let id = outer.child.id();
            let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
            send_signal(signal, children.trim().parse().unwrap());
            assert_eq!(outer.code(), Some(0), "{signal}");
        } else {
            // Without the right to create a container, the handlers themselves show it.
            let mut program = Running::start(Command::new(PROGRAM).args(["--port", "0", "--clients", "1"]));
            program.address();
            assert_eq!(caught_signals(program.child.id()) & SIGNALS, SIGNALS);
            send_signal(signal, program.child.id());
            assert_eq!(program.code(), Some(0), "{signal}");
        }
    }
}

#[test]
fn wrong_arguments_have_their_own_exit_code() {
    for (arguments, code, expected) in [
        (&["--port", "x"][..], 2, "invalid value 'x'"),
        (&["--nothing"], 2, "unexpected argument"),
        (&["--allow-host", "http://x", "--port", "0"], 1, "allowed_hosts: must be host names"),
        (&["--api-key", "a b", "--port", "0"], 1, "api_key: must be visible ASCII"),
        (&["--load", "/nonexistent/file", "--port", "0"], 1, "/nonexistent/file: "),
    ] {
        let output = Command::new(PROGRAM).args(arguments).output().unwrap();
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {message}");
        assert!(message.contains(expected), "{message}");
    }
}
