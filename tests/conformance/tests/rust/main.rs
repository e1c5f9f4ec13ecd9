//! Runs the whole table through the `crankwheel` crate.
//!
//! `CONFORMANCE_CASE=text` runs only the cases whose name contains the text.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

mod arguments;
mod classes;
mod operations;
mod options;
mod result;
mod returned;
mod tree;

use crankwheel::{CrankWheel, Error, Options};
use crankwheel_conformance::DEFAULT_API_KEY;
use crankwheel_conformance::server::Server;
use crankwheel_conformance::table::{Case, Step, Table};
use serde_json::Value;

use arguments::Arguments;
use operations::call;
use result::check;
use returned::Returned;

#[test]
fn the_whole_table() {
    assert!(std::env::var_os("CRANKWHEEL_API_KEY").is_none(), "a key in the environment would be used");
    let only = std::env::var("CONFORMANCE_CASE").unwrap_or_default();
    let server = Server::start(Table::load().unwrap()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut failures = Vec::new();
    let mut count = 0;
    for case in server.table().cases().iter().filter(|case| case.name.contains(&only)) {
        count += 1;
        let begun = server.begin(&case.name).unwrap();
        let mut problems = runtime.block_on(run(case, &begun.base_url));
        problems.extend(server.end(&begun.run).unwrap());
        failures.extend(problems.iter().map(|problem| format!("{}: {problem}", case.name)));
    }
    assert!(count > 0, "no case is called {only}");
    assert!(failures.is_empty(), "{} problems in {count} cases:\n{}", failures.len(), failures.join("\n"));
}

/// Runs the steps of one case on one client; returns the differences from the table as sentences.
async fn run(case: &Case, base_url: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let mut results: Vec<Returned> = Vec::new();
    let client = construct(case, base_url);
    for (number, step) in case.steps.iter().enumerate() {
        let result = match &client {
            Ok(client) => match copy(client, step) {
                Ok(client) => call(&client, &step.operation, Arguments { step, earlier: &results }).await,
                Err(error) => Err(error),
            },
            Err(error) => Err(result::copy(error)),
        };
        let key = case.api_key().unwrap_or_default();
        problems.extend(
            check(&step.expect, &result, key).into_iter().map(|problem| format!("step {number}: {problem}")),
        );
        results.push(result.unwrap_or(Returned::Nothing));
    }
    if let Ok(client) = client {
        client.close();
    }
    problems
}

/// Returns the client that makes the call of a step.
fn copy(client: &CrankWheel, step: &Step) -> Result<CrankWheel, Error> {
    let Some(options) = &step.with_options else { return Ok(client.clone()) };
    client.with_options(
        options.iter().fold(Options::new(), |all, (name, value)| options::set(all, name, value)),
    )
}

fn construct(case: &Case, base_url: &str) -> Result<CrankWheel, Error> {
    let mut options = Options::new().base_url(base_url).max_retries(0);
    if !case.options.contains_key("api_key") {
        options = options.api_key(DEFAULT_API_KEY);
    }
    for (name, value) in &case.options {
        // Without a key, the one of the environment is used.
        if (name.as_str(), value) != ("api_key", &Value::Null) {
            options = options::set(options, name, value);
        }
    }
    CrankWheel::build(options)
}
