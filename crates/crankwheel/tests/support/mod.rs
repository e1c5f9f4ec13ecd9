//! Servers on localhost for the tests of the transport, and calls from a child process.
#![allow(dead_code)] // Each test program uses a part of it.

use std::future::Future;
use std::process::Command;

use crankwheel::{CrankWheel, Options};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::{TcpListener, TcpStream};

pub const KEY: &str = "a-key-for-tests";

/// Serves every connection with `handler`, and returns the port.
pub async fn serve<F, R>(handler: F) -> u16
where
    F: Fn(TcpStream) -> R + Send + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(handler(socket));
        }
    });
    port
}

/// Reads the request line and headers of a request. `None` if the connection ends before.
pub async fn head(socket: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut seen = Vec::new();
    while !seen.ends_with(b"\r\n\r\n") {
        seen.push(socket.read_u8().await.ok()?);
    }
    Some(String::from_utf8(seen).unwrap())
}

/// Returns a 200 response with this body.
pub fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

pub const CLIENT: &str = r#"{"id": 5, "sname": "companyone", "settings": {"id": "s-1"}}"#;

/// Returns a client for a server on localhost.
pub fn client(port: u16, options: Options) -> CrankWheel {
    CrankWheel::with(KEY, options.base_url(format!("http://127.0.0.1:{port}"))).unwrap()
}

/// The variables that configure the child.
const BASE_URL: &str = "TEST_CHILD_BASE_URL";
const CA_FILE: &str = "TEST_CHILD_CA_FILE";
/// The value of the child's extra header `X-Gateway-Key`.
pub const GATEWAY: &str = "TEST_CHILD_GATEWAY";
/// A variable for certificates, as `REQUESTS_CA_BUNDLE` is in Python.
pub const BUNDLE: &str = "TEST_CHILD_BUNDLE";

/// The variables of the environment that the child must not inherit.
const REMOVED: [&str; 11] = [
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "REQUEST_METHOD",
];

/// Lists the clients in a child process with its own environment. Returns what it printed: the
/// diagnosis, and then `listed N` or `refused MESSAGE`; or only `not created MESSAGE`.
pub async fn in_a_child(base_url: &str, ca_file: Option<&str>, variables: &[(&str, &str)]) -> String {
    child(Command::new(std::env::current_exe().unwrap()), base_url, ca_file, variables).await
}

/// Does the same on a system without certificates. `None` if this system does not allow to hide
/// them.
pub async fn without_certificates(base_url: &str, ca_file: Option<&str>) -> Option<String> {
    const HIDE: &str = r#"mount -t tmpfs none /etc/ssl && exec "$0" "$@""#;
    let unshared = |what: &str| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", HIDE]).arg(what);
        command
    };
    let possible = unshared("true").output().is_ok_and(|output| output.status.success());
    if !possible {
        assert!(
            std::env::var_os("TEST_WITHOUT_CERTIFICATES").is_none(),
            "this system lets nobody hide its certificates"
        );
        eprintln!("not tested here: this system lets nobody hide its certificates");
        return None;
    }
    let program = std::env::current_exe().unwrap();
    Some(child(unshared(&program.to_string_lossy()), base_url, ca_file, &[]).await)
}

async fn child(
    mut program: Command,
    base_url: &str,
    ca_file: Option<&str>,
    variables: &[(&str, &str)],
) -> String {
    for name in REMOVED {
        program.env_remove(name);
    }
    program.args(["--exact", "child", "--nocapture"]).env(BASE_URL, base_url);
    program.envs(ca_file.map(|file| (CA_FILE, file))).envs(variables.iter().copied());
    // The servers run on the runtime of this thread.
    let output = tokio::task::spawn_blocking(move || program.output().unwrap()).await.unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}\n{}", String::from_utf8_lossy(&output.stderr));
    printed
}

/// Runs the child, which is the test `child` of the same program. Without a parent, it does
/// nothing.
pub async fn be_a_child() {
    let Ok(url) = std::env::var(BASE_URL) else { return };
    let mut options = Options::new().base_url(url).allow_insecure_http(true).max_retries(0);
    options = options.ca_variables(&[BUNDLE]);
    if let Ok(file) = std::env::var(CA_FILE) {
        options = options.ca_file(file);
    }
    if let Ok(value) = std::env::var(GATEWAY) {
        options = options.header("X-Gateway-Key", value);
    }
    let cw = match CrankWheel::with(KEY, options) {
        Ok(cw) => cw,
        Err(error) => {
            println!("not created {error}");
            return;
        }
    };
    println!("{}", cw.diagnose());
    match cw.clients().list().await {
        Ok(clients) => println!("listed {}", clients.len()),
        Err(error) => println!("refused {error}"),
    }
}
