//! The table of client options, with each option's types in every language.

use serde::{Deserialize, Serialize};
use toml::Value;

use super::table;
use crate::run::Result;

/// Where the table is, relative to the top of the checkout.
pub const OPTIONS: &str = "crates/crankwheel/tables/options.toml";

/// The table as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    option: Vec<Row>,
}

/// One row; the table's first lines say what its members mean.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    #[serde(rename = "type")]
    kind: OptionType,
    rust: Option<String>,
    doc: String,
    doc_rust: Option<String>,
    doc_python: Option<String>,
    doc_node: Option<String>,
    value: Option<Value>,
    default: Option<String>,
    example: Option<Value>,
    settings: Option<Settings>,
    minimum: Option<u32>,
    #[serde(default)]
    per_call: bool,
    languages: Option<Vec<Speaker>>,
}

/// The types of options.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum OptionType {
    Key,
    String,
    Path,
    Duration,
    Integer,
    Boolean,
    Headers,
    Function,
}

/// The settings that an option belongs to.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Settings {
    Call,
    Connection,
}

/// The languages by the names that the table uses.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Speaker {
    Rust,
    Python,
    Node,
}

/// An option as templates see it.
#[derive(Serialize)]
pub struct ClientOption {
    pub name: String,
    kind: OptionType,
    settings: Option<Settings>,
    minimum: Option<u32>,
    per_call: bool,
    /// The documentation and the types by language; the languages that lack the option have none.
    pub rust: Option<Rust>,
    pub python: Option<Described>,
    pub ts: Option<Described>,
}

/// An option in one language.
#[derive(Serialize)]
pub struct Described {
    pub doc: String,
    /// The default, in words.
    default: String,
    /// The type in words, for lists and tables of options; of a duration, its unit.
    words: &'static str,
    /// The type in code.
    code: &'static str,
}

/// An option in Rust.
#[derive(Serialize)]
pub struct Rust {
    #[serde(flatten)]
    described: Described,
    /// The type that is stored.
    stored: String,
    /// The type of the setter's argument.
    argument: String,
    /// The default in code, for an option that has one value as its default.
    value: Option<String>,
    /// The value in the documentation's example.
    example: String,
}

/// Reads and checks the table.
pub fn read() -> Result<Vec<ClientOption>> {
    parse(&table::text(OPTIONS)?)
}

fn parse(text: &str) -> Result<Vec<ClientOption>> {
    let table: Table = table::parse(OPTIONS, text)?;
    let option = |row: Row| {
        let name = row.name.clone();
        option(row).map_err(|problem| format!("{OPTIONS}: option {name}: {problem}"))
    };
    table.option.into_iter().map(option).collect()
}

fn option(row: Row) -> Result<ClientOption> {
    let default = row.default()?;
    let has = |speaker| row.languages.as_ref().is_none_or(|languages| languages.contains(&speaker));
    let described = |own: &Option<String>, (words, code)| Described {
        doc: own.clone().unwrap_or_else(|| row.doc.clone()),
        default: default.clone(),
        words,
        code,
    };
    let python = described(&row.doc_python, row.kind.python());
    let mut ts = described(&row.doc_node, row.kind.ts());
    if row.kind == OptionType::Duration {
        ts.doc = in_milliseconds(&ts.doc)?;
    }
    let rust = || -> Result<Rust> {
        let stored = row.stored()?;
        let words = (row.kind.words(), "");
        Ok(Rust {
            described: described(&row.doc_rust, words),
            value: row.value.as_ref().map(|value| row.code(value)).transpose()?,
            example: row.code(row.example.as_ref().ok_or("`example` is missing")?)?,
            argument: match row.kind {
                OptionType::Key | OptionType::String => "impl Into<String>".to_owned(),
                OptionType::Path => "impl Into<PathBuf>".to_owned(),
                OptionType::Headers => {
                    "impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>".to_owned()
                }
                _ => stored.clone(),
            },
            stored,
        })
    };
    Ok(ClientOption {
        rust: has(Speaker::Rust).then(rust).transpose()?,
        python: has(Speaker::Python).then_some(python),
        ts: has(Speaker::Node).then_some(ts),
        kind: row.kind,
        settings: row.settings,
        minimum: row.minimum,
        per_call: row.per_call,
        name: row.name,
    })
}

/// Adds the unit, which the other languages have in their types.
fn in_milliseconds(doc: &str) -> Result<String> {
    match doc.split_once("time that") {
        Some((before, after)) => Ok(format!("{before}time in milliseconds that{after}")),
        None => Err("the `doc` of a duration must begin with \"The time that\" or alike".to_owned()),
    }
}

