//! The core's table of models against the contract of the API: same fields, same types, same nullability.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeSet;

use crankwheel::{ErrorKind, Model, model};
use serde_json::Value;

fn contract() -> Value {
    serde_json::from_str(include_str!("../openapi.json")).unwrap()
}

/// The type of a schema in the words of [`model::Field::kind`], and whether it can be null.
fn described(schema: &Value) -> (String, bool) {
    let name = |reference: &Value| reference.as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    if let Some(reference) = schema.get("$ref") {
        return (name(reference), false);
    }
    let types: BTreeSet<&str> = match &schema["type"] {
        Value::String(one) => [one.as_str()].into(),
        Value::Array(many) => many.iter().map(|one| one.as_str().unwrap()).collect(),
        other => panic!("no type: {other}"),
    };
    let nullable = types.contains("null");
    let kind = *types.iter().find(|one| **one != "null").unwrap();
    let kind = match kind {
        "string" if schema.get("format") == Some(&"date-time".into()) => "date-time".to_owned(),
        "array" => format!("list of {}", name(&schema["items"]["$ref"])),
        "object" => format!("map of {}", name(&schema["additionalProperties"]["$ref"])),
        other => other.to_owned(),
    };
    (kind, nullable)
}

fn check<M: Model>(problems: &mut Vec<String>) {
    let contract = contract();
    let schema = &contract["components"]["schemas"][M::NAME];
    let properties = schema["properties"].as_object().unwrap_or_else(|| panic!("no schema {}", M::NAME));
    let documented: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
    let known: BTreeSet<&str> = M::FIELDS.iter().map(|field| field.name).collect();
    for name in documented.symmetric_difference(&known) {
        problems.push(format!("{}.{name}: only on one side", M::NAME));
    }
    let required: BTreeSet<&str> =
        schema["required"].as_array().into_iter().flatten().map(|name| name.as_str().unwrap()).collect();
    for field in M::FIELDS.iter().filter(|field| documented.contains(field.name)) {
        let property = &properties[field.name];
        let (kind, nullable) = described(property);
        let nullable = nullable || !required.contains(field.name);
        if (kind.as_str(), nullable) != (field.kind, field.nullable) {
            problems.push(format!(
                "{}.{}: {kind} (nullable: {nullable}) in the contract, {} (nullable: {}) here",
                M::NAME,
                field.name,
                field.kind,
                field.nullable
            ));
        }
        let alias = property["x-wire-aliases"].get(0).and_then(Value::as_str);
        if alias != field.alias {
            problems.push(format!("{}.{}: also named {alias:?} / {:?}", M::NAME, field.name, field.alias));
        }
    }
}

macro_rules! check_all {
    ($($(#[$doc:meta])* $model:ident { $($rest:tt)* })*) => {
        #[test]
        fn every_model_is_the_contracts() {
            let mut problems = Vec::new();
            $(check::<model::$model>(&mut problems);)*
            assert!(problems.is_empty(), "{problems:#?}");
        }
    };
}

crankwheel::schema!(check_all);

#[test]
fn every_error_class_of_the_contract_exists() {
    fn classes(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("x-sdk-error").and_then(Value::as_str).map(str::to_owned));
                map.values().for_each(|value| classes(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| classes(value, found)),
            _ => {}
        }
    }
    let mut named = BTreeSet::new();
    classes(&contract(), &mut named);
    assert!(named.len() >= 7, "{named:?}");
    let known: BTreeSet<String> = ErrorKind::ALL.iter().map(|kind| kind.class_name().to_owned()).collect();
    assert_eq!(named.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new());
}
