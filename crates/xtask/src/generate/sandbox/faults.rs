//! The kinds of faults and their members, with each member's types in every language.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::run::Result;

/// A kind of fault; the first lines of the table explain its members.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRow {
    kind: String,
    sees: String,
    doc: String,
    #[serde(default, rename = "member")]
    members: Vec<Row>,
}

/// A member of a fault, or of the scope that all faults have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    name: String,
    #[serde(rename = "type")]
    kind: MemberType,
    rust: Option<String>,
    value: Option<Value>,
    default: Option<String>,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    choices: Vec<Choice>,
    doc: String,
    doc_rust: Option<String>,
}

/// The types of members.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum MemberType {
    Integer,
    Number,
    String,
    Boolean,
    Headers,
    Choice,
    Json,
}

/// A value of a choice.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    name: String,
    doc: String,
}

/// A kind of fault as templates see it.
#[derive(Serialize)]
pub struct Fault {
    kind: String,
    sees: String,
    doc: String,
    members: Vec<Member>,
}

/// A member as templates see it.
#[derive(Clone, Serialize)]
pub struct Member {
    name: String,
    kind: MemberType,
    doc: String,
    doc_rust: String,
    required: bool,
    /// The default in words; empty for a required member.
    default: String,
    /// The default of a number or string, in every language's code.
    value: Option<String>,
    choices: Vec<Choice>,
    /// The type in Rust; the languages that lack the member have none.
    rust: Option<String>,
    python: Typed,
    ts: String,
}

/// The type of a member in Python.
#[derive(Clone, PartialEq, Eq, Serialize)]
struct Typed {
    words: &'static str,
    code: String,
}

/// A member of one or more kinds of faults.
#[derive(Serialize)]
pub struct Parameter {
    name: String,
    doc: String,
    python: Typed,
}

impl FaultRow {
    /// Checks the row and adds the types.
    pub fn build(self) -> Result<Fault> {
        let build = |row: Row| {
            let member = row.build()?;
            // In Rust, the default of these is that of their type.
            match (member.kind, member.value.as_deref()) {
                (MemberType::Boolean, Some("true")) => {
                    Err(format!("{}: a boolean must be false by default", member.name))
                }
                (MemberType::String, Some(_)) => {
                    Err(format!("{}: a string must be empty by default", member.name))
                }
                _ => Ok(member),
            }
        };
        let members = self.members.into_iter().map(build).collect::<Result<_>>();
        let members = members.map_err(|problem| format!("fault {}: {problem}", self.kind))?;
        Ok(Fault { kind: self.kind, sees: self.sees, doc: self.doc, members })
    }
}

impl Row {
    /// Checks the row and adds the types.
    fn build(self) -> Result<Member> {
        let name = self.name.clone();
        self.checked().map_err(|problem| format!("{name}: {problem}"))
    }

    fn checked(self) -> Result<Member> {
        let (rust, (words, python), ts) = (self.rust()?, self.python(), self.ts());
        let doc = self.doc_of_choices();
        Ok(Member {
            default: self.default()?,
            value: self.value.map(|value| value.to_string()),
            name: self.name,
            kind: self.kind,
            doc,
            doc_rust: self.doc_rust.unwrap_or(self.doc),
            required: self.required,
            choices: self.choices,
            rust,
            python: Typed { words, code: python },
            ts,
        })
    }

    /// The documentation, with that of the choices. Rust has a type for those.
    fn doc_of_choices(&self) -> String {
        let choice = |choice: &Choice| format!(" `{}`: {}", choice.name, choice.doc);
        self.doc.clone() + &self.choices.iter().map(choice).collect::<String>()
    }

    /// The default in words.
    fn default(&self) -> Result<String> {
        match (self.kind, &self.value, &self.default) {
            (_, None, None) if self.required => Ok(String::new()),
            _ if self.required => Err("it is required and has a default".to_owned()),
            (MemberType::Choice, None, None) => {
                Ok(self.choices.first().map(|choice| format!("`{}`", choice.name)).unwrap_or_default())
            }
            (_, Some(_), Some(_)) => Err("it has both `value` and `default`".to_owned()),
            (_, None, None) => Err("it has no `value`, no `default`, and is not `required`".to_owned()),
            (_, None, Some(default)) => Ok(default.clone()),
            (MemberType::Integer, Some(Value::Number(number)), None) => Ok(number.to_string()),
            (MemberType::Boolean, Some(Value::Bool(flag)), None) => Ok(format!("`{flag}`")),
            (MemberType::String, Some(Value::String(text)), None) => Ok(format!("`{text}`")),
            (kind, Some(value), None) => Err(format!("`value` does not fit the type {kind:?}, got {value}")),
        }
    }

