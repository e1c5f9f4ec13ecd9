//! Comparing a step's outcome with what the table expects.

use std::collections::BTreeSet;
use std::io::Write;

use crankwheel::{Error, ErrorKind, Model};
use crankwheel_conformance::json;
use crankwheel_conformance::table::{ErrorShape, Expect, ExpectAnswer, ExpectError};
use jiff::Timestamp;
use serde_json::{Value, json as value};

use crate::answer::Answer;
use crate::classes::ancestors;
use crate::tree::Tree;

/// What differs, as sentences.
pub fn check(expect: &Expect, result: &Result<Answer, Error>, key: &str) -> Vec<String> {
    let mut problems = match (expect, result) {
        (Expect::Answer(expected), Ok(answer)) => check_answer(expected, answer),
        (Expect::Error(ExpectError { error: expected }), Err(error)) => check_error(expected, error),
        (Expect::Answer(_), Err(error)) => {
            vec![format!("expected an answer, got {}: {error}", error.kind().class_name())]
        }
        (Expect::Error(expected), Ok(answer)) => {
            vec![format!("expected {}, got {answer:?}", expected.error.class)]
        }
    };
    let debug = match result {
        Ok(answer) => format!("{answer:?}"),
        Err(error) => format!("{error} {error:?} {error:#?} {:?} {:?}", error.body(), error.headers()),
    };
    keep(&debug);
    if !key.is_empty() && debug.contains(key) {
        problems.push("the debug form or message shows the API key".to_owned());
    }
    problems
}

/// Adds to what this run has shown, where somebody will look through all of it for secrets.
fn keep(shown: &str) {
    let Some(folder) = std::env::var_os("CRANKWHEEL_KEEP_SHOWN") else { return };
    let file = std::path::Path::new(&folder).join("rust-conformance.txt");
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(file).unwrap();
    writeln!(file, "{shown}").unwrap();
}

fn check_answer(expected: &ExpectAnswer, answer: &Answer) -> Vec<String> {
    let mut problems = Vec::new();
    if let Some(expected) = &expected.value {
        problems.extend(json::difference(expected, &wire(answer)));
    }
    let tree = Tree::of(answer);
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

fn wire(answer: &Answer) -> Value {
    match answer {
        Answer::Nothing | Answer::Found(None) => Value::Null,
        Answer::Client(client) | Answer::Found(Some(client)) => client.to_json(),
        Answer::Created((client, created)) => value!({"client": client.to_json(), "created": created}),
        Answer::Clients(list) => list.to_json(),
        Answer::Plans(list) => list.to_json(),
        Answer::LoginOptions(list) => list.to_json(),
        Answer::Usage(usage) => usage.to_json(),
        Answer::Billing(billing) => billing.to_json(),
        Answer::Overview(overview) => overview.to_json(),
        Answer::History(history) => history.to_json(),
        Answer::Link(_) => {
            panic!("a login link has no wire form to compare: the table must check attributes")
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
        problems.push(format!("{class} is no {base}"));
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

/// A text of the table; `{settings.audit_log}` is a name, and Rust spells names as the table does.
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
        ("existing_id", value!(error.existing_id())),
        ("retry_after", value!(error.retry_after().map(|wait| wait.as_secs_f64()))),
        ("maybe_applied", value!(error.maybe_applied())),
    ];
    Tree::Object(members.into_iter().map(|(name, value)| (name.to_owned(), Tree::Json(value))).collect())
}

/// A constructor's error is the outcome of every step, and errors cannot be cloned.
pub fn copy(error: &Error) -> Error {
    match error.kind() {
        ErrorKind::Configuration => Error::configuration(error.message()),
        kind => panic!("a constructor raised {}: {error}", kind.class_name()),
    }
}
