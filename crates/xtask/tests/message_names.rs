//! No message shows a name or a value as another language spells it.
//!
//! Messages of the core are composed from string literals and spelled names (`name("audit_log")`, `null()`). So a
//! literal that is more than a bare name must contain no name with an underscore, no name in camelCase, and no word
//! that stands for a value in one language only. A binding may use what its own language has.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use heck::ToLowerCamelCase;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use serde_json::Value;

/// The languages whose names literals may contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speaks {
    /// Only names that all languages have in common.
    All,
    /// In addition JSON's `null`: a value of a response is JSON in every language.
    Json,
    Python,
    Node,
}

/// Rust sources whose messages callers read; the last folder that a file is in counts.
const SOURCES: [(&str, Speaks); 6] = [
    ("crates/crankwheel/src", Speaks::All),
    ("crates/crankwheel/src/json", Speaks::Json),
    ("crates/crankwheel/src/model", Speaks::Json),
    ("crates/crankwheel/src/table", Speaks::Json),
    ("bindings/node/src", Speaks::Node),
    ("bindings/python/src", Speaks::Python),
];

#[test]
fn no_message_has_a_name_of_another_language() {
    let names = camel_case_names();
    let (mut problems, mut literals) = (Vec::new(), 0);
    for file in sources() {
        let inside = |folder: &str| file.starts_with(root().join(folder));
        let (_, speaks) = SOURCES.iter().rev().find(|(folder, _)| inside(folder)).unwrap();
        let found = Scan::of(&std::fs::read_to_string(&file).unwrap());
        literals += found.literals.len();
        let shown = file.strip_prefix(root()).unwrap().display().to_string();
        let wrong = found.problems(&names, *speaks);
        problems.extend(wrong.into_iter().map(|problem| format!("{shown}: {problem}")));
    }
    assert!(literals > 1000, "the scan has lost its way: {literals} literals");
    assert!(problems.is_empty(), "{} problems\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn what_is_wrong_is_found() {
    let names = camel_case_names();
    let problems = |source: &str, speaks: Speaks| Scan::of(source).problems(&names, speaks).len();
    for (wrong, speaks) in [
        (r#"fn f() { configuration(format!("`base_url` is not a valid URL")) }"#, Speaks::All),
        (r#"fn f() { let s = "set it with set_plan"; }"#, Speaks::Node),
        (r##"fn f() { let s = r#"the `settings.audit_log`"#; }"##, Speaks::Json),
        (r#"const S: &str = "\nmin_seconds: must not be negative";"#, Speaks::All),
        (r#"macro_rules! m { () => { "a new_name" } }"#, Speaks::All),
        (r#"fn f() { let s = "use setPlan"; }"#, Speaks::All),
        (r#"fn f() { let s = "`connectTimeout` is too long"; }"#, Speaks::Python),
        (r#"fn f() { let s = "must be a string or None"; }"#, Speaks::Node),
        (r#"fn f() { let s = "must be True"; }"#, Speaks::All),
        (r#"fn f() { let s = "must be a string or null"; }"#, Speaks::Python),
        (r#"fn f() { Error::invalid("dest_url", "must be a string") }"#, Speaks::All),
    ] {
        assert_eq!(problems(wrong, speaks), 1, "{wrong}");
    }
    for (right, speaks) in [
        (
            r#"fn f() { format!("{}: must not be negative, got {min_seconds}", name("min_seconds")) }"#,
            Speaks::All,
        ),
        (r#"fn f() { format!("{get_or_create:?} {{link}}") }"#, Speaks::All),
        (r#"fn f() { Error::invalid(&name("dest_url"), "must be a string") }"#, Speaks::All),
        (r#"fn f() { let s = "expected a string, found null"; }"#, Speaks::Json),
        (r#"fn f() { let s = "base_url: must be a string or None"; }"#, Speaks::Python),
        (r#"fn f() { let s = "baseUrl: must be a string or null"; }"#, Speaks::Node),
        (r#"/// Names `audit_log` and None."#, Speaks::All),
        (r#"#[napi(ts_return_type = "some_type of it")] fn f() {}"#, Speaks::All),
        (r#"const PATH: &str = "/ss/rsapi/grant_token/{email}/list_clients";"#, Speaks::All),
        (r#"#[cfg(test)] mod tests { const S: &str = "the audit_log"; }"#, Speaks::All),
        (r#"const NAMES: [&str; 2] = ["settings.audit_log", "SSL_CERT_FILE"];"#, Speaks::All),
        (r#"fn f() { let s = "set the environment variable SSL_CERT_FILE"; }"#, Speaks::All),
        (r#"fn f() { format!("{{\"start_date\": {at}, \"end\": null}}") }"#, Speaks::All),
    ] {
        assert_eq!(problems(right, speaks), 0, "{right}");
    }
}

/// The string literals of a source, and those among them that a constructor of errors takes as a name.
#[derive(Default)]
struct Scan {
    literals: Vec<String>,
    unspelled: Vec<String>,
}

impl Scan {
    fn of(source: &str) -> Self {
        let mut scan = Scan::default();
        scan.take(source.parse().unwrap());
        scan
    }

    fn take(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at += 1;
            match token {
                // Attributes, doc comments among them; the item after a `#[cfg(test)]` goes with it.
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    at += usize::from(tokens.get(at).is_some_and(|token| token.to_string() == "!"));
                    let attribute = tokens.get(at).map(ToString::to_string).unwrap_or_default();
                    at += 1;
                    if attribute.replace(' ', "") == "[cfg(test)]" {
                        let ends = |token: &TokenTree| match token {
                            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                            token => token.to_string() == ";",
                        };
                        at += tokens[at..].iter().take_while(|token| !ends(token)).count() + 1;
                    }
                }
                TokenTree::Ident(ident) if ident == "invalid" => {
                    if let Some(TokenTree::Group(arguments)) = tokens.get(at)
                        && let Some(TokenTree::Literal(first)) = arguments.stream().into_iter().next()
                    {
                        self.unspelled.extend(text(&first.to_string()).filter(|text| text.contains('_')));
                    }
                }
                TokenTree::Literal(literal) => self.literals.extend(text(&literal.to_string())),
                TokenTree::Group(group) => self.take(group.stream()),
                _ => {}
            }
        }
    }

    fn problems(&self, camel_case: &BTreeSet<String>, speaks: Speaks) -> Vec<String> {
        let wrong = |word: &&str| match *word {
            "None" | "True" | "False" => speaks != Speaks::Python,
            "null" => !matches!(speaks, Speaks::Json | Speaks::Node),
            "undefined" => speaks != Speaks::Node,
            word if is_snake_case(word) => speaks != Speaks::Python,
            word => speaks != Speaks::Node && camel_case.contains(word),
        };
        let mut problems = Vec::new();
        for name in self.unspelled.iter().filter(|name| wrong(&name.as_str())) {
            problems.push(format!("{name:?} is not spelled: use name({name:?})"));
        }
        for literal in self.literals.iter().filter(|literal| !is_bare(literal)) {
            let word = words(literal).into_iter().find(wrong);
            problems.extend(word.map(|word| format!("{word:?} in {literal:?}")));
        }
        problems
    }
}

/// The text of a string literal, its escapes as blanks; nothing for numbers and characters.
fn text(literal: &str) -> Option<String> {
    let (raw, from) = (literal.find('r'), literal.find('"')?);
    let inner = literal.get(from + 1..literal.rfind('"')?)?;
    if raw.is_some_and(|raw| raw < from) {
        return Some(inner.to_owned());
    }
    let mut out = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '\\' if chars.next() == Some('"') => '"',
            '\\' => ' ',
            c => c,
        });
    }
    Some(out)
}

/// Returns true if a literal is not a message but a name, a path of names, a path of a URL, or JSON.
fn is_bare(literal: &str) -> bool {
    ["/", "{\"", "{{\""].iter().any(|start| literal.starts_with(start))
        || literal.chars().all(|c| c.is_ascii_alphanumeric() || "_.".contains(c))
}

/// The words of a literal; not those in braces, which are values that are filled in, and not those in double quotes,
/// which are members of JSON.
fn words(literal: &str) -> Vec<&str> {
    let part = |c: char| c.is_ascii_alphanumeric() || "_{\"".contains(c);
    let words = literal.split(|c| !part(c));
    words.filter(|word| !word.is_empty() && !word.contains(['{', '"'])).collect()
}

fn is_snake_case(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    word.starts_with(|c: char| c.is_ascii_lowercase()) && word.contains('_') && word.chars().all(plain)
}

/// The names of the SDK that languages spell differently, as Node does: fields, parameters and operations of the
/// contract, and all names of the tables next to it.
fn camel_case_names() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let contract: Value = serde_json::from_str(&read("crates/crankwheel/openapi.json")).unwrap();
    contract_names(&contract, &mut names);
    let tables = root().join("crates/crankwheel/tables");
    for table in std::fs::read_dir(tables).unwrap() {
        let table: Value = toml::from_str(&std::fs::read_to_string(table.unwrap().path()).unwrap()).unwrap();
        contract_names(&table, &mut names);
    }
    for known in ["audit_log", "min_seconds", "set_plan", "connect_timeout", "maybe_applied"] {
        assert!(names.contains(known), "{known} is not among the {} names", names.len());
    }
    names.iter().map(|name| name.to_lower_camel_case()).collect()
}

fn contract_names(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::Object(properties) if key == "properties" => {
                        names.extend(properties.keys().cloned())
                    }
                    Value::String(name) if ["name", "x-sdk-name"].contains(&key.as_str()) => {
                        names.extend(name.split('.').map(str::to_owned));
                    }
                    _ => {}
                }
                contract_names(value, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| contract_names(item, names)),
        _ => {}
    }
    names.retain(|name| name.contains('_'));
}

fn sources() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = SOURCES.iter().map(|(folder, _)| root().join(folder)).collect();
    let mut files = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && has_messages(&path) {
                files.insert(path);
            }
        }
    }
    files.into_iter().collect()
}

/// Excludes modules that are compiled for tests only and the examples of the core's documentation.
fn has_messages(path: &Path) -> bool {
    ["tests", "testing", "examples"].iter().all(|name| path.file_stem().is_none_or(|stem| stem != *name))
}

fn read(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}
