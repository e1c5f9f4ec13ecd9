//! The core's table of models against the contract of the API: same fields, same types, same way of
//! reading.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeSet;

use crankwheel::{ErrorKind, Model, UsageHistory, model};
use serde_json::{Map, Value, json};

fn contract() -> Value {
    serde_json::from_str(include_str!("../openapi.json")).unwrap()
}

/// The schema that a reference leads to, by name; as it stands if it is not a reference.
fn referenced(schema: &Value) -> Option<String> {
    let reference = schema.get("$ref").or_else(|| schema["allOf"].get(0)?.get("$ref"))?;
    Some(reference.as_str().unwrap().rsplit('/').next().unwrap().to_owned())
}

/// The type of a schema in the words of [`model::Field::kind`].
fn kind(schema: &Value) -> String {
    let name = |schema: &Value| referenced(schema).unwrap_or_else(|| panic!("no reference: {schema}"));
    if let Some(name) = referenced(schema) {
        return name;
    }
    let kind = schema.get("x-sdk-type").or_else(|| schema.get("type")).and_then(Value::as_str);
    match kind.unwrap_or_else(|| panic!("no type: {schema}")) {
        "string" if schema.get("format") == Some(&"date-time".into()) => "date-time".to_owned(),
        "array" => format!("list of {}", name(&schema["items"])),
        "object" => format!("map of {}", name(&schema["additionalProperties"])),
        other => other.to_owned(),
    }
}

/// The properties of a schema that are attributes of the model: other names of the same field left
/// out.
fn attributes(schema: &Value) -> Map<String, Value> {
    let mut properties = schema["properties"].as_object().unwrap().clone();
    for property in schema["properties"].as_object().unwrap().values() {
        for alias in property["x-wire-aliases"].as_array().into_iter().flatten() {
            assert!(properties.remove(alias.as_str().unwrap()).is_some(), "{alias} is not a property");
        }
    }
    properties
}

fn required(schema: &Value) -> BTreeSet<&str> {
    schema["required"].as_array().into_iter().flatten().map(|name| name.as_str().unwrap()).collect()
}

fn check_fields<M: Model>(problems: &mut Vec<String>) {
    let contract = contract();
    let schema = &contract["components"]["schemas"][M::NAME];
    let properties = attributes(schema);
    let documented: Vec<&str> = properties.keys().map(String::as_str).collect();
    let known: Vec<&str> = M::FIELDS.iter().map(|field| field.name).collect();
    if BTreeSet::from_iter(&documented) != BTreeSet::from_iter(&known) {
        problems.push(format!("{}: {documented:?} in the contract, {known:?} here", M::NAME));
        return;
    }
    for field in M::FIELDS {
        let property = &properties[field.name];
        let nullable = property["nullable"] == true || !required(schema).contains(field.name);
        if (kind(property).as_str(), nullable) != (field.kind, field.nullable) {
            problems.push(format!("{}.{}: {property} in the contract, {field:?} here", M::NAME, field.name));
        }
        let alias = property["x-wire-aliases"].get(0).and_then(Value::as_str);
        if alias != field.alias {
            problems.push(format!("{}.{}: also named {alias:?} / {:?}", M::NAME, field.name, field.alias));
        }
    }
}

/// A value that fits a schema.
fn fitting(schemas: &Value, schema: &Value) -> Value {
    if let Some(name) = referenced(schema) {
        let schema = &schemas[name];
        let names = required(schema).into_iter();
        return names.map(|name| (name, fitting(schemas, &schema["properties"][name]))).collect();
    }
    match kind(schema).as_str() {
        "string" => json!("text"),
        "boolean" => json!(true),
        "integer" | "number" => json!(7),
        "date-time" => json!("2019-02-01T00:00:00Z"),
        list if list.starts_with("list") => json!([]),
        _ => json!({}),
    }
}