impl Row {
    /// The default in words.
    fn default(&self) -> Result<String> {
        match (&self.value, &self.default) {
            (None, Some(default)) => Ok(default.clone()),
            (Some(Value::Integer(seconds)), None) if self.kind == OptionType::Duration => {
                Ok(format!("{seconds} s"))
            }
            (Some(Value::Integer(number)), None) if self.kind == OptionType::Integer => {
                Ok(number.to_string())
            }
            (Some(Value::Boolean(flag)), None) if self.kind == OptionType::Boolean => Ok(format!("`{flag}`")),
            (Some(value), None) => Err(self.unfit("value", value)),
            (Some(_), Some(_)) => Err("it has both `value` and `default`".to_owned()),
            (None, None) => Err("it has neither `value` nor `default`".to_owned()),
        }
    }

    fn stored(&self) -> Result<String> {
        let stored = match self.kind {
            OptionType::Key => "KeyOption",
            OptionType::String => "String",
            OptionType::Path => "PathBuf",
            OptionType::Duration => "Duration",
            OptionType::Boolean => "bool",
            OptionType::Headers => "HeaderChanges",
            OptionType::Integer => self.rust.as_deref().ok_or("an integer needs its type in `rust`")?,
            OptionType::Function => return Err("Rust has no options of the type \"function\"".to_owned()),
        };
        Ok(stored.to_owned())
    }

    /// A value in Rust.
    fn code(&self, value: &Value) -> Result<String> {
        match (self.kind, value) {
            (OptionType::Key | OptionType::String | OptionType::Path, Value::String(text)) => {
                Ok(format!("{text:?}"))
            }
            (OptionType::Duration, Value::Integer(seconds)) => Ok(format!("Duration::from_secs({seconds})")),
            (OptionType::Integer, Value::Integer(number)) => Ok(number.to_string()),
            (OptionType::Boolean, Value::Boolean(flag)) => Ok(flag.to_string()),
            (OptionType::Headers, Value::Table(headers)) => {
                let text = |(name, value): (&String, &Value)| {
                    let value = value.as_str().ok_or_else(|| self.unfit("example", value))?;
                    Ok(format!("({name:?}, {value:?})"))
                };
                let pairs: Result<Vec<_>, String> = headers.iter().map(text).collect();
                Ok(format!("[{}]", pairs?.join(", ")))
            }
            _ => Err(self.unfit("example", value)),
        }
    }

    fn unfit(&self, member: &str, value: &Value) -> String {
        format!("`{member}` does not fit the type {:?}, got a value of type {}", self.kind, value.type_str())
    }
}

impl OptionType {
    /// The type in words.
    const fn words(self) -> &'static str {
        match self {
            OptionType::Key | OptionType::String => "string",
            OptionType::Path => "path",
            OptionType::Duration => "`Duration`",
            OptionType::Integer => "integer",
            OptionType::Boolean => "boolean",
            OptionType::Headers => "pairs of strings",
            OptionType::Function => "function",
        }
    }

    /// The type in words and in code.
    const fn python(self) -> (&'static str, &'static str) {
        match self {
            OptionType::Key => ("str or callable", "Key"),
            OptionType::String => ("str", "str"),
            OptionType::Path => ("str or path", "types.PathArgument"),
            OptionType::Duration => ("seconds or timedelta", "types.Seconds"),
            OptionType::Integer => ("int", "int"),
            OptionType::Boolean => ("bool", "bool"),
            OptionType::Headers => ("mapping of names to values", "types.HeadersArgument"),
            OptionType::Function => ("callable", "Callable[..., object]"),
        }
    }

    /// The type in words and in code.
    const fn ts(self) -> (&'static str, &'static str) {
        match self {
            OptionType::Key => ("string or function", "string | ApiKeyFunction"),
            OptionType::String | OptionType::Path => ("string", "string"),
            OptionType::Duration => ("milliseconds", "number"),
            OptionType::Integer => ("number", "number"),
            OptionType::Boolean => ("boolean", "boolean"),
            OptionType::Headers => ("object, `Map` or `Headers`", "HeadersOption"),
            OptionType::Function => ("function", "function"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: &str = "[[option]]\nname = \"limit\"\ntype = \"integer\"\ndoc = \"A limit.\"\n";

    fn problem(rows: &str) -> String {
        parse(&format!("{ROW}{rows}")).err().unwrap()
    }

    #[test]
    fn what_a_row_lacks_is_reported_with_its_place() {
        assert!(problem("").contains("option limit: it has neither `value` nor `default`"));
        assert!(problem("value = 7").contains("option limit: an integer needs its type in `rust`"));
        assert!(
            problem("value = true\nrust = \"u32\"")
                .contains("does not fit the type Integer, got a value of type boolean")
        );
        assert!(problem("value = 7\nrust = \"u32\"").contains("`example` is missing"));
        let unknown = problem("value = 7\ncolour = \"red\"");
        assert!(unknown.contains("options.toml") && unknown.contains("line 6"), "{unknown}");
    }

    #[test]
    fn a_default_is_written_once() {
        let options = parse(&format!("{ROW}value = 7\nrust = \"u32\"\nexample = 8")).unwrap();
        let (python, rust) = (options[0].python.as_ref().unwrap(), options[0].rust.as_ref().unwrap());
        assert_eq!((python.default.as_str(), rust.value.as_deref()), ("7", Some("7")));
    }
}
