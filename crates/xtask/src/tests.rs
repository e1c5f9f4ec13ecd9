//! `cargo xtask test`: every check there is.

use crate::contract;
use crate::node::Node;
use crate::python::Python;
use crate::run::{Outcome, cargo, cargo_command, program, run, step};
use crate::secrets::secrets;

/// Which checks to run.
pub struct Selection {
    /// Also those that take long.
    pub full: bool,
    /// Only those whose name contains this.
    pub only: Option<String>,
}

/// One check.
struct Check<'a> {
    name: &'static str,
    when: When,
    run: Box<dyn Fn() -> Outcome + 'a>,
}

/// When a check is run, if not asked for by its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    /// Whenever anything is: it builds what others check.
    Always,
    /// In every run.
    Usually,
    /// In a full run.
    Full,
}

/// Runs the selected checks, in their order.
pub fn test(selection: &Selection) -> Outcome {
    let python = Python::find()?;
    let node = Node::find()?;
    let wanted = |check: &Check<'_>| match &selection.only {
        Some(text) => check.name.to_lowercase().contains(&text.to_lowercase()),
        None => selection.full || check.when != When::Full,
    };
    let mut checks = checks(&python, &node);
    if !checks.iter().any(wanted) {
        let names: Vec<_> = checks.iter().map(|check| check.name).collect();
        return Err(format!("no check has such a name; there are:\n  {}", names.join("\n  ")));
    }
    checks.retain(|check| check.when == When::Always || wanted(check));
    for Check { name, run, .. } in checks {
        step(name, run)?;
    }
    println!("\nAll checks passed.");
    Ok(())
}

fn checks<'a>(python: &'a Python, node: &'a Node) -> Vec<Check<'a>> {
    let mut checks: Vec<Check<'a>> = Vec::new();
    let mut add = |when, name, run: Box<dyn Fn() -> Outcome + 'a>| checks.push(Check { name, when, run });

    add(When::Usually, "Rust: format", Box::new(|| run(cargo().args(["fmt", "--all", "--check"]))));
    add(When::Usually, "Rust: lints", Box::new(lints));
    add(
        When::Usually,
        "Rust: tests, doctests and conformance",
        Box::new(|| run(cargo().args(["test", "--workspace", "--quiet"]))),
    );
    add(When::Usually, "Rust: documentation", Box::new(documentation));
    add(When::Usually, "The contract: lint", Box::new(contract::lint));
    // Both packages' tests run the table of cases through this program.
    add(
        When::Always,
        "The conformance server and the chaos proxy",
        Box::new(|| {
            let packages = ["--package", "crankwheel-conformance", "--package", "crankwheel-chaos"];
            run(cargo().args(["build", "--quiet"]).args(packages))
        }),
    );

    add(
        When::Always,
        "Python: set up and build",
        Box::new(|| {
            python.install_tools()?;
            python.build()
        }),
    );
    add(When::Usually, "Python: lints and types", Box::new(|| python.lint()));
    add(When::Usually, "Python: tests and conformance", Box::new(|| run(&mut python.tests())));

    add(
        When::Always,
        "Node: set up and build",
        Box::new(|| {
            node.install()?;
            node.build()
        }),
    );
    add(When::Usually, "Node: lints and types", Box::new(|| node.lint()));
    add(When::Usually, "Node: tests and conformance", Box::new(|| run(&mut node.tests())));

    add(When::Usually, "The demo", Box::new(crate::demo::demo));

    add(
        When::Full,
        "Rust: properties, many cases",
        Box::new(|| {
            run(cargo().env("PROPTEST_CASES", "20000").args([
                "test",
                "--quiet",
                "--package",
                "crankwheel",
                "--lib",
            ]))
        }),
    );
    add(
        When::Full,
        "Rust: chaos and leaks at length",
        Box::new(|| {
            let arguments = ["test", "--quiet", "--package", "crankwheel-chaos", "--", "--nocapture"];
            run(cargo().envs(AT_LENGTH).args(arguments))
        }),
    );
    add(
        When::Full,
        "Python: chaos and leaks at length",
        Box::new(|| {
            run(python.tests().envs(AT_LENGTH).args([
                "--capture=no",
                "tests/test_chaos.py",
                "tests/test_leaks.py",
            ]))
        }),
    );
    add(
        When::Full,
        "Node: chaos and leaks at length",
        Box::new(|| {
            let files = ["test/chaos.test.mjs", "test/leaks.test.mjs"];
            run(node.program().envs(AT_LENGTH).arg("--test").args(files))
        }),
    );
    add(When::Full, "Secrets in all that a run of all tests puts out", Box::new(|| secrets(python, node)));
    add(When::Full, "Dependencies: licences, sources, duplicates", Box::new(dependencies));
    add(
        When::Full,
        "The sandbox: concurrent load and invalid requests",
        Box::new(|| {
            let arguments = [
                "test",
                "--quiet",
                "--package",
                "crankwheel-sandbox",
                "--test",
                "invalid_requests",
                "--test",
                "concurrent_load",
            ];
            run(cargo().env("CRANKWHEEL_SANDBOX_FULL", "1").args(arguments))
        }),
    );
    add(
        When::Full,
        "The sandbox: driven from the contract",
        Box::new(|| {
            let schemathesis = python.schemathesis()?;
            run(cargo().args(["build", "--quiet", "--package", "crankwheel-sandbox"]))?;
            run(program("sh", "tests/sandbox/schemathesis").arg("run").env("SCHEMATHESIS", schemathesis))
        }),
    );
    add(When::Full, "The contract: clients generated by other tools", Box::new(contract::foreign_clients));
    add(When::Full, "Fuzzing: 10 million executions", Box::new(crate::fuzz::fuzz));
    checks
}

/// How much the tests of chaos and leaks do when they are given time.
const AT_LENGTH: [(&str, &str); 6] = [
    ("CHAOS_SEEDS", "20"),
    ("CHAOS_CLIENTS", "1000"),
    ("CHAOS_READS", "10000"),
    ("CHAOS_DEFAULTS", "1"),
    ("CHAOS_CALLS", "5000"),
    ("LEAK_CALLS", "100000"),
];

fn lints() -> Outcome {
    run(cargo().args(["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"]))
}

fn documentation() -> Outcome {
    // Broken links and missing docs are warnings of rustdoc only.
    let packages = ["--package", "crankwheel", "--package", "crankwheel-sandbox"];
    run(cargo().env("RUSTDOCFLAGS", "--deny warnings").args(["doc", "--quiet", "--no-deps"]).args(packages))
}

/// What `.deny.toml` allows. Advisories need a database from the network: `cargo deny check advisories` where there is one.
fn dependencies() -> Outcome {
    cargo_command("deny", "cargo-deny")?;
    let options = ["--workspace", "--offline", "--config", ".deny.toml"];
    run(cargo().arg("deny").args(options).args(["check", "bans", "licenses", "sources"]))
}
