//! The table of error classes and their attributes.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::table;
use crate::run::Outcome;

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

/// A class of errors; the head of the table says what its members mean.
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
    /// The documentation of the kind, with links to the attributes.
    #[serde(default)]
    doc_rust: String,
    when: String,
}

/// An attribute of all classes.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Attribute {
    name: String,
    /// The name in Node, where it is another one than the name in camelCase.
    node: Option<String>,
    #[serde(rename = "type")]
    kind: Kind,
    #[serde(default)]
    nullable: bool,
    doc: String,
    /// The types in Python and TypeScript.
    #[serde(skip_deserializing)]
    python: &'static str,
    #[serde(skip_deserializing)]
    ts: &'static str,
}

/// The types of attributes.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    String,
    Integer,
    Boolean,
    Seconds,
    Messages,
    Headers,
}

/// Reads and checks the table.
pub fn read() -> Outcome<Errors> {
    parse(&table::text(ERRORS)?)
}

fn parse(text: &str) -> Outcome<Errors> {
    let mut errors: Errors = table::parse(ERRORS, text)?;
    let Errors { classes, attributes } = &mut errors;
    for attribute in attributes.iter_mut() {
        (attribute.python, attribute.ts) = attribute.kind.types();
    }
    let mut bases = HashMap::new();
    for class in classes {
        class.check(&bases).map_err(|problem| format!("{ERRORS}: class {}: {problem}", class.name))?;
        bases.insert(class.name.clone(), class.kind.clone());
        let own = if class.doc_rust.is_empty() { &class.doc } else { &class.doc_rust };
        class.doc_rust = linked(own, attributes);
    }
    Ok(errors)
}

impl Class {
    fn check(&self, before: &HashMap<String, Option<String>>) -> Outcome {
        if let Some(base) = self.base.as_ref().filter(|base| !before.contains_key(*base)) {
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

/// Links the attributes that a text names to their getters.
fn linked(doc: &str, attributes: &[Attribute]) -> String {
    attributes.iter().fold(doc.to_owned(), |doc, Attribute { name, .. }| {
        doc.replace(&format!("`{name}`"), &format!("[`{name}`](crate::Error::{name})"))
    })
}

impl Kind {
    /// The types in Python and TypeScript.
    const fn types(self) -> (&'static str, &'static str) {
        match self {
            Kind::String => ("str", "string"),
            Kind::Integer => ("int", "number"),
            Kind::Boolean => ("bool", "boolean"),
            Kind::Seconds => ("float", "number"),
            Kind::Messages => ("dict[str, list[str]]", "FieldErrors"),
            Kind::Headers => ("dict[str, str]", "Record<string, string>"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ATTRIBUTE: &str = "[[attribute]]\nname = \"errors\"\ntype = \"messages\"\ndoc = \"Messages.\"\n";

    fn class(rest: &str) -> Outcome<Errors> {
        parse(&format!(
            "{ATTRIBUTE}[[class]]\nclass = \"OddError\"\ndoc = \"Odd; see `errors`.\"\nwhen = \"odd\"\n{rest}"
        ))
    }

    #[test]
    fn what_is_wrong_with_a_row_is_reported_with_its_place() {
        for (rest, expected) in [
            ("base = \"NoError\"", "class OddError: `base` must be a class above it in the table, got NoError"),
            ("status = [1, 2, 3]", "class OddError: `status` must be one status"),
            ("status = [410]", "class OddError: a class with a `status` needs a `kind`"),
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
