//! The contract's document as far as it is read: OpenAPI's own members and the `x-` members.

use std::fs;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use crate::run::{Result, root};

/// Where the contract is, relative to the top of the checkout.
pub const CONTRACT: &str = "crates/crankwheel/openapi.json";

/// The whole document. Maps keep the order in which the document is written.
#[derive(Debug, Deserialize)]
pub struct Document {
    pub paths: IndexMap<String, IndexMap<String, Value>>,
    pub components: Components,
}

/// The components that the paths refer to.
#[derive(Debug, Deserialize)]
pub struct Components {
    pub schemas: IndexMap<String, Schema>,
    pub parameters: IndexMap<String, Parameter>,
}

/// A schema, or a reference to one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Schema {
    #[serde(rename = "$ref")]
    pub reference: Option<String>,
    pub all_of: Vec<Schema>,
    #[serde(rename = "type")]
    pub kind: String,
    pub format: String,
    pub pattern: String,
    pub max_length: Option<u32>,
    pub nullable: bool,
    pub description: Option<String>,
    pub deprecated: bool,
    pub required: Vec<String>,
    pub properties: IndexMap<String, Schema>,
    pub items: Option<Box<Schema>>,
    pub additional_properties: Option<Additional>,
    pub default: Option<Value>,
    #[serde(rename = "enum")]
    pub choices: Vec<String>,
    #[serde(rename = "x-sdk-read")]
    pub read: Option<Read>,
    #[serde(rename = "x-sdk-default")]
    pub empty: Option<String>,
    #[serde(rename = "x-also-accepts")]
    pub also_accepts: Option<String>,
    #[serde(rename = "x-wire-aliases")]
    pub aliases: Vec<String>,
    #[serde(rename = "x-sdk-type")]
    pub sdk_type: Option<String>,
    #[serde(rename = "x-read-only")]
    pub read_only: bool,
    #[serde(rename = "x-initial")]
    pub initial: Option<Value>,
    #[serde(rename = "x-unit")]
    pub unit: Option<String>,
    /// True if its properties are attributes of the object that holds it.
    #[serde(rename = "x-sdk-flattened")]
    pub flattened: bool,
    #[serde(rename = "x-sdk-key")]
    pub key: Option<Box<Key>>,
}

/// The key of a map, which is an attribute of each of its values.
#[derive(Clone, Debug, Deserialize)]
pub struct Key {
    pub name: String,
    #[serde(flatten)]
    pub schema: Schema,
}

/// Members beyond the named ones.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Additional {
    Allowed(#[expect(dead_code, reason = "read to tell it from a schema")] bool),
    Like(Box<Schema>),
}

/// The treatment of a value of another type.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Read {
    /// It is an error.
    Strict,
    /// The attribute is empty, and the raw value stays.
    Lenient,
}

/// A parameter in a path or a query, or a reference to one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Parameter {
    #[serde(rename = "$ref")]
    pub reference: Option<String>,
    pub name: String,
    #[serde(rename = "in")]
    pub place: String,
    pub description: String,
    pub required: bool,
    pub schema: Schema,
}

/// One operation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Operation {
    #[serde(rename = "x-sdk-name")]
    pub name: String,
    pub description: String,
    /// Those of its path included, references resolved.
    #[serde(default)]
    pub parameters: Vec<Parameter>,
    #[serde(default)]
    pub request_body: Value,
    pub responses: IndexMap<String, Value>,
}

impl Document {
    /// Reads the committed contract.
    pub fn read() -> Result<Self> {
        let text = fs::read_to_string(root().join(CONTRACT))
            .map_err(|error| format!("cannot read {CONTRACT}: {error}"))?;
        serde_json::from_str(&text).map_err(|error| format!("{CONTRACT}: {error}"))
    }

    /// The operations, each with its method and its path.
    pub fn operations(&self) -> Result<Vec<(String, &str, Operation)>> {
        let mut found = Vec::new();
        for (path, members) in &self.paths {
            let shared = members.get("parameters").map_or(Ok(Vec::new()), Vec::deserialize);
            let shared: Vec<Parameter> = shared.map_err(|error| format!("{path}: {error}"))?;
            for (method, operation) in members.iter().filter(|(member, _)| *member != "parameters") {
                let at = format!("{} {path}", method.to_uppercase());
                let mut operation =
                    Operation::deserialize(operation).map_err(|error| format!("{at}: {error}"))?;
                let parameters = shared.iter().chain(&operation.parameters);
                operation.parameters = parameters
                    .map(|parameter| self.resolved(parameter))
                    .collect::<Result<_>>()
                    .map_err(|problem| format!("{at}: {problem}"))?;
                found.push((method.to_uppercase(), path.as_str(), operation));
            }
        }
        Ok(found)
    }

    fn resolved(&self, parameter: &Parameter) -> Result<Parameter> {
        let Some(reference) = &parameter.reference else { return Ok(parameter.clone()) };
        let name = reference.rsplit('/').next().unwrap_or_default();
        self.components.parameters.get(name).cloned().ok_or_else(|| format!("no parameter {name}"))
    }
}

impl Operation {
    /// The name of the schema of its body.
    pub fn body(&self) -> Option<&str> {
        name_at(&self.request_body, "/content/application~1json/schema/$ref")
    }

    /// The response to a success.
    pub fn success(&self) -> Option<&Value> {
        self.responses.iter().find(|(status, _)| status.starts_with('2')).map(|(_, response)| response)
    }
}

/// The name that the reference at this place ends in.
pub fn name_at<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)?.rsplit('/').next()
}

impl Schema {
    /// The type in the SDK, which is stricter than some servers: `date-time` and `integer` also stand
    /// for forms that a schema can't describe.
    pub fn sdk_type(&self) -> &str {
        self.sdk_type.as_deref().unwrap_or(&self.kind)
    }

    /// The name that a reference ends in, also where it stands in `allOf` next to a description.
    pub fn referenced(&self) -> Option<&str> {
        let wrapped = || self.all_of.first()?.reference.as_ref();
        self.reference.as_ref().or_else(wrapped)?.rsplit('/').next()
    }

    /// The names of its required properties, those of the parts of `allOf` included.
    pub fn all_required(&self) -> Vec<String> {
        let parts = self.all_of.iter().flat_map(|part| &part.required);
        self.required.iter().chain(parts).cloned().collect()
    }

    /// The schema of the values of a map.
    pub fn values(&self) -> Option<&Schema> {
        match &self.additional_properties {
            Some(Additional::Like(schema)) => Some(schema),
            Some(Additional::Allowed(_)) | None => None,
        }
    }
}
