//! `cargo xtask test`: every check there is.

use crate::node::Node;
use crate::python::Python;
use crate::run::{Outcome, cargo, program, run, step};

/// Runs all checks; with `full` also those that take long.
pub fn test(full: bool) -> Outcome {
    let python = Python::find()?;
    let node = Node::find()?;

    step("Rust: format", || run(cargo().args(["fmt", "--all", "--check"])))?;
    step("Rust: lints", || {
        run(cargo().args(["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"]))
    })?;
    step("Rust: tests, doctests and conformance", || run(cargo().args(["test", "--workspace", "--quiet"])))?;
    step("Rust: documentation", || {
        // Broken links and missing docs are warnings of rustdoc only.
        let packages = ["--package", "crankwheel", "--package", "crankwheel-sandbox"];
        run(cargo()
            .env("RUSTDOCFLAGS", "--deny warnings")
            .args(["doc", "--quiet", "--no-deps"])
            .args(packages))
    })?;
    // Both packages' tests run the table of cases through this program.
    step("The conformance server and the chaos proxy", || {
        let packages = ["--package", "crankwheel-conformance", "--package", "crankwheel-chaos"];
        run(cargo().args(["build", "--quiet"]).args(packages))
    })?;

    step("Python: set up and build", || {
        python.install_tools()?;
        python.build()
    })?;
    step("Python: lints and types", || python.lint())?;
    step("Python: tests and conformance", || python.test())?;

    step("Node: set up and build", || {
        node.install()?;
        node.build()
    })?;
    step("Node: lints and types", || node.lint())?;
    step("Node: tests and conformance", || node.test())?;

    step("The demo", crate::demo::demo)?;
    if full {
        full_tests(&python)?;
    }
    println!("\nAll checks passed.");
    Ok(())
}

/// What takes long.
fn full_tests(python: &Python) -> Outcome {
    step("Rust: properties, many cases", || {
        run(cargo().env("PROPTEST_CASES", "20000").args([
            "test",
            "--quiet",
            "--package",
            "crankwheel",
            "--lib",
        ]))
    })?;
    step("Chaos: 20 seeds", || {
        run(cargo()
            .envs([
                ("CHAOS_SEEDS", "20"),
                ("CHAOS_CLIENTS", "1000"),
                ("CHAOS_READS", "10000"),
                ("CHAOS_CALLS", "5000"),
            ])
            .args(["test", "--quiet", "--package", "crankwheel-chaos"]))
    })?;
    step("The sandbox: load and junk", || {
        run(cargo().env("CRANKWHEEL_SANDBOX_FULL", "1").args([
            "test",
            "--quiet",
            "--package",
            "crankwheel-sandbox",
            "--test",
            "junk",
            "--test",
            "load",
        ]))
    })?;
    step("The sandbox: driven from the contract", || {
        let schemathesis = python.schemathesis()?;
        run(cargo().args(["build", "--quiet", "--package", "crankwheel-sandbox"]))?;
        run(program("sh", "tests/sandbox/schemathesis").arg("run").env("SCHEMATHESIS", schemathesis))
    })?;
    step("Fuzzing: 10 million executions", fuzz)
}

/// Any bytes as any answer, steered by coverage. What it finds is kept in `tests/fuzz/corpus`.
fn fuzz() -> Outcome {
    if run(cargo().args(["fuzz", "--version"])).is_err() {
        run(cargo().args(["install", "--quiet", "--locked", "cargo-fuzz"]))?;
    }
    let limits =
        ["-runs=10000000", "-rss_limit_mb=1024", "-malloc_limit_mb=64", "-max_len=8192", "-timeout=10"];
    // Coverage and the address sanitizer are unstable flags of the compiler.
    let mut fuzz = cargo();
    fuzz.env("RUSTC_BOOTSTRAP", "1").args(["fuzz", "run", "--fuzz-dir", "tests/fuzz", "answers", "--"]);
    run(fuzz.args(limits))
}
