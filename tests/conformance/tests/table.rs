//! The table itself: it is valid, covers every operation of the contract, and every case can be checked.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

use std::collections::{BTreeMap, BTreeSet};

use crankwheel_conformance::table::{Expect, ExpectError, Table};
use serde_json::Value;

const CONTRACT: &str = include_str!("../../../crates/crankwheel/openapi.json");

/// Operations of the SDK that are not in the contract.
const BEYOND: [&str; 2] = ["clients.find", "clients.get_or_create"];

/// SDK operation name → the contract's path and operation object.
fn operations() -> BTreeMap<String, (String, String, Value)> {
    let contract: Value = serde_json::from_str(CONTRACT).unwrap();
    let mut found = BTreeMap::new();
    for (path, item) in contract["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if let Some(name) = operation["x-sdk-name"].as_str() {
                found.insert(name.to_owned(), (path.clone(), method.to_uppercase(), operation.clone()));
            }
        }
    }
    found
}

#[test]
fn the_ids_of_operations_follow_their_names() {
    let operations = operations();
    assert!(!operations.is_empty());
    for (name, (_, _, operation)) in operations {
        assert_eq!(operation["operationId"], name.replace('.', "_"));
    }
}

#[test]
fn every_operation_has_an_example_and_an_error_and_no_unknown_one_is_called() {
    let table = Table::load().unwrap();
    let operations = operations();
    let mut called = BTreeSet::new();
    let mut failing = BTreeSet::new();
    for step in table.cases().iter().flat_map(|case| &case.steps) {
        called.insert(step.operation.clone());
        if matches!(step.expect, Expect::Error(_)) {
            failing.insert(step.operation.clone());
        }
    }
    for name in operations.keys() {
        assert!(table.case(&format!("{name}/example")).is_some(), "{name} has no example case");
        assert!(failing.contains(name), "{name} has no error case");
    }
    let known: BTreeSet<String> =
        operations.keys().cloned().chain(BEYOND.iter().map(|name| (*name).to_owned())).collect();
    assert_eq!(called, known);
}

#[test]
fn requests_match_the_contract() {
    let table = Table::load().unwrap();
    let operations = operations();
    for case in table.cases() {
        for exchange in case.steps.iter().flat_map(|step| &step.exchanges) {
            let request = &exchange.request;
            let matching = operations.values().find(|(path, method, _)| {
                let (ours, theirs) = (request.path.split('/'), path.split('/'));
                *method == request.method
                    && ours.clone().count() == theirs.clone().count()
                    && ours.zip(theirs).all(|(ours, theirs)| theirs.starts_with('{') || ours == theirs)
            });
            let Some((_, _, operation)) = matching else {
                panic!(
                    "{}: {} {} is not an operation of the contract",
                    case.name, request.method, request.path
                );
            };
            let parameters: BTreeSet<&str> = operation["parameters"]
                .as_array()
                .map(|all| all.iter().filter_map(|one| one["name"].as_str()).collect())
                .unwrap_or_default();
            for (name, _) in &request.query {
                assert!(parameters.contains(name.as_str()), "{}: no parameter {name}", case.name);
            }
            assert_eq!(request.json.is_some(), operation.get("requestBody").is_some(), "{}", case.name);
        }
    }
}

#[test]
fn every_query_parameter_and_every_error_class_is_used() {
    let table = Table::load().unwrap();
    let contract: Value = serde_json::from_str(CONTRACT).unwrap();
    let steps = || table.cases().iter().flat_map(|case| &case.steps);
    let sent: BTreeSet<&str> = steps()
        .flat_map(|step| &step.exchanges)
        .flat_map(|exchange| exchange.request.query.iter().map(|(name, _)| name.as_str()))
        .collect();
    for (name, (_, _, operation)) in operations() {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = parameter["name"].as_str().unwrap_or("id");
            assert!(
                parameter == "id" || parameter == "email" || sent.contains(parameter),
                "{name}: {parameter}"
            );
        }
    }
    let classes: BTreeSet<&str> = steps()
        .filter_map(|step| match &step.expect {
            Expect::Error(ExpectError { error }) => Some(error.class.as_str()),
            Expect::Result(_) => None,
        })
        .collect();
    for response in contract["components"]["responses"].as_object().unwrap().values() {
        let class = response["x-sdk-error"].as_str().unwrap();
        assert!(classes.contains(class), "no case expects {class}");
    }
}

#[test]
fn every_case_has_an_expectation() {
    for case in Table::load().unwrap().cases() {
        assert!(case.name.contains('/'), "{}: a name is topic/what", case.name);
        assert!(!case.about.is_empty() && !case.steps.is_empty(), "{}", case.name);
        for step in &case.steps {
            if let Expect::Result(expected) = &step.expect {
                assert!(
                    expected.value.is_some() || !expected.attributes.is_empty(),
                    "{} checks nothing",
                    case.name
                );
            }
        }
    }
}

#[test]
fn the_usage_history_example_adds_up() {
    let table = Table::load().unwrap();
    let Expect::Result(expected) = &table.case("reseller.usage/example").unwrap().steps[0].expect else {
        panic!()
    };
    let value = expected.value.as_ref().unwrap();
    let sessions = value["sessions"].as_array().unwrap();
    let seconds: i64 = sessions.iter().map(|session| session["duration"].as_i64().unwrap()).sum();
    assert_eq!((sessions.len(), seconds), (114, 12_583));
    assert_eq!(value["stats"]["user_stats"].as_array().unwrap().len(), 7);
}
