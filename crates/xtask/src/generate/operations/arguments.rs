//! The arguments of operations: from the contract's parameters, and the table's rows about them.

use serde::Serialize;
use serde_json::Value;

use super::table::{ArgumentKind, ArgumentRow};
use crate::generate::document::{Operation, Parameter};
use crate::run::Result;

/// One argument of an operation.
#[derive(Clone, Debug, Serialize)]
pub struct Argument {
    pub name: String,
    pub kind: ArgumentKind,
    pub doc: String,
    pub required: bool,
    /// True for a named argument: keyword-only in Python, a member of the last argument in Node.
    pub named: bool,
    #[serde(skip)]
    pub not_found: Option<String>,
    #[serde(skip)]
    pub wire: String,
}

/// The arguments of an operation of the contract, in the SDK's order.
pub fn arguments(operation: &Operation, rows: &[ArgumentRow]) -> Result<Vec<Argument>> {
    let mut found: Vec<Argument> = Vec::new();
    for parameter in &operation.parameters {
        let argument = of_parameter(parameter, rows)?;
        match found.iter_mut().find(|earlier| earlier.name == argument.name) {
            Some(earlier) => earlier.required |= argument.required,
            None => found.push(argument),
        }
    }
    if let Some(schema) = operation.body() {
        let row = row(schema, rows).ok_or_else(|| format!("no [[argument]] has {schema:?} in `wire`"))?;
        found.push(of_row(row, schema, ArgumentKind::Fields, true, false));
    }
    // A stable sort: within each group, the order is the contract's.
    found.sort_by_key(|argument| match (argument.named, argument.kind) {
        (true, _) => 3,
        (false, ArgumentKind::Period) => 2,
        (false, ArgumentKind::Fields | ArgumentKind::Changes) => 1,
        (false, _) => 0,
    });
    let renamed: Vec<_> = found.iter().map(|it| (it.wire.clone(), it.name.clone())).collect();
    for argument in &mut found {
        for (wire, name) in &renamed {
            argument.doc = argument.doc.replace(&format!("`{wire}`"), &format!("`{name}`"));
        }
    }
    Ok(found)
}

/// The arguments of an operation that the contract does not have, by their wire names.
pub fn arguments_by_name(wire: &[String], rows: &[ArgumentRow]) -> Result<Vec<Argument>> {
    let of_name = |wire: &String| {
        let row = row(wire, rows).ok_or_else(|| format!("no [[argument]] has {wire:?} in `wire`"))?;
        Ok(of_row(row, wire, ArgumentKind::String, true, false))
    };
    wire.iter().map(of_name).collect()
}

fn row<'a>(wire: &str, rows: &'a [ArgumentRow]) -> Option<&'a ArgumentRow> {
    rows.iter().find(|row| row.wire.iter().any(|name| name == wire))
}

fn of_row(row: &ArgumentRow, wire: &str, kind: ArgumentKind, required: bool, named: bool) -> Argument {
    let doc = match &row.default {
        Some(default) if !required => format!("{} Defaults to {default}.", row.doc),
        _ => row.doc.clone(),
    };
    Argument {
        name: row.name.clone(),
        kind: row.kind.unwrap_or(kind),
        doc,
        required,
        named,
        not_found: row.not_found.clone(),
        wire: wire.to_owned(),
    }
}

fn of_parameter(parameter: &Parameter, rows: &[ArgumentRow]) -> Result<Argument> {
    let kind = match parameter.schema.sdk_type() {
        "string" => ArgumentKind::String,
        "integer" => ArgumentKind::Integer,
        "boolean" => ArgumentKind::Boolean,
        // Only as a part of an argument that a row of the table names.
        "date-time" => ArgumentKind::Period,
        other => return Err(format!("no argument takes the type {other:?} of {:?}", parameter.name)),
    };
    let mut argument = match row(&parameter.name, rows) {
        Some(row) => of_row(row, &parameter.name, kind, parameter.required, false),
        None if kind == ArgumentKind::Period => {
            return Err(format!("no [[argument]] has {:?} in `wire`", parameter.name));
        }
        None => Argument {
            name: parameter.name.clone(),
            kind,
            doc: with_default(&parameter.description, parameter.schema.default.as_ref()),
            required: parameter.required,
            named: false,
            not_found: None,
            wire: parameter.name.clone(),
        },
    };
    argument.named = parameter.place == "query" && argument.kind != ArgumentKind::Period;
    Ok(argument)
}

fn with_default(doc: &str, default: Option<&Value>) -> String {
    match default {
        Some(Value::Bool(flag)) => format!("{doc} Defaults to `{flag}`."),
        Some(default) => format!("{doc} Defaults to {default}."),
        None => doc.to_owned(),
    }
}
