//! `cargo xtask demo`: the main job in both languages, and the same figures from both.

use std::fs;

use serde_json::Value;
use xshell::cmd;

use crate::python;
use crate::run::{Result, Shells, run, step, target};
use crate::setup::{SetUp, prepare};

/// Builds both packages, runs their demos and compares the figures.
pub fn demo(at: &Shells) -> Result {
    prepare(at, &[SetUp::PythonPackage, SetUp::NodePackage])?;
    compare_languages(at)
}

/// Runs the demos of both packages, which are built, and compares the figures.
pub fn compare_languages(at: &Shells) -> Result {
    let folder = target().join("demo");
    fs::create_dir_all(&folder).map_err(|error| format!("cannot create {}: {error}", folder.display()))?;
    let (from_python, from_node) = (folder.join("python.json"), folder.join("node.json"));
    // Old figures must not pass for new ones.
    for file in [&from_python, &from_node] {
        if file.exists() {
            fs::remove_file(file).map_err(|error| format!("cannot remove {}: {error}", file.display()))?;
        }
    }
    // One day for both, should midnight pass between them.
    let today = "import datetime as d; print(d.datetime.now(d.timezone.utc).date())";
    let today = crate::run::read(python::python(at).args(["-c", today]))?;
    step("The demo in Python", || {
        let demo = python::python(at).args(["tests/demo/demo.py", "--today", &today]);
        run(demo.arg("--figures").arg(&from_python))
    })?;
    step("The demo in Node", || {
        run(cmd!(at.npm, "node test/demo/demo.mjs --today {today} --figures {from_node}"))
    })?;
    compare(&read(&from_python)?, &read(&from_node)?)?;
    println!("\nPython and Node found the same figures.");
    Ok(())
}

fn read(file: &std::path::Path) -> Result<Value> {
    let text =
        fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))
}

/// Names every figure that differs or is missing on one side.
fn compare(python: &Value, node: &Value) -> Result {
    let (Some(left), Some(right)) = (python.as_object(), node.as_object()) else {
        return Err("the demos' figures must be JSON objects".to_owned());
    };
    if left.is_empty() {
        return Err("the demos found no figures".to_owned());
    }
    let names = left.keys().chain(right.keys().filter(|name| !left.contains_key(*name)));
    let differing: Vec<String> = names
        .filter(|name| !same(left.get(*name), right.get(*name)))
        .map(|name| {
            let show = |side: Option<&Value>| side.map_or("missing".to_owned(), Value::to_string);
            format!("  {name}: Python {}, Node {}", show(left.get(name)), show(right.get(name)))
        })
        .collect();
    if differing.is_empty() {
        Ok(())
    } else {
        Err(format!("the two languages' figures differ:\n{}", differing.join("\n")))
    }
}

/// Equal as JSON, numbers as numbers: Python writes `1.0` where JavaScript writes `1`.
fn same(left: Option<&Value>, right: Option<&Value>) -> bool {
    match (left, right) {
        (Some(Value::Number(left)), Some(Value::Number(right))) => left.as_f64() == right.as_f64(),
        (Some(Value::Object(left)), Some(Value::Object(right))) => {
            left.len() == right.len() && left.iter().all(|(name, value)| same(Some(value), right.get(name)))
        }
        (Some(Value::Array(left)), Some(Value::Array(right))) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|(left, right)| same(Some(left), Some(right)))
        }
        (left, right) => left == right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn differences_are_named() {
        assert!(compare(&json!({"a": 1.0, "b": {"c": [2]}}), &json!({"a": 1, "b": {"c": [2.0]}})).is_ok());
        let problem = compare(&json!({"a": 1, "b": 2}), &json!({"a": 1, "b": 3, "c": 4})).unwrap_err();
        assert!(problem.contains("b: Python 2, Node 3") && problem.contains("c: Python missing, Node 4"));
        assert!(compare(&json!({}), &json!({})).is_err());
    }
}
