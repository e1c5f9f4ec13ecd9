//! The prose of one file: documentation and messages, without code and comments.

mod python;
mod rust;
mod typescript;

use super::search::Prose;
use crate::run::Result;

/// Reads the prose of a file of the checkout; files of other kinds have none.
pub fn prose(path: &str, text: &str) -> Result<Vec<Prose>> {
    let whole = || vec![Prose { line: 1, text: text.to_owned(), is_doc: false }];
    let mut prose = match path.rsplit('.').next().unwrap_or_default() {
        "rs" => rust::prose(text).map_err(|error| format!("{path}: {error}"))?,
        "py" | "pyi" => python::prose(text),
        "ts" | "mts" | "mjs" | "cjs" => typescript::prose(text),
        "md" | "jinja" => return Ok(whole()),
        "toml" if path.contains("/tables/") => return Ok(whole()),
        "json" if path.ends_with("/openapi.json") => return Ok(descriptions(text)),
        _ => Vec::new(),
    };
    if is_test(path) {
        // Their strings are data.
        prose.retain(|prose| prose.is_doc);
    }
    Ok(prose)
}

fn is_test(path: &str) -> bool {
    let mut parts = path.split('/');
    parts.any(|part| ["tests", "test", "tests.rs", "testing.rs", "conftest.py"].contains(&part))
}

/// The descriptions of a contract, but not its examples.
fn descriptions(text: &str) -> Vec<Prose> {
    let described = |(index, line): (usize, &str)| {
        let (name, value) = line.trim().split_once("\": \"")?;
        let text =
            ["\"description", "\"summary", "\"title"].contains(&name).then(|| value.replace("\\n", " "))?;
        Some(Prose { line: index + 1, text, is_doc: false })
    };
    text.lines().enumerate().filter_map(described).collect()
}

/// Blanks escapes and the text between braces: both are code within a string.
fn without_code(string: &str) -> String {
    let mut text = String::new();
    let mut depth = 0_usize;
    let mut chars = string.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => {
                // An escaped line break is a line break all the same.
                text.push(if chars.next() == Some('\n') { '\n' } else { ' ' });
            }
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                text.push_str("{}");
            }
            '\n' => text.push('\n'),
            char if depth == 0 => text.push(char),
            _ => {}
        }
    }
    text
}
