//! The types of the table, field for field as `README.md` describes them. Unknown fields are errors: a
//! misspelt check must not pass silently.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// A problem of the table itself.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// A file of the table, or its folder, cannot be read.
    #[error("cannot read {0}: {1}")]
    Read(PathBuf, std::io::Error),
    /// A file is not an array, or a case in it is not of the documented form.
    #[error("{0}: {1}")]
    Form(String, serde_json::Error),
    /// Two cases have the same name.
    #[error("two cases are called {0}")]
    Twice(String),
}

/// All cases, by the names of their files and their order in them.
#[derive(Debug)]
pub struct Table {
    cases: Vec<Case>,
    raw: Vec<Box<RawValue>>,
}

impl Table {
    /// Reads the table of this repository.
    ///
    /// # Errors
    /// When a file cannot be read or a case is not of the documented form.
    pub fn load() -> Result<Self, TableError> {
        Self::load_from(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases"))
    }

    /// Reads the table from every `*.json` in `folder`.
    ///
    /// # Errors
    /// When a file cannot be read or a case is not of the documented form.
    pub fn load_from(folder: &Path) -> Result<Self, TableError> {
        let read_error = |path: &Path| {
            let path = path.to_owned();
            move |error| TableError::Read(path, error)
        };
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(read_error(folder))? {
            let path = entry.map_err(read_error(folder))?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                files.push(path);
            }
        }
        files.sort();
        let mut table = Self { cases: Vec::new(), raw: Vec::new() };
        for file in files {
            let text = std::fs::read_to_string(&file).map_err(read_error(&file))?;
            table.add(&file.display().to_string(), &text)?;
        }
        Ok(table)
    }

    /// Adds the cases of one file's text; `origin` names it in errors.
    ///
    /// # Errors
    /// When a case is not of the documented form, or its name is taken.
    pub fn add(&mut self, origin: &str, text: &str) -> Result<(), TableError> {
        let raw: Vec<Box<RawValue>> =
            serde_json::from_str(text).map_err(|error| TableError::Form(origin.to_owned(), error))?;
        for raw in raw {
            let case: Case = serde_json::from_str(raw.get()).map_err(|error| {
                let start: String = raw.get().chars().take(60).collect();
                TableError::Form(format!("{origin}: {}…", start.replace('\n', " ")), error)
            })?;
            if self.cases.iter().any(|known| known.name == case.name) {
                return Err(TableError::Twice(case.name));
            }
            self.cases.push(case);
            self.raw.push(raw);
        }
        Ok(())
    }

    /// Returns the cases.
    #[must_use]
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// Returns the case with this name.
    #[must_use]
    pub fn case(&self, name: &str) -> Option<&Case> {
        self.cases.iter().find(|case| case.name == name)
    }

    /// Returns the whole table as one JSON array, each case as it is written in its file.
    #[must_use]
    pub fn to_json(&self) -> String {
        let cases: Vec<&str> = self.raw.iter().map(|raw| raw.get()).collect();
        format!("[{}]", cases.join(","))
    }
}

/// One case: options, the server's mode, and steps on one client object.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Unique; `topic/what`.
    pub name: String,
    /// One sentence: why the case exists.
    pub about: String,
    /// Constructor options; `null` for the API key means none.
    #[serde(default)]
    pub options: BTreeMap<String, Value>,
    /// The mode of the server.
    #[serde(default)]
    pub server: ServerMode,
    /// The caller's calls, in order.
    pub steps: Vec<Step>,
}

impl Case {
    /// Returns the API key that the SDK is constructed with; `None` when the case has `null`.
    #[must_use]
    pub fn api_key(&self) -> Option<&str> {
        match self.options.get("api_key") {
            None => Some(crate::DEFAULT_API_KEY),
            Some(key) => key.as_str(),
        }
    }
}

/// The mode of the server: it listens at the case's base URL, or nothing does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerMode {
    /// The conformance server listens.
    #[default]
    Normal,
    /// Nothing listens: connections are refused.
    Refuse,
}

