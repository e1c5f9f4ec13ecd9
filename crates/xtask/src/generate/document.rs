//! The contract's document as far as it is read: OpenAPI's own members and our `x-` members.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

/// The whole document. Maps keep the order in which the document is written.
#[derive(Debug, Deserialize)]
pub struct Document {
    pub paths: IndexMap<String, IndexMap<String, Value>>,
    pub components: Components,
}

/// What the paths refer to.
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
}

/// Members beyond the named ones.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Additional {
    Allowed(bool),
    Like(Box<Schema>),
}

/// What happens to a value of another type.
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
    #[serde(default)]
    pub parameters: Vec<Parameter>,
    pub responses: IndexMap<String, Value>,
}

impl Document {
    /// The operations, each with its method and its path.
    pub fn operations(&self) -> Result<Vec<(String, &str, Operation)>, String> {
        let mut found = Vec::new();
        for (path, members) in &self.paths {
            for (method, operation) in members.iter().filter(|(member, _)| *member != "parameters") {
                let operation = Operation::deserialize(operation)
                    .map_err(|error| format!("{} {path}: {error}", method.to_uppercase()))?;
                found.push((method.to_uppercase(), path.as_str(), operation));
            }
        }
        Ok(found)
    }
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

    /// The schema of the values of a map.
    pub fn values(&self) -> Option<&Schema> {
        match &self.additional_properties {
            Some(Additional::Like(schema)) => Some(schema),
            Some(Additional::Allowed(_)) | None => None,
        }
    }
}
