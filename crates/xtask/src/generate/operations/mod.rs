//! The facts of operations: the contract's, completed by `tables/operations.toml`.

mod arguments;
mod table;

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;

use super::document::{Document, Operation as Described, name_at};
use crate::run::Result;
use arguments::Argument;
use table::{ArgumentKind, ArgumentRow, OperationRow, Table};

/// An attribute of the client that holds operations, such as `clients`.
#[derive(Debug, Serialize)]
pub struct Resource {
    pub name: String,
    pub doc: String,
    pub operations: Vec<Operation>,
}

/// One operation.
#[derive(Debug, Serialize)]
pub struct Operation {
    pub resource: String,
    pub name: String,
    /// The first sentence of its documentation.
    pub doc: String,
    /// The paragraphs that follow.
    pub details: String,
    /// Its method and path.
    pub http: String,
    /// Named arguments are last.
    pub arguments: Vec<Argument>,
    pub positional: Vec<Argument>,
    pub named: Vec<Argument>,
    /// The struct of the core that takes the named arguments.
    pub rust_options: Option<String>,
    /// True if it can report its progress.
    pub progress: bool,
    /// The required fields, if it takes the fields of a client.
    pub required_fields: Option<Vec<String>>,
    pub returns: Returns,
    /// Classes of errors, with their meaning here.
    pub raises: IndexMap<String, String>,
    pub python_example: String,
    pub node_example: String,
}

/// The result of an operation.
#[derive(Debug, Serialize)]
pub struct Returns {
    pub form: Form,
    /// The schema; none if it returns nothing.
    pub model: String,
    /// The contract's description of the response; empty for an operation that only the SDK has.
    pub doc: String,
}

/// The container of a result's model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    Nothing,
    One,
    List,
    /// It can be missing.
    Optional,
    /// A client, with true if it was created.
    Created,
}

/// Reads the committed table and joins it with the contract.
pub fn read(document: &Document) -> Result<Vec<Resource>> {
    let table = Table::read()?;
    joined(&table, document).map_err(|problem| format!("tables/operations.toml: {problem}"))
}

fn joined(table: &Table, document: &Document) -> Result<Vec<Resource>> {
    let described = document.operations()?;
    for (_, _, operation) in &described {
        if !table.operation.iter().any(|row| row.name == operation.name) {
            return Err(format!("no [[operation]] is called {:?}, which is in the contract", operation.name));
        }
    }
    let rows = table.operation.iter().map(|row| {
        let found = described.iter().find(|(_, _, operation)| operation.name == row.name);
        match found {
            Some((method, path, it)) => of_contract(row, &format!("{method} {path}"), it, &table.argument),
            None => of_table(row, &table.argument),
        }
        .and_then(|operation| with_required_fields(operation, document))
        .map_err(|problem| format!("{}: {problem}", row.name))
    });
    let mut resources: Vec<_> = table.resource.iter().map(resource).collect();
    for operation in rows.collect::<Result<Vec<_>>>()? {
        let resource = resources.iter_mut().find(|it| it.name == operation.resource);
        let missing = || format!("no [[resource]] is called {:?}", operation.resource);
        resource.ok_or_else(missing)?.operations.push(operation);
    }
    Ok(resources)
}

fn resource(row: &table::ResourceRow) -> Resource {
    Resource { name: row.name.clone(), doc: row.doc.clone(), operations: Vec::new() }
}

/// An operation of the contract.
fn of_contract(
    row: &OperationRow,
    http: &str,
    described: &Described,
    rows: &[ArgumentRow],
) -> Result<Operation> {
    if row.http.is_some() || !row.takes.is_empty() || row.returns.is_some() {
        return Err("the contract says `http`, `takes` and `returns`".to_owned());
    }
    let success = described.success().ok_or("no response is a success")?;
    let mut sentences = sentences(&described.description).into_iter().take(row.sentences.unwrap_or(1));
    let first = row.doc.clone().or_else(|| sentences.next()).ok_or("no description")?;
    let more = if row.doc.is_some() { String::new() } else { sentences.collect::<Vec<_>>().join(" ") };
    let details = [more, row.details.clone().unwrap_or_default()];
    let arguments = arguments::arguments(described, rows)?;
    let details = details.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
    operation(row, first, details, http, arguments, returns(success)?)
}

/// An operation that only the SDK has.
fn of_table(row: &OperationRow, rows: &[ArgumentRow]) -> Result<Operation> {
    let missing = |what: &str| format!("it is not in the contract, so the table must say `{what}`");
    let (form, model) = match row.returns.as_deref().and_then(|it| it.split_once(' ')) {
        Some(("optional", model)) => (Form::Optional, model),
        Some(("created", model)) => (Form::Created, model),
        _ => return Err(missing("returns")),
    };
    let returns = Returns { form, model: model.to_owned(), doc: String::new() };
    let first = row.doc.clone().ok_or_else(|| missing("doc"))?;
    let http = row.http.as_deref().ok_or_else(|| missing("http"))?;
    let arguments = arguments::arguments_by_name(&row.takes, rows)?;
    operation(row, first, row.details.clone().unwrap_or_default(), http, arguments, returns)
}

