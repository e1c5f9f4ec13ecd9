//! `tables/operations.toml` as it is written; the file itself explains its members.

use std::fs;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::run::{Result, root};

const TABLE: &str = "crates/crankwheel/tables/operations.toml";

/// The whole table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    pub resource: Vec<ResourceRow>,
    pub argument: Vec<ArgumentRow>,
    pub operation: Vec<OperationRow>,
}

/// A `[[resource]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceRow {
    pub name: String,
    pub doc: String,
}

/// An `[[argument]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArgumentRow {
    pub name: String,
    pub wire: Vec<String>,
    pub kind: Option<ArgumentKind>,
    pub doc: String,
    pub default: Option<String>,
    pub not_found: Option<String>,
}

/// An `[[operation]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationRow {
    pub name: String,
    pub doc: Option<String>,
    pub sentences: Option<usize>,
    pub details: Option<String>,
    #[serde(default)]
    pub raises: IndexMap<String, String>,
    pub rust_options: Option<String>,
    #[serde(default)]
    pub progress: bool,
    pub python: String,
    pub node: String,
    pub http: Option<String>,
    #[serde(default)]
    pub takes: Vec<String>,
    pub returns: Option<String>,
}

/// The kind of an argument, which decides its type in each language.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ArgumentKind {
    Client,
    Plan,
    Period,
    /// The fields of a new client.
    Fields,
    /// The fields of an existing client that change.
    Changes,
    String,
    Integer,
    Boolean,
}

impl Table {
    /// Reads the committed table.
    pub fn read() -> Result<Self> {
        let text = fs::read_to_string(root().join(TABLE))
            .map_err(|error| format!("cannot read {TABLE}: {error}"))?;
        Self::parse(&text).map_err(|problem| format!("{TABLE}: {problem}"))
    }

    /// Reads a table. Problems carry their line.
    pub fn parse(text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_member_is_reported_with_its_place() {
        let error = Table::parse("resource = []\nargument = []\n[[operation]]\ntitle = \"clients.get\"\n");
        let error = error.unwrap_err();
        assert!(error.contains("line 4") && error.contains("title"), "{error}");
    }
}
