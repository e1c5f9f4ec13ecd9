//! The contract as a document: it explains its own members, has examples and descriptions
//! throughout, and keeps to forms that generators of clients take.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeSet;

use serde_json::{Map, Value};

fn contract() -> Value {
    serde_json::from_str(include_str!("../openapi.json")).unwrap()
}

/// Calls `visit` with every object of the contract and its place, except for examples.
fn objects(at: &str, value: &Value, visit: &mut dyn FnMut(&str, &Map<String, Value>)) {
    match value {
        Value::Object(map) => {
            visit(at, map);
            for (name, value) in map {
                if !matches!(name.as_str(), "x-members" | "example" | "examples") {
                    objects(&format!("{at}/{name}"), value, visit);
                }
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                objects(&format!("{at}/{index}"), value, visit);
            }
        }
        _ => {}
    }
}

/// The operations, by id.
fn operations(contract: &Value) -> Vec<(String, Value)> {
    let items = contract["paths"].as_object().unwrap().values();
    let operations =
        items.flat_map(|item| item.as_object().unwrap().values().map(move |value| (item, value)));
    let mut found = Vec::new();
    for (item, operation) in operations {
        if let Some(id) = operation["operationId"].as_str() {
            let mut operation = operation.clone();
            let shared = item["parameters"].as_array().cloned().unwrap_or_default();
            let own = operation["parameters"].as_array().cloned().unwrap_or_default();
            operation["parameters"] = [shared, own].concat().into();
            found.push((id.to_owned(), operation));
        }
    }
    assert!(!found.is_empty());
    found
}

#[test]
fn it_explains_exactly_the_members_that_it_uses() {
    let contract = contract();
    let mut used = BTreeSet::new();
    objects("", &contract, &mut |at, map| {
        if !at.ends_with("/headers") {
            used.extend(map.keys().filter(|name| name.starts_with("x-") && *name != "x-members").cloned());
        }
    });
    let explained: BTreeSet<String> = contract["x-members"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(used, explained);
}

#[test]
fn every_operation_has_examples() {
    let contract = contract();
    let has = |media: &Value| media.get("example").is_some() || media["examples"].is_object();
    for (id, operation) in operations(&contract) {
        for parameter in operation["parameters"].as_array().unwrap() {
            let parameter = match parameter["$ref"].as_str() {
                Some(reference) => contract.pointer(&reference[1..]).unwrap(),
                None => parameter,
            };
            let default = parameter["schema"].get("default").is_some();
            assert!(default || has(parameter), "{id}: {}", parameter["name"]);
        }
        if operation["requestBody"].is_object() {
            assert!(has(&operation["requestBody"]["content"]["application/json"]), "{id}: request");
        }
        for (status, response) in operation["responses"].as_object().unwrap() {
            let response = match response["$ref"].as_str() {
                Some(reference) => contract.pointer(&reference[1..]).unwrap(),
                None => response,
            };
            let body = if status == "204" { "/x-wire-body" } else { "/content/application~1json" };
            assert!(response.pointer(body).is_some_and(has), "{id}: {status}");
        }
    }
}

#[test]
fn everything_that_becomes_documentation_has_a_description() {
    let full = |text: &Value| text.as_str().is_some_and(|text| text.ends_with('.'));
    let mut seen = 0;
    objects("", &contract(), &mut |at, map| {
        let parent = at.rsplit('/').nth(1).unwrap_or_default();
        let parameter = map.contains_key("in") && map.contains_key("schema");
        let schema =
            at.starts_with("/components/schemas/") && (parent == "schemas" || parent == "properties");
        if parameter || schema || map.contains_key("operationId") {
            assert!(map.get("description").is_some_and(full), "{at}");
            seen += 1;
        }
    });
    assert!(seen > 150, "{seen}");
}

/// Each of these broke a generator, or made one leave a part of the contract out.
#[test]
fn only_forms_that_generators_take() {
    let contract = contract();
    assert!(contract["openapi"].as_str().unwrap().starts_with("3.0."));
    objects("", &contract, &mut |at, map| {
        if at.ends_with("/properties") {
            return;
        }
        for name in
            ["oneOf", "not", "if", "const", "dependentRequired", "dependentSchemas", "patternProperties"]
        {
            assert!(!map.contains_key(name), "{at}/{name}");
        }
        assert!(!map.get("type").is_some_and(Value::is_array), "{at}: more than one type");
        for part in map.get("anyOf").and_then(Value::as_array).into_iter().flatten() {
            assert!(matches!(part["type"].as_str(), Some("integer" | "string")), "{at}: anyOf with {part}");
        }
        if let Some(values) = map.get("enum") {
            assert!(
                values.as_array().unwrap().iter().all(Value::is_string),
                "{at}: values that are not strings"
            );
            assert!(
                !map.contains_key("nullable"),
                "{at}: name the enum, and refer to it where null is allowed"
            );
        }
        if map.contains_key("$ref") {
            assert_eq!(map.len(), 1, "{at}: members beside a reference are ignored");
        }
        if at.starts_with("/components/responses/") && map.contains_key("content") {
            let media = map["content"].as_object().unwrap();
            assert_eq!(media.keys().collect::<Vec<_>>(), ["application/json"], "{at}");
            let schema = &media["application/json"]["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/ErrorBody", "{at}: all errors have one type");
        }
    });
}