/// One call, its requests and its expected result.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// `resource.method`, `snake_case`.
    pub operation: String,
    /// Positional arguments.
    #[serde(default)]
    pub args: Vec<Value>,
    /// Arguments by name.
    #[serde(default)]
    pub kwargs: serde_json::Map<String, Value>,
    /// Options of the copy of the client that makes this call; absent: the client itself does.
    pub with_options: Option<BTreeMap<String, Value>>,
    /// Every request of this step, in order.
    #[serde(default)]
    pub exchanges: Vec<Exchange>,
    /// The result that the caller must get.
    pub expect: Expect,
}

/// One request and its response.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// The expected request.
    pub request: Request,
    /// The server's response.
    pub response: Response,
}

/// A request as it must be on the wire.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path, percent-encoded, without the run's prefix.
    pub path: String,
    /// Decoded name and value pairs, in order.
    #[serde(default)]
    pub query: Vec<(String, String)>,
    /// Headers that must have exactly this value.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Headers that must be absent.
    #[serde(default)]
    pub no_headers: Vec<String>,
    /// The body as JSON.
    #[serde(default, deserialize_with = "present")]
    pub json: Option<Value>,
    /// The body as text.
    pub body: Option<String>,
}

/// The server's response to an expected request.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Response {
    /// The status code.
    #[serde(default = "ok")]
    pub status: u16,
    /// Headers in addition to the default ones; the same names replace those.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// A JSON body; sent without white space, otherwise as written.
    pub json: Option<Box<RawValue>>,
    /// A body of plain text.
    pub text: Option<String>,
    /// A body of arbitrary bytes.
    pub base64: Option<String>,
    /// The value of the header instead of the body's length; `Some(None)` for no such header.
    #[serde(default, deserialize_with = "present")]
    pub content_length: Option<Option<u64>>,
    /// Send the body in chunks.
    #[serde(default)]
    pub chunked: bool,
    /// The whole response verbatim.
    pub raw: Option<String>,
    /// The pace of the bytes.
    #[serde(default)]
    pub delivery: Delivery,
    /// The state of the connection afterwards.
    #[serde(default)]
    pub then: Then,
    /// Close the connection without a byte of response.
    #[serde(default)]
    pub hang_up: bool,
    /// Never respond; wait for the client to close the connection.
    #[serde(default)]
    pub silent: bool,
}

/// The pace of a response's bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Delivery {
    /// Headers and body in one write.
    #[default]
    One,
    /// Headers, a pause of this many milliseconds, body.
    Split(u64),
    /// Byte by byte.
    Bytes,
}

impl<'de> Deserialize<'de> for Delivery {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.as_str() {
            "one" => Ok(Self::One),
            "bytes" => Ok(Self::Bytes),
            other => other
                .strip_prefix("split:")
                .and_then(|ms| ms.parse().ok())
                .map(Self::Split)
                .ok_or_else(|| serde::de::Error::custom(format!("delivery {other:?}"))),
        }
    }
}

/// The state of the connection after a response.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// It stays open for the next request.
    #[default]
    Keep,
    /// It is closed normally.
    Close,
    /// It is reset.
    Reset,
}

/// The expected result of a call: a value or an error.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Expect {
    /// An error.
    Error(ExpectError),
    /// A value.
    Result(ExpectResult),
}

/// An expected value: its JSON form and typed attributes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectResult {
    /// The JSON form; `Some(Null)` when the operation returns nothing.
    #[serde(default, deserialize_with = "present")]
    pub value: Option<Value>,
    /// Attribute paths and their values.
    #[serde(default)]
    pub attributes: BTreeMap<String, Value>,
}

/// The object that holds an expected error.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectError {
    /// The error itself.
    pub error: ErrorShape,
}

/// Class, attributes and message of an expected error.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorShape {
    /// The exact class name.
    pub class: String,
    /// Base classes that it must also be an instance of.
    #[serde(default)]
    pub is_a: Vec<String>,
    /// Attribute paths and their values.
    #[serde(default)]
    pub attributes: BTreeMap<String, Value>,
    /// The names of all fields in the error's `errors`.
    pub fields: Option<BTreeSet<String>>,
    /// Strings that the message must contain. `{settings.audit_log}` is a name, spelled as the language does.
    #[serde(default)]
    pub message_has: Vec<String>,
    /// Strings that neither the message nor the debug form may contain.
    #[serde(default)]
    pub message_lacks: Vec<String>,
}

fn ok() -> u16 {
    200
}

/// Distinguishes `null` (`Some` of it) from absent (`None`), which serde's own `Option` does not.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
