//! The tables that results are converted to, and their columns.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::document::{CONTRACT, Document, Schema};
use super::table;
use crate::run::Result;

/// Where the table is, relative to the top of the checkout.
const COLUMNS: &str = "crates/crankwheel/tables/columns.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "table")]
    tables: Vec<Table>,
}

/// A table; the first lines of the file say what its members mean.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    name: String,
    of: Vec<String>,
    node: Option<String>,
    rows: String,
    schemas: Vec<String>,
    #[serde(default)]
    repeats: bool,
    #[serde(default)]
    joined: Vec<Joined>,
    extra: Vec<String>,
    #[serde(skip_deserializing)]
    columns: Vec<Column>,
    /// The columns with the same type next to each other.
    #[serde(skip_deserializing)]
    groups: Vec<Group>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Joined {
    name: String,
    #[serde(rename = "type")]
    kind: String,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Column {
    name: String,
    #[serde(flatten)]
    stored: Stored,
}

/// The names of columns that are stored in the same way.
#[derive(Serialize)]
struct Group {
    names: Vec<String>,
    #[serde(flatten)]
    stored: Stored,
}

/// The form in which a column is stored.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Stored {
    kind: Kind,
    nullable: bool,
    unit: Option<String>,
}

/// The type of a column: a variant of `Kind` in `crates/crankwheel/src/table/arrow/column.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
enum Kind {
    Repeated,
    Text,
    Integer,
    Number,
    Boolean,
    Time,
}

/// Reads the tables, whose columns are properties of the contract.
pub fn read(document: &Document) -> Result<Vec<Table>> {
    let File { mut tables } = table::parse(COLUMNS, &table::text(COLUMNS)?)?;
    for table in &mut tables {
        table.read_columns(&document.components.schemas)?;
    }
    Ok(tables)
}

impl Table {
    fn read_columns(&mut self, schemas: &IndexMap<String, Schema>) -> Result {
        let at = format!("{COLUMNS}: {}", self.name);
        for name in &self.schemas {
            let schema = schemas.get(name).ok_or_else(|| format!("{at}: no schema {name} in {CONTRACT}"))?;
            if let Some(key) = &schema.key {
                self.columns.push(column(&key.name, &key.schema, false).map_err(|it| format!("{at}: {it}"))?);
            }
            let found = properties(schema, "", schemas).map_err(|problem| format!("{at}: {problem}"))?;
            self.columns.extend(found);
        }
        for Joined { name, kind } in &self.joined {
            let schema = Schema { kind: kind.clone(), ..Schema::default() };
            self.columns.push(column(name, &schema, true).map_err(|problem| format!("{at}: {problem}"))?);
        }
        for column in self.columns.iter_mut().filter(|it| self.repeats && it.stored.kind == Kind::Text) {
            column.stored.kind = Kind::Repeated;
        }
        let names: Vec<&String> = self.columns.iter().map(|it| &it.name).chain(&self.extra).collect();
        if let Some(twice) = names.iter().find(|name| names.iter().filter(|it| it == name).count() > 1) {
            return Err(format!("{at}: two columns have the name {twice}"));
        }
        for Column { name, stored } in &self.columns {
            match self.groups.last_mut().filter(|group| group.stored == *stored) {
                Some(group) => group.names.push(name.clone()),
                None => self.groups.push(Group { names: vec![name.clone()], stored: stored.clone() }),
            }
        }
        Ok(())
    }
}

/// The columns of a schema's properties.
fn properties(schema: &Schema, prefix: &str, schemas: &IndexMap<String, Schema>) -> Result<Vec<Column>> {
    let aliases = schema.properties.values().flat_map(|property| &property.aliases).collect::<BTreeSet<_>>();
    let mut columns = Vec::new();
    for (name, property) in schema.properties.iter().filter(|(name, _)| !aliases.contains(name)) {
        let full = format!("{prefix}{name}");
        if let Some(nested) = property.referenced().and_then(|name| schemas.get(name)) {
            columns.extend(properties(nested, &format!("{full}."), schemas)?);
        } else if property.flattened {
            columns.extend(properties(property, prefix, schemas)?);
        } else if property.sdk_type() != "array" && property.values().is_none() {
            columns.push(column(&full, property, !schema.required.contains(name))?);
        }
    }
    Ok(columns)
}

fn column(name: &str, schema: &Schema, optional: bool) -> Result<Column> {
    let time = "microseconds since 1970, UTC";
    let (kind, unit) = match (schema.sdk_type(), &*schema.format) {
        ("date-time", _) | ("string", "date-time") => (Kind::Time, Some(time.to_owned())),
        ("string", _) => (Kind::Text, None),
        ("integer", _) => (Kind::Integer, schema.unit.clone()),
        ("number", _) => (Kind::Number, schema.unit.clone()),
        ("boolean", _) => (Kind::Boolean, None),
        (other, _) => return Err(format!("{name}: no column holds the type {other:?}")),
    };
    // A string with a value for null is never null.
    let nullable = (schema.nullable || optional) && schema.empty.is_none();
    Ok(Column { name: name.to_owned(), stored: Stored { kind, nullable, unit } })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(text: &str) -> Result<Vec<Table>> {
        let File { mut tables } = table::parse(COLUMNS, text)?;
        let schemas = serde_json::from_str(
            r#"{"Row": {"required": ["id"], "properties": {
                "id": {"type": "integer"}, "old": {"type": "boolean"},
                "on": {"type": "boolean", "x-wire-aliases": ["old"]}, "list": {"type": "array"},
                "part": {"$ref": "Part"}, "when": {"type": "string", "x-sdk-type": "date-time"}}},
              "Part": {"properties": {"text": {"type": "string", "x-sdk-default": ""}}},
              "Odd": {"properties": {"any": {"type": "object"}}}}"#,
        );
        let schemas: IndexMap<String, Schema> = schemas.unwrap();
        for table in &mut tables {
            table.read_columns(&schemas)?;
        }
        Ok(tables)
    }

    fn problem(members: &str) -> String {
        let text = format!("[[table]]\nname = \"t\"\nof = []\nrows = \"\"\n{members}");
        tables(&text).err().expect("the table is wrong")
    }

    #[test]
    fn the_columns_are_the_properties_of_the_schemas() {
        let text = "[[table]]\nname = \"t\"\nof = []\nrows = \"\"\nschemas = [\"Row\"]\nextra = []\n";
        let columns: Vec<_> = tables(text).unwrap().remove(0).columns;
        let found: Vec<_> =
            columns.iter().map(|it| (&*it.name, it.stored.kind, it.stored.nullable)).collect();
        let expected = [
            ("id", Kind::Integer, false),
            ("on", Kind::Boolean, true),
            ("part.text", Kind::Text, false),
            ("when", Kind::Time, true),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_wrong_table_is_reported_with_its_name() {
        assert!(problem("schemas = [\"Gone\"]\nextra = []").contains("t: no schema Gone"));
        assert!(problem("schemas = [\"Odd\"]\nextra = []").contains("t: any: no column holds"));
        assert!(problem("schemas = [\"Row\"]\nextra = [\"on\"]").contains("two columns have the name on"));
        assert!(problem("schemas = []\nextra = []\ncolour = 1").contains("colour"));
        let joined = "joined = [{ name = \"id\", type = \"integer\" }]";
        assert!(problem(&format!("schemas = [\"Row\"]\nextra = []\n{joined}")).contains("the name id"));
    }
}
