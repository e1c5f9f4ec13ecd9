//! The options of a sandbox, with each option's types in every language.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::run::Result;

/// A row; the first lines of the table explain its members.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionRow {
    name: String,
    #[serde(rename = "type")]
    kind: SandboxOptionType,
    rust: Option<String>,
    value: Option<Value>,
    default: Option<String>,
    maximum: Option<u64>,
    program: Option<u64>,
    flag: Option<Flag>,
    doc: String,
}

/// The types of options.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum SandboxOptionType {
    Integer,
    Boolean,
    Address,
    Hosts,
    Time,
    Key,
}

/// The flag of the program that turns a boolean off, or takes one of several hosts.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Flag {
    name: String,
    doc: String,
}

/// An option as templates see it.
#[derive(Serialize)]
pub struct SandboxOption {
    name: String,
    kind: SandboxOptionType,
    doc: String,
    /// The default in words.
    default: String,
    /// The default of the program's flag, in words.
    program: String,
    flag: Option<Flag>,
    maximum: Option<String>,
    rust: Typed,
    python: Typed,
    ts: Typed,
}

/// An option in one language.
#[derive(Serialize)]
struct Typed {
    /// The type in words, for lists and tables of options.
    words: &'static str,
    /// The type in code.
    code: String,
    /// The default in code, unless it is the language's word for "not given".
    value: Option<String>,
}

impl OptionRow {
    /// Checks the row and adds the types.
    pub fn build(self) -> Result<SandboxOption> {
        let name = self.name.clone();
        self.checked().map_err(|problem| format!("option {name}: {problem}"))
    }

    fn checked(self) -> Result<SandboxOption> {
        let default = self.default()?;
        let hosts = self.kind == SandboxOptionType::Hosts;
        if (hosts || self.value == Some(Value::Bool(true))) != self.flag.is_some() {
            let message = "only hosts and a boolean that is `true` by default have a `flag`, and need one";
            return Err(message.to_owned());
        }
        let (rust, python) = (self.rust()?, self.python());
        let ts = match self.kind {
            SandboxOptionType::Integer => ("number", "number"),
            SandboxOptionType::Boolean => ("boolean", "boolean"),
            SandboxOptionType::Address | SandboxOptionType::Key => ("string", "string"),
            SandboxOptionType::Hosts => ("array of strings", "readonly string[]"),
            SandboxOptionType::Time => ("`Date` or RFC 3339 string", "Date | string"),
        };
        Ok(SandboxOption {
            doc: self.doc.replace("{maximum}", &self.maximum.map(grouped(",")).unwrap_or_default()),
            program: self.program.map_or_else(|| default.clone(), |number| number.to_string()),
            maximum: self.maximum.map(grouped("_")),
            ts: Typed { words: ts.0, code: ts.1.to_owned(), value: None },
            name: self.name,
            kind: self.kind,
            flag: self.flag,
            default,
            rust,
            python,
        })
    }

    /// The default in words.
    fn default(&self) -> Result<String> {
        match (self.kind, &self.value, &self.default) {
            (_, Some(_), Some(_)) => Err("it has both `value` and `default`".to_owned()),
            (SandboxOptionType::Boolean, None, _) => Err("a boolean needs its default in `value`".to_owned()),
            (SandboxOptionType::Address, None, _) => {
                Err("an address needs its default in `value`".to_owned())
            }
            (_, None, Some(default)) => Ok(default.clone()),
            (_, None, None) => Err("it has neither `value` nor `default`".to_owned()),
            (SandboxOptionType::Integer, Some(Value::Number(number)), None) => Ok(number.to_string()),
            (SandboxOptionType::Boolean, Some(Value::Bool(flag)), None) => Ok(format!("`{flag}`")),
            (SandboxOptionType::Address, Some(Value::String(address)), None) => Ok(format!("`{address}`")),
            (kind, Some(value), None) => Err(format!("`value` does not fit the type {kind:?}, got {value}")),
        }
    }

    fn rust(&self) -> Result<Typed> {
        let (words, code) = match self.kind {
            SandboxOptionType::Integer => {
                ("integer", self.rust.as_deref().ok_or("an integer needs its type in `rust`")?)
            }
            SandboxOptionType::Boolean => ("boolean", "bool"),
            SandboxOptionType::Address => ("IP address", "IpAddr"),
            SandboxOptionType::Hosts => ("list of strings", "Vec<String>"),
            SandboxOptionType::Time => ("RFC 3339 time", "Timestamp"),
            SandboxOptionType::Key => ("string", "String"),
        };
        let value = self.value.as_ref().map(|value| match value {
            Value::String(address) => format!("IpAddr::from([{}])", address.replace('.', ", ")),
            value => value.to_string(),
        });
        let value =
            value.or_else(|| (self.kind == SandboxOptionType::Hosts).then(|| "Vec::new()".to_owned()));
        let code = if value.is_some() { code.to_owned() } else { format!("Option<{code}>") };
        Ok(Typed { words, code, value })
    }

    fn python(&self) -> Typed {
        let (words, code) = match self.kind {
            SandboxOptionType::Integer => ("int", "int"),
            SandboxOptionType::Boolean => ("bool", "bool"),
            SandboxOptionType::Address | SandboxOptionType::Key => ("str", "str"),
            SandboxOptionType::Hosts => ("sequence of str", "abc.Sequence[str]"),
            SandboxOptionType::Time => ("aware datetime or RFC 3339 str", "datetime.datetime | str"),
        };
        let value = self.value.as_ref().map(|value| match value {
            Value::Bool(flag) => if *flag { "True" } else { "False" }.to_owned(),
            value => value.to_string(),
        });
        let value = value.or_else(|| (self.kind == SandboxOptionType::Hosts).then(|| "()".to_owned()));
        let code = if value.is_some() { code.to_owned() } else { format!("{code} | None") };
        Typed { words, code, value }
    }
}

/// Writes a number in groups of three digits.
fn grouped(separator: &str) -> impl Fn(u64) -> String {
    move |number| {
        let digits = number.to_string();
        let mut out = String::new();
        for (index, digit) in digits.char_indices() {
            if index > 0 && (digits.len() - index) % 3 == 0 {
                out.push_str(separator);
            }
            out.push(digit);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([5, 365, 3_660, 10_000_000].map(grouped(",")), ["5", "365", "3,660", "10,000,000"]);
    }
}