fn operation(
    row: &OperationRow,
    doc: String,
    details: String,
    http: &str,
    arguments: Vec<Argument>,
    returns: Returns,
) -> Result<Operation> {
    let (resource, name) = row.name.split_once('.').ok_or("expected a name such as `clients.get`")?;
    let (named, positional) = arguments.iter().cloned().partition(|argument| argument.named);
    let mut raises = row.raises.clone();
    let not_found: Vec<_> = arguments.iter().filter_map(|it| it.not_found.clone()).collect();
    if !not_found.is_empty() && !raises.contains_key("NotFoundError") {
        raises.insert("NotFoundError".to_owned(), format!("There is no such {}.", not_found.join(" or ")));
    }
    Ok(Operation {
        resource: resource.to_owned(),
        name: name.to_owned(),
        doc,
        details: details.trim().to_owned(),
        http: http.to_owned(),
        arguments,
        positional,
        named,
        rust_options: row.rust_options.clone(),
        progress: row.progress,
        required_fields: None,
        returns,
        raises,
        python_example: row.python.trim().to_owned(),
        node_example: row.node.trim().to_owned(),
    })
}

fn with_required_fields(mut operation: Operation, document: &Document) -> Result<Operation> {
    let body =
        operation.arguments.iter().find(|it| matches!(it.kind, ArgumentKind::Fields | ArgumentKind::Changes));
    if let Some(body) = body {
        let schema = document.components.schemas.get(&body.wire);
        let schema = schema.ok_or_else(|| format!("no schema {}", body.wire))?;
        operation.required_fields = Some(schema.all_required());
    }
    Ok(operation)
}

/// Reads the result of an operation from the contract's response.
fn returns(success: &Value) -> Result<Returns> {
    let doc = success.get("description").and_then(Value::as_str).ok_or("its response has no description")?;
    let schema = success.pointer("/content/application~1json/schema").unwrap_or(&Value::Null);
    let (form, model) = match (name_at(schema, "/$ref"), name_at(schema, "/items/$ref")) {
        (Some(model), _) => (Form::One, model),
        (None, Some(model)) => (Form::List, model),
        (None, None) if schema.is_null() => (Form::Nothing, ""),
        (None, None) => return Err("its response must refer to a schema, or be a list of one".to_owned()),
    };
    Ok(Returns { form, model: model.to_owned(), doc: doc.to_owned() })
}

/// Cuts a description into sentences.
fn sentences(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut begin = true;
    for word in text.split_whitespace() {
        match out.last_mut() {
            Some(sentence) if !begin => *sentence = format!("{sentence} {word}"),
            _ => out.push(word.to_owned()),
        }
        begin = word.ends_with('.');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTRACT: &str = r##"{
        "components": {"schemas": {}, "parameters": {"ClientId": {
            "name": "id", "in": "path", "required": true, "description": "", "schema": {"type": "integer"}
        }}},
        "paths": {"/c/{id}": {
            "parameters": [{"$ref": "#/components/parameters/ClientId"}],
            "get": {
                "x-sdk-name": "clients.audit", "description": "Returns it. More.",
                "parameters": [
                    {"name": "detail", "in": "query", "description": "How much of `id`.",
                     "schema": {"type": "integer", "default": 4}},
                    {"name": "start", "in": "query", "schema": {"type": "string", "x-sdk-type": "date-time"}},
                    {"name": "end", "in": "query", "required": true, "schema": {"x-sdk-type": "date-time"}}
                ],
                "responses": {"200": {"description": "It.", "content": {"application/json": {
                    "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Client"}}
                }}}}
            }
        }}
    }"##;

    const TABLE: &str = r##"
        resource = [{ name = "clients", doc = "Clients" }]
        argument = [
            { name = "client", wire = ["id"], kind = "client", doc = "It.", not_found = "client" },
            { name = "period", wire = ["start", "end"], kind = "period", doc = "It." },
        ]
        operation = [{ name = "clients.audit", python = "", node = "" }]
    "##;

    fn joined(table: &str, contract: &str) -> Result<Vec<Resource>> {
        super::joined(&Table::parse(table)?, &serde_json::from_str(contract).unwrap())
    }

    #[test]
    fn an_operation_is_read_from_the_contract() {
        let resources = joined(TABLE, CONTRACT).unwrap();
        let operation = &resources[0].operations[0];
        assert_eq!((operation.doc.as_str(), operation.http.as_str()), ("Returns it.", "GET /c/{id}"));
        assert_eq!((operation.returns.form, operation.returns.model.as_str()), (Form::List, "Client"));
        assert_eq!(operation.raises["NotFoundError"], "There is no such client.");
        let arguments: Vec<_> =
            operation.arguments.iter().map(|it| (it.name.as_str(), it.kind, it.required, it.named)).collect();
        let expected = [
            ("client", ArgumentKind::Client, true, false),
            ("period", ArgumentKind::Period, true, false),
            ("detail", ArgumentKind::Integer, false, true),
        ];
        assert_eq!(arguments, expected);
        assert_eq!(operation.named[0].doc, "How much of `client`. Defaults to 4.");
    }

    #[test]
    fn what_does_not_fit_is_reported_with_the_operation() {
        let untold = TABLE.replace("clients.audit", "clients.other");
        assert!(
            joined(&untold, CONTRACT).unwrap_err().contains("no [[operation]] is called \"clients.audit\"")
        );
        let unnamed = TABLE.replace("\"start\", ", "");
        assert_eq!(
            joined(&unnamed, CONTRACT).unwrap_err(),
            "clients.audit: no [[argument]] has \"start\" in `wire`"
        );
        let twice = TABLE.replace("node = \"\"", "node = \"\", http = \"GET /\"");
        assert!(joined(&twice, CONTRACT).unwrap_err().starts_with("clients.audit: the contract says"));
    }
}