/// Reads a model with one value that does not fit, for every field.
fn check_reading<M: Model>(problems: &mut Vec<String>) {
    let contract = contract();
    let schemas = &contract["components"]["schemas"];
    let mut plain = fitting(schemas, &json!({"$ref": format!("#/{}", M::NAME)}));
    let reads = |value: &Value| M::from_json(&value.to_string()).is_ok();
    assert!(reads(&plain), "{}: {plain}", M::NAME);
    for model::Field { name, .. } in M::FIELDS {
        let property = &schemas[M::NAME]["properties"][name];
        let unfit = if kind(property) == "boolean" { json!(7) } else { json!(true) };
        let before = plain[name].take();
        let mut check = |value: Option<Value>, expected: bool| {
            let object = plain.as_object_mut().unwrap();
            object.remove(*name);
            object.extend(value.clone().map(|value| ((*name).to_owned(), value)));
            if reads(&plain) != expected {
                problems.push(format!("{}.{name}: reading {value:?} must be ok: {expected}", M::NAME));
            }
        };
        let strict = match property["x-sdk-read"].as_str() {
            Some("strict") => true,
            Some("lenient") => false,
            other => panic!("{}.{name}: x-sdk-read is {other:?}", M::NAME),
        };
        check(Some(unfit), !strict);
        let must_be_there = strict && required(&schemas[M::NAME]).contains(name);
        check(None, !must_be_there);
        if kind(property) == "integer" {
            check(Some(json!("27084")), !strict || property["x-also-accepts"].is_string());
        }
        check(Some(fitting(schemas, property)), true);
        if !before.is_null() {
            plain[name] = before;
        }
    }
}

macro_rules! check_all {
    ($($(#[$doc:meta])* $model:ident { $($rest:tt)* })*) => {
        #[test]
        fn every_model_has_the_fields_of_the_contract() {
            let mut problems = Vec::new();
            $(check_fields::<model::$model>(&mut problems);)*
            assert!(problems.is_empty(), "{problems:#?}");
        }

        #[test]
        fn every_field_is_read_as_the_contract_says() {
            let mut problems = Vec::new();
            $(check_reading::<model::$model>(&mut problems);)*
            assert!(problems.is_empty(), "{problems:#?}");
        }

        /// Reads a value as the model of this name.
        fn read_as(name: &str, value: &Value) -> Result<(), String> {
            let text = value.to_string();
            match name {
                $(stringify!($model) => model::$model::from_json(&text).map(|_| ()),)*
                "UsageHistory" => UsageHistory::from_json(&text).map(|_| ()),
                "LoginLink" => return value["login_url"].as_str().map(|_| ()).ok_or(text),
                other => panic!("{other} is not a model"),
            }
            .map_err(|error| error.to_string())
        }
    };
}

crankwheel::schema!(check_all);

#[test]
fn absent_strings_with_a_default_are_empty() {
    let schemas = &contract()["components"]["schemas"];
    let client = model::Client::from_json(r#"{"id": 7}"#).unwrap();
    for (model, name, value) in [("Client", "sname", &client.sname), ("Settings", "id", &client.settings.id)]
    {
        assert_eq!(schemas[model]["properties"][name]["x-sdk-default"], **value);
    }
}

#[test]
fn the_examples_are_read() {
    let contract = contract();
    for item in contract["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values().filter(|value| value.is_object()) {
            for response in operation["responses"].as_object().unwrap().values() {
                let media = &response["content"]["application/json"];
                if media.is_null() {
                    continue;
                }
                let examples = media["examples"].as_object().unwrap();
                assert!(!examples.is_empty());
                for example in examples.values() {
                    let value = &contract["components"]["examples"][referenced(example).unwrap()]["value"];
                    let (schema, values) = match media["schema"].get("items") {
                        Some(items) => (items, value.as_array().unwrap().as_slice()),
                        None => (&media["schema"], std::slice::from_ref(value)),
                    };
                    for value in values {
                        read_as(&referenced(schema).unwrap(), value).unwrap();
                    }
                }
            }
        }
    }
}

#[test]
fn every_error_class_of_the_contract_exists() {
    let contract = contract();
    let responses = contract["components"]["responses"].as_object().unwrap();
    let named: Vec<&str> =
        responses.values().map(|response| response["x-sdk-error"].as_str().unwrap()).collect();
    assert!(named.len() >= 7, "{named:?}");
    for name in named {
        assert!(ErrorKind::ALL.iter().any(|kind| kind.class_name() == name), "{name}");
    }
}