    fn rust(&self) -> Result<Option<String>> {
        let own = self.rust.as_deref();
        let code = match self.kind {
            MemberType::Integer | MemberType::Number => own.ok_or("an integer needs its type in `rust`")?,
            MemberType::Choice => own
                .filter(|_| !self.choices.is_empty())
                .ok_or("a choice needs its Rust name and `choices`")?,
            MemberType::String => "String",
            MemberType::Boolean => "bool",
            MemberType::Headers => "BTreeMap<String, String>",
            MemberType::Json => return Ok(None),
        };
        Ok(Some(code.to_owned()))
    }

    /// The type in words and in code.
    fn python(&self) -> (&'static str, String) {
        let (words, code) = match self.kind {
            MemberType::Integer => ("int", "int"),
            MemberType::Number => ("float", "float"),
            MemberType::String => ("str", "str"),
            MemberType::Boolean => ("bool", "bool"),
            MemberType::Headers => ("mapping", "abc.Mapping[str, str]"),
            MemberType::Choice => ("str", &*format!("typing.Literal[{}]", self.quoted("\"", ", "))),
            MemberType::Json => ("any JSON value", "typing.Any"),
        };
        (words, code.to_owned())
    }

    fn ts(&self) -> String {
        match self.kind {
            MemberType::Integer | MemberType::Number => "number".to_owned(),
            MemberType::String => "string".to_owned(),
            MemberType::Boolean => "boolean".to_owned(),
            MemberType::Headers => "Record<string, string>".to_owned(),
            MemberType::Choice => self.quoted("'", " | "),
            MemberType::Json => "unknown".to_owned(),
        }
    }

    fn quoted(&self, quote: &str, separator: &str) -> String {
        let quoted = self.choices.iter().map(|choice| format!("{quote}{}{quote}", choice.name));
        quoted.collect::<Vec<_>>().join(separator)
    }
}

/// Checks the scope that all faults have, and adds the types.
pub fn scope(rows: Vec<Row>) -> Result<Vec<Member>> {
    let build = |row: Row| {
        let member = row.build()?;
        match (member.kind, member.value.as_deref()) {
            (MemberType::String, Some("\"*\""))
            | (MemberType::Integer, Some("0") | None)
            | (MemberType::Number, None) => Ok(member),
            _ => Err(format!(
                "{}: must be a string with the default `*`, or a number with the default 0 or none",
                member.name
            )),
        }
    };
    rows.into_iter().map(build).collect::<Result<_>>().map_err(|problem| format!("scope {problem}"))
}

/// Returns the members of all kinds, each name once, with the kinds that have it.
pub fn parameters(faults: &[Fault]) -> Result<Vec<Parameter>> {
    let mut names: Vec<&str> = Vec::new();
    let members = || faults.iter().flat_map(|fault| fault.members.iter().map(move |member| (fault, member)));
    let mut parameters = Vec::new();
    for (_, first) in members() {
        if names.contains(&first.name.as_str()) {
            continue;
        }
        names.push(&first.name);
        let mut kinds = Vec::new();
        for (fault, member) in members().filter(|(_, member)| member.name == first.name) {
            if (&member.doc, &member.python) != (&first.doc, &first.python) {
                return Err(format!(
                    "two kinds of faults differ in the type or documentation of `{}`",
                    first.name
                ));
            }
            let note =
                if member.required { "required".to_owned() } else { format!("default: {}", member.default) };
            kinds.push(format!("`{}` ({note})", fault.kind));
        }
        parameters.push(Parameter {
            name: first.name.clone(),
            doc: format!("{} For {}.", first.doc, kinds.join(" and ")),
            python: first.python.clone(),
        });
    }
    Ok(parameters)
}
