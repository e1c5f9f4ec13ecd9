//! Compares a step's result with the one that the table expects.

use std::collections::BTreeSet;
use std::io::Write;

use crankwheel::{Error, ErrorKind, Model};
use crankwheel_conformance::json;
use crankwheel_conformance::table::{ErrorShape, Expect, ExpectError, ExpectResult};
use jiff::Timestamp;
use serde_json::{Value, json as value};

use crate::classes::ancestors;
use crate::returned::Returned;
use crate::tree::Tree;

/// Describes the differences as sentences.
pub fn check(expect: &Expect, result: &Result<Returned, Error>, key: &str) -> Vec<String> {
    let mut problems = match (expect, result) {
        (Expect::Result(expected), Ok(returned)) => check_result(expected, returned),
        (Expect::Error(ExpectError { error: expected }), Err(error)) => check_error(expected, error),
        (Expect::Result(_), Err(error)) => {
            vec![format!("expected a value, got {}: {error}", error.kind().class_name())]
        }
        (Expect::Error(expected), Ok(returned)) => {
            vec![format!("expected {}, got {returned:?}", expected.error.class)]
        }
    };
    let debug = match result {
        Ok(returned) => format!("{returned:?}"),
        Err(error) => format!("{error} {error:?} {error:#?} {:?} {:?}", error.body(), error.headers()),
    };
    record(&debug);
    if !key.is_empty() && debug.contains(key) {
        problems.push("the debug form or message shows the API key".to_owned());
    }
    problems
}

/// Records the output of this run, which `cargo xtask test --only secrets` searches for secrets.
fn record(shown: &str) {
    let Some(folder) = std::env::var_os("CRANKWHEEL_KEEP_SHOWN") else { return };
    let file = std::path::Path::new(&folder).join("rust-conformance.txt");
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(file).unwrap();
    writeln!(file, "{shown}").unwrap();
}

fn check_result(expected: &ExpectResult, returned: &Returned) -> Vec<String> {
    let mut problems = Vec::new();
    if let Some(expected) = &expected.value {
        problems.extend(json::difference(expected, &json_form(returned)));
    }
    let tree = Tree::of(returned);
    for (path, expected) in &expected.attributes {
        problems.extend(differs(path, expected, tree.at(path)));
    }
    problems
}

fn differs(path: &str, expected: &Value, got: Result<Tree, String>) -> Option<String> {
    let got = match got {
        Ok(got) => got,
        Err(problem) => return Some(problem),
    };
    let equal = match (&got, expected.get("$time")) {
        (Tree::Time(got), Some(expected)) => *got == expected.as_str().unwrap().parse::<Timestamp>().unwrap(),
        (Tree::Json(got), None) => json::equal(expected, got),
        _ => false,
    };
    (!equal).then(|| format!("{path}: expected {expected}, got {got:?}"))
}

fn json_form(returned: &Returned) -> Value {
    match returned {
        Returned::Nothing | Returned::Found(None) => Value::Null,
        Returned::Client(client) | Returned::Found(Some(client)) => client.to_json(),
        Returned::Created((client, created)) => value!({"client": client.to_json(), "created": created}),
        Returned::Clients(list) => list.to_json(),
        Returned::Plans(list) => list.to_json(),
        Returned::LoginOptions(list) => list.to_json(),
        Returned::Usage(usage) => usage.to_json(),
        Returned::Billing(billing) => billing.to_json(),
        Returned::Overview(overview) => overview.to_json(),
        Returned::History(history) => history.to_json(),
        Returned::Link(_) => {
            panic!("the JSON form of a login link hides its token: the table must check attributes")
        }
    }
}

fn check_error(expected: &ErrorShape, error: &Error) -> Vec<String> {
    let mut problems = Vec::new();
    let (class, message) = (error.kind().class_name(), error.to_string());
    if class != expected.class {
        problems.push(format!("expected {}, got {class}: {message}", expected.class));
    }
    let ancestors = ancestors(error.kind());
    for base in expected.is_a.iter().filter(|base| !ancestors.contains(&base.as_str())) {
        problems.push(format!("{class} is not a {base}"));
    }
    let tree = attributes(error);
    for (path, expected) in &expected.attributes {
        problems.extend(differs(path, expected, tree.at(path)));
    }
    if let Some(expected) = &expected.fields {
        let fields: BTreeSet<String> = error.errors().iter().map(|(field, _)| field.clone()).collect();
        if fields != *expected {
            problems.push(format!("expected messages about {expected:?}, got {fields:?}: {message}"));
        }
    }
    for text in expected.message_has.iter().map(|text| spelled(text)) {
        if !message.contains(text) {
            problems.push(format!("the message lacks {text:?}: {message}"));
        }
    }
    let shown = format!("{message} {error:?}");
    for text in expected.message_lacks.iter().filter(|text| shown.contains(text.as_str())) {
        problems.push(format!("the message or debug form has {text:?}"));
    }
    problems
}

/// Spells a string of the table; `{settings.audit_log}` is a name, and Rust spells names as the table does.
fn spelled(text: &str) -> &str {
    text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text)
}

fn attributes(error: &Error) -> Tree {
    let errors: serde_json::Map<String, Value> =
        error.errors().iter().map(|(field, messages)| (field.clone(), value!(messages))).collect();
    let members = [
        ("status_code", value!(error.status_code())),
        ("request_id", value!(error.request_id())),
        ("errors", Value::Object(errors)),
        ("body", value!(error.body())),
        ("method", value!(error.method())),
        ("path", value!(error.path())),
        ("attempts", value!(error.attempts())),
        ("retry_stopped_by", value!(error.retry_stopped_by())),
        ("existing_id", value!(error.existing_id())),
        ("retry_after", value!(error.retry_after().map(|wait| wait.as_secs_f64()))),
        ("maybe_applied", value!(error.maybe_applied())),
    ];
    Tree::Object(members.into_iter().map(|(name, value)| (name.to_owned(), Tree::Json(value))).collect())
}

/// Copies a constructor's error, which is the result of every step, because errors cannot be cloned.
pub fn copy(error: &Error) -> Error {
    match error.kind() {
        ErrorKind::Configuration => Error::configuration(error.message()),
        kind => panic!("a constructor raised {}: {error}", kind.class_name()),
    }
}
