//! The table of error classes and their attributes.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::table;
use crate::run::Result;

/// Where the table is, relative to the top of the checkout.
pub const ERRORS: &str = "crates/crankwheel/tables/errors.toml";

/// The table.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Errors {
    #[serde(rename = "class")]
    pub classes: Vec<Class>,
    #[serde(rename = "attribute")]
    attributes: Vec<Attribute>,
}

/// A class of errors; the table's first lines say what its members mean.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    #[serde(rename(deserialize = "class"))]
    pub name: String,
    kind: Option<String>,
    base: Option<String>,
    #[serde(default)]
    python_bases: Vec<String>,
    #[serde(default)]
    status: Vec<u16>,
    doc: String,
    /// The documentation of the kind, with links.
    #[serde(default)]
    doc_rust: String,
    when: String,
    /// Its own name, and those of the classes above it.
    #[serde(skip_deserializing)]
    ancestors: Vec<String>,
}

/// An attribute of all classes.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Attribute {
    name: String,
    /// The name in Node, if it differs from the name in camelCase.
    node: Option<String>,
    #[serde(rename = "type")]
    kind: AttributeType,
    #[serde(default)]
    nullable: bool,
    doc: String,
    /// The documentation in Rust, with links.
    #[serde(default)]
    doc_rust: String,
    /// The documentation in Node, where it differs.
    #[serde(default)]
    doc_node: String,
    /// The type of an integer in Rust.
    rust: Option<String>,
    /// The types in Python and TypeScript.
    #[serde(skip_deserializing)]
    python: &'static str,
    #[serde(skip_deserializing)]
    ts: &'static str,
}

/// The types of attributes.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum AttributeType {
    String,
    Integer,
    Boolean,
    Seconds,
    Duration,
    Messages,
    Headers,
}

/// Reads and checks the table.
pub fn read() -> Result<Errors> {
    parse(&table::text(ERRORS)?)
}

fn parse(text: &str) -> Result<Errors> {
    let mut errors: Errors = table::parse(ERRORS, text)?;
    errors.check().map_err(|problem| format!("{ERRORS}: {problem}"))?;
    let links = errors.links();
    let mut above: HashMap<String, Vec<String>> = HashMap::new();
    for class in &mut errors.classes {
        class.doc_rust = linked(&class.doc, &class.doc_rust, &links);
        class.ancestors.push(class.name.clone());
        class.ancestors.extend(class.base.iter().flat_map(|base| above.get(base)).flatten().cloned());
        above.insert(class.name.clone(), class.ancestors.clone());
    }
    for attribute in &mut errors.attributes {
        attribute.doc_rust = linked(&attribute.doc, &attribute.doc_rust, &links);
        if attribute.doc_node.is_empty() {
            attribute.doc_node.clone_from(&attribute.doc);
        }
        (attribute.python, attribute.ts) = attribute.kind.types();
    }
    Ok(errors)
}

impl Errors {
    fn check(&self) -> Result {
        let mut before = HashSet::new();
        for class in &self.classes {
            class.check(&before).map_err(|problem| format!("class {}: {problem}", class.name))?;
            before.insert(class.name.as_str());
        }
        match self.attributes.iter().find(|it| (it.kind == AttributeType::Integer) != it.rust.is_some()) {
            Some(Attribute { name, .. }) => {
                Err(format!("attribute {name}: an integer needs its type in `rust`, and nothing else has it"))
            }
            None => Ok(()),
        }
    }

    /// The names that documentation in Rust links, and what it links them to.
    fn links(&self) -> Vec<(String, String)> {
        let attributes = self
            .attributes
            .iter()
            .map(|Attribute { name, .. }| (format!("`{name}`"), format!("[`{name}`](crate::Error::{name})")));
        let kinds = self.classes.iter().filter_map(|Class { name, kind, .. }| {
            let kind = kind.as_ref()?;
            Some((format!("`{name}`"), format!("[`ErrorKind::{kind}`](crate::ErrorKind::{kind})")))
        });
        attributes.chain(kinds).collect()
    }
}

impl Class {
    fn check(&self, before: &HashSet<&str>) -> Result {
        if let Some(base) = self.base.as_ref().filter(|base| !before.contains(base.as_str())) {
            return Err(format!("`base` must be a class above it in the table, got {base}"));
        }
        match self.status.as_slice() {
            [] | [_] | [_, _] => {}
            more => return Err(format!("`status` must be one status, or the first and last, got {more:?}")),
        }
        match self.kind {
            None if !self.status.is_empty() => Err("a class with a `status` needs a `kind`".to_owned()),
            _ => Ok(()),
        }
    }
}

/// The documentation in Rust: its own if there is one, with links.
fn linked(doc: &str, own: &str, links: &[(String, String)]) -> String {
    let doc = if own.is_empty() { doc } else { own };
    links.iter().fold(doc.to_owned(), |doc, (name, link)| doc.replace(name, link))
}

impl AttributeType {
    /// The types in Python and TypeScript.
    const fn types(self) -> (&'static str, &'static str) {
        match self {
            AttributeType::String => ("str", "string"),
            AttributeType::Integer => ("int", "number"),
            AttributeType::Boolean => ("bool", "boolean"),
            AttributeType::Seconds | AttributeType::Duration => ("float", "number"),
            AttributeType::Messages => ("dict[str, list[str]]", "FieldErrors"),
            AttributeType::Headers => ("dict[str, str]", "Record<string, string>"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ATTRIBUTE: &str = "[[attribute]]\nname = \"errors\"\ntype = \"messages\"\ndoc = \"Messages.\"\n";

    fn class(rest: &str) -> Result<Errors> {
        parse(&format!(
            "{ATTRIBUTE}[[class]]\nclass = \"OddError\"\ndoc = \"Odd; see `errors`.\"\nwhen = \"odd\"\n{rest}"
        ))
    }

    #[test]
    fn what_is_wrong_with_a_row_is_reported_with_its_place() {
        for (rest, expected) in [
            (
                "base = \"NoError\"",
                "class OddError: `base` must be a class above it in the table, got NoError",
            ),
            ("status = [1, 2, 3]", "class OddError: `status` must be one status"),
            ("status = [410]", "class OddError: a class with a `status` needs a `kind`"),
            ("[[attribute]]\nname = \"n\"\ntype = \"integer\"\ndoc = \"\"", "attribute n: an integer needs"),
            ("colour = \"red\"", "line 9"),
        ] {
            let problem = class(rest).err().unwrap();
            assert!(problem.contains("errors.toml") && problem.contains(expected), "{problem}");
        }
    }

    #[test]
    fn attributes_are_linked_in_rust() {
        let errors = class("").unwrap();
        assert_eq!(errors.classes[0].doc_rust, "Odd; see [`errors`](crate::Error::errors).");
    }
}
