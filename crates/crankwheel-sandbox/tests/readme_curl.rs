//! The README's curl commands for all operations work as they are written.

// Tests may panic; clippy exempts only the functions marked as tests, not the ones that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
#![cfg(unix)]

mod common;

use std::process::Command;

use common::sandbox;

#[test]
fn curl_can_do_all_operations() {
    if Command::new("curl").arg("--version").output().is_err() {
        println!("curl is not installed");
        return;
    }
    let readme = include_str!("../README.md");
    let commands = readme.split("<!-- curl commands -->").nth(1).unwrap();
    let script = commands.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    let sandbox = sandbox(0);
    let output = Command::new("sh")
        .args(["-eu", "-c", script])
        .env("URL", sandbox.url())
        .env("KEY", sandbox.api_key())
        .env("no_proxy", "127.0.0.1")
        .output()
        .unwrap();
    let printed =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}");
    let requests = sandbox.requests();
    assert!(requests.iter().all(|request| (200..300).contains(&request.status)), "{printed}");
    let done: Vec<String> = requests
        .iter()
        .map(|request| {
            let shape: Vec<&str> = request
                .path
                .split('/')
                .map(|part| if part.starts_with("27") || part.contains('@') { "*" } else { part })
                .collect();
            format!("{} {}", request.method, shape.join("/"))
        })
        .collect();
    for operation in [
        "GET /ss/rsapi/clients",
        "POST /ss/rsapi/clients",
        "GET /ss/rsapi/clients/*",
        "PATCH /ss/rsapi/clients/*",
        "DELETE /ss/rsapi/clients/*",
        "POST /ss/rsapi/clients/*/plan/plan_2",
        "GET /ss/rsapi/clients/*/usage",
        "GET /ss/rsapi/clients/*/billing",
        "POST /ss/rsapi/grant_token/*",
        "GET /ss/rsapi/grant_token/*/list_clients",
        "GET /ss/rsapi/reseller/billing",
        "GET /ss/rsapi/clients_usage",
        "GET /ss/rsapi/reseller/plans",
    ] {
        assert!(done.iter().any(|request| request == operation), "{operation} is not in {done:?}");
    }
}
