//! Web pages can neither control a sandbox nor read its API, also under another name.

// Tests may panic; clippy exempts only the functions marked as tests, not the ones that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;

use common::{Connection, Response, sandbox, start};
use crankwheel_sandbox::{Sandbox, SandboxError, SandboxOptions};

const API: [&str; 4] = [
    "/ss/rsapi/clients",
    "/ss/rsapi/reseller/billing",
    "/ss/rsapi/clients_usage",
    "/ss/auth/rlogin/a@b.is:0",
];
const CONTROL: [&str; 6] = ["", "/state", "/snapshot", "/clients", "/requests", "/keys"];

fn send(sandbox: &Sandbox, method: &str, target: &str, headers: &str) -> Response {
    let key = sandbox.api_key();
    let mut connection = Connection::open(sandbox);
    connection.write(
        format!("{method} {target} HTTP/1.1\r\nAuthorization: Basic {key}\r\n{headers}\r\n").as_bytes(),
    );
    connection.read()
}

fn detail(response: &Response) -> String {
    response.json()["errors"]["detail"].as_str().unwrap().to_owned()
}

#[test]
fn a_page_of_another_name_cannot_read_anything() {
    let sandbox = sandbox(2);
    for host in ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "sandbox", "user@127.0.0.1"] {
        for path in CONTROL {
            let response = send(&sandbox, "GET", &format!("/_sandbox{path}"), &format!("Host: {host}\r\n"));
            assert_eq!(response.status, 403, "{host} {path}");
            let message = detail(&response);
            assert!(
                message.starts_with("Host: must be localhost, ") && message.contains("--allow-host"),
                "{message}"
            );
        }
        for path in API {
            let response = send(&sandbox, "GET", path, &format!("Host: {host}\r\n"));
            assert_eq!(
                (response.status, detail(&response).starts_with("Host: ")),
                (403, true),
                "{host} {path}"
            );
        }
        let reset =
            send(&sandbox, "POST", "/_sandbox/reset", &format!("Host: {host}\r\nContent-Length: 0\r\n"));
        assert_eq!(reset.status, 403, "{host}");
    }
    // The refused requests are in the log, so that their reason can be found.
    let refused = sandbox.requests();
    assert!(refused.len() == 5 * API.len() && refused.iter().all(|request| request.status == 403));
}

#[test]
fn the_names_of_localhost_are_accepted() {
    let sandbox = sandbox(1);
    for host in
        ["localhost", "LOCALHOST:1", "127.0.0.1", "127.1.2.3:80", "[::1]:80", "a.localhost", "localhost."]
    {
        for path in ["/_sandbox/state", "/ss/rsapi/clients"] {
            assert_eq!(
                send(&sandbox, "GET", path, &format!("Host: {host}\r\n")).status,
                200,
                "{host} {path}"
            );
        }
    }
    // Programs may leave it out; browsers do not.
    let mut connection = Connection::open(&sandbox);
    connection.write(b"GET /_sandbox/state HTTP/1.0\r\n\r\n");
    assert!(connection.rest().starts_with(b"HTTP/1.0 200 OK"));
}

#[test]
fn cross_site_requests_without_origin_cannot_control_it() {
    let sandbox = sandbox(1);
    for site in ["cross-site", "same-site"] {
        for path in CONTROL {
            let headers = format!("Host: localhost\r\nSec-Fetch-Site: {site}\r\n");
            let response = send(&sandbox, "GET", &format!("/_sandbox{path}"), &headers);
            assert_eq!(response.status, 403, "{site} {path}");
        }
    }
    for site in ["same-origin", "none"] {
        let headers = format!("Host: localhost\r\nSec-Fetch-Site: {site}\r\n");
        assert_eq!(send(&sandbox, "GET", "/_sandbox/state", &headers).status, 200, "{site}");
    }
    // A browser follows a login link from the page of another site.
    let headers = "Host: localhost\r\nSec-Fetch-Site: cross-site\r\n";
    let followed = send(&sandbox, "GET", "/ss/auth/rlogin/a@b.is:0", headers);
    assert!(!String::from_utf8_lossy(&followed.body).contains("controlled"));
}

#[test]
fn allowed_hosts_are_accepted() {
    let allowed_hosts = vec!["sandbox.example".to_owned(), "10.1.1.1".to_owned()];
    let sandbox = start(SandboxOptions { clients: 1, allowed_hosts, ..SandboxOptions::default() });
    for (host, status) in [
        ("sandbox.example", 200),
        ("Sandbox.Example.:8080", 200),
        ("10.1.1.1:80", 200),
        ("other.example", 403),
        ("a.sandbox.example", 403),
    ] {
        for path in ["/_sandbox/state", "/ss/rsapi/clients"] {
            assert_eq!(
                send(&sandbox, "GET", path, &format!("Host: {host}\r\n")).status,
                status,
                "{host} {path}"
            );
        }
    }
    for name in ["http://sandbox", "sandbox:80", "*", "", "a b"] {
        let options = SandboxOptions { allowed_hosts: vec![name.to_owned()], ..SandboxOptions::default() };
        match Sandbox::start(options) {
            Err(SandboxError::Invalid(message)) => {
                assert!(message.starts_with("allowed_hosts: must be host names"), "{message}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn a_sandbox_for_a_network_of_containers_is_called_by_its_name() {
    let any = "0.0.0.0".parse().unwrap();
    let sandbox = start(SandboxOptions { clients: 1, host: any, ..SandboxOptions::default() });
    for (host, status) in
        [("sandbox:8080", 200), ("host.docker.internal", 200), ("10.0.0.7", 200), ("evil.example", 403)]
    {
        let response = send(&sandbox, "GET", "/ss/rsapi/clients", &format!("Host: {host}\r\n"));
        assert_eq!(response.status, status, "{host}");
    }
    for (host, status) in [("0.0.0.0:8080", 200), ("127.0.0.1", 200), ("sandbox", 403), ("10.0.0.7", 403)] {
        let response = send(&sandbox, "GET", "/_sandbox/state", &format!("Host: {host}\r\n"));
        assert_eq!(response.status, status, "{host}");
    }
}

#[test]
fn with_its_own_key_the_api_can_be_called_by_any_name() {
    let sandbox = start(SandboxOptions { api_key: Some("mine".to_owned()), ..SandboxOptions::default() });
    let headers = "Host: any.example\r\n";
    assert_eq!(send(&sandbox, "GET", "/ss/rsapi/clients", headers).status, 200);
    assert_eq!(send(&sandbox, "GET", "/_sandbox/state", headers).status, 403);
}
