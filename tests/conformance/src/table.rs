//! The types of the table, field for field as `README.md` describes them. Unknown fields are errors: a
//! misspelt check must not pass silently.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// What can be wrong with the table itself.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// A file of the table, or its folder, cannot be read.
    #[error("cannot read {0}: {1}")]
    Read(PathBuf, std::io::Error),
    /// A file is not an array, or a case in it is not of the documented form.
    #[error("{0}: {1}")]
    Form(String, serde_json::Error),
    /// Two cases have one name.
    #[error("two cases are called {0}")]
    Twice(String),
}

/// All cases, in the order of the files' names and of their place in the file.
#[derive(Debug)]
pub struct Table {
    cases: Vec<Case>,
    raw: Vec<Box<RawValue>>,
}

impl Table {
    /// The table of this repository.
    ///
    /// # Errors
    /// When a file cannot be read or a case is not of the documented form.
    pub fn load() -> Result<Self, TableError> {
        Self::load_from(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases"))
    }

    /// The table made of every `*.json` in `folder`.
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

    /// The cases.
    #[must_use]
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// The case called `name`.
    #[must_use]
    pub fn case(&self, name: &str) -> Option<&Case> {
        self.cases.iter().find(|case| case.name == name)
    }

    /// The whole table as one JSON array, each case as it stands in its file.
    #[must_use]
    pub fn to_json(&self) -> String {
        let cases: Vec<&str> = self.raw.iter().map(|raw| raw.get()).collect();
        format!("[{}]", cases.join(","))
    }
}

/// One case: options, the server's mood, and steps on one client object.
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
    /// Whether anything listens at the base URL.
    #[serde(default)]
    pub server: Mood,
    /// What the caller does, in order.
    pub steps: Vec<Step>,
}

impl Case {
    /// The API key that the SDK is constructed with; `None` when the case says so.
    #[must_use]
    pub fn api_key(&self) -> Option<&str> {
        match self.options.get("api_key") {
            None => Some(crate::DEFAULT_API_KEY),
            Some(key) => key.as_str(),
        }
    }
}

/// Whether anything listens at the case's base URL.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mood {
    /// The conformance server does.
    #[default]
    Normal,
    /// Nothing does: connections are refused.
    Refuse,
}

/// One call, the requests it makes and what comes out of it.
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
    /// Every request of this step, in order.
    #[serde(default)]
    pub exchanges: Vec<Exchange>,
    /// What the caller must get.
    pub expect: Expect,
}

/// One request and its answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// How the request must look.
    pub request: Request,
    /// What the server does then.
    pub response: Response,
}

/// How a request must look on the wire.
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
    /// Headers that must not be there.
    #[serde(default)]
    pub no_headers: Vec<String>,
    /// The body as JSON.
    #[serde(default, deserialize_with = "present")]
    pub json: Option<Value>,
    /// The body as text.
    pub body: Option<String>,
}

/// What the server does with an expected request.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Response {
    /// The status code.
    #[serde(default = "ok")]
    pub status: u16,
    /// Headers beside, or instead of, the default ones.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// A JSON body; sent without white space, otherwise as written.
    pub json: Option<Box<RawValue>>,
    /// A text body.
    pub text: Option<String>,
    /// A body of arbitrary bytes.
    pub base64: Option<String>,
    /// What the header says instead of the body's length; `Some(None)` for no such header.
    #[serde(default, deserialize_with = "present")]
    pub content_length: Option<Option<u64>>,
    /// Send the body in chunks.
    #[serde(default)]
    pub chunked: bool,
    /// The whole answer verbatim.
    pub raw: Option<String>,
    /// How the bytes are paced.
    #[serde(default)]
    pub delivery: Delivery,
    /// What happens to the connection afterwards.
    #[serde(default)]
    pub then: Then,
    /// Close without a byte of answer.
    #[serde(default)]
    pub hang_up: bool,
    /// Never answer, wait for the client to close.
    #[serde(default)]
    pub silent: bool,
}

/// How the bytes of an answer are paced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Delivery {
    /// Head and body in one write.
    #[default]
    One,
    /// Head, this many milliseconds, body.
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

/// What happens to the connection after an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// It stays open for the next request.
    #[default]
    Keep,
    /// It is closed in order.
    Close,
    /// It is reset.
    Reset,
}

/// What the caller must get: an answer or an error.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Expect {
    /// An error.
    Error(ExpectError),
    /// An answer.
    Answer(ExpectAnswer),
}

/// The answer's wire form and typed attributes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectAnswer {
    /// The wire form; `Some(Null)` when the operation answers nothing.
    #[serde(default, deserialize_with = "present")]
    pub value: Option<Value>,
    /// Attribute paths and their values.
    #[serde(default)]
    pub attributes: BTreeMap<String, Value>,
}

/// The envelope of an expected error.
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
    /// Base classes that must hold too.
    #[serde(default)]
    pub is_a: Vec<String>,
    /// Attribute paths and their values.
    #[serde(default)]
    pub attributes: BTreeMap<String, Value>,
    /// The names of all fields in the error's `errors`.
    pub fields: Option<BTreeSet<String>>,
    /// Texts the message must contain. `{settings.audit_log}` is a name, spelled by the language.
    #[serde(default)]
    pub message_has: Vec<String>,
    /// Texts that neither message nor debug form may contain.
    #[serde(default)]
    pub message_lacks: Vec<String>,
}

fn ok() -> u16 {
    200
}

/// Tells `null` (`Some` of it) from absent (`None`), which serde's own `Option` does not.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
