//! The example programs run against a sandbox.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::process::Command;

use crankwheel::{API_KEY_VARIABLE, BASE_URL_VARIABLE};
use crankwheel_sandbox::{Sandbox, SandboxOptions};

/// Runs an example with a sandbox of three clients, and returns what it prints.
fn run(example: &str, arguments: &[&str]) -> String {
    let demo = SandboxOptions { clients: 3, days: 90, ..SandboxOptions::default() };
    let sandbox = Sandbox::start(demo).unwrap();
    // Cargo builds the examples next to the folder of this test.
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().unwrap().parent().unwrap().join("examples");
    let program = folder.join(example).with_extension(std::env::consts::EXE_EXTENSION);
    let mut command = Command::new(&program);
    command.args(arguments).env(API_KEY_VARIABLE, sandbox.api_key()).env(BASE_URL_VARIABLE, sandbox.url());
    let output = command.output().unwrap_or_else(|error| {
        panic!("{}: {error}; `cargo test -p crankwheel --examples` builds it", program.display())
    });
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}\n{}", String::from_utf8_lossy(&output.stderr));
    printed
}

#[track_caller]
fn assert_lines(printed: &str, expected: &[&str]) {
    for line in expected {
        assert!(printed.lines().any(|printed| printed.contains(line)), "{line:?} is not in:\n{printed}");
    }
}

#[test]
fn provision_client_creates_a_client_with_a_plan() {
    let printed = run("provision_client", &["examplecompany", "Example Company"]);
    assert_lines(&printed, &["created client", "(examplecompany)", "plan: plan_1"]);
}

#[test]
fn sso_redirect_creates_a_user_and_masks_the_link() {
    let printed = run("sso_redirect", &["new@acme.example"]);
    assert_lines(&printed, &["LoginLink(url=***", "HTTP 302", "account new@acme.example at acmecorp"]);
}

#[test]
fn month_end_bill_prints_the_last_month() {
    let printed = run("month_end_bill", &[]);
    assert_lines(&printed, &[": 3 clients", " units", " s"]);
}

#[test]
fn bulk_usage_prints_meetings_and_users() {
    let printed = run("bulk_usage", &["60"]);
    assert_lines(&printed, &["Meetings in the last 60 days:", "sessions; the users", " h"]);
}

#[test]
fn sandbox_testing_passes_its_checks() {
    assert_lines(&run("sandbox_testing", &[]), &["all checks passed"]);
}
