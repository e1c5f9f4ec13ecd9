//! Strings of Python; those in three quotes are taken for docstrings.

use super::without_code;
use crate::glossary::search::Prose;

pub fn prose(text: &str) -> Vec<Prose> {
    let mut prose = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['#', '"', '\'']) {
        let (_, found) = rest.split_at(at);
        let line =
            1 + text.len().checked_sub(found.len()).and_then(|at| text.get(..at)).map_or(0, line_breaks);
        if found.starts_with('#') {
            rest = found.find('\n').and_then(|end| found.get(end..)).unwrap_or_default();
            continue;
        }
        let quotes = ["\"\"\"", "'''", "\"", "'"];
        let quote = quotes.into_iter().find(|quote| found.starts_with(quote)).unwrap_or("\"");
        let (string, after) = split_string(found.get(quote.len()..).unwrap_or_default(), quote);
        prose.push(Prose { line, text: without_code(string), is_doc: quote.len() == 3 });
        rest = after;
    }
    prose
}

/// Splits at the closing quote, which no backslash precedes.
fn split_string<'a>(text: &'a str, quote: &str) -> (&'a str, &'a str) {
    let mut escaped = false;
    for (at, char) in text.char_indices() {
        if !escaped && let Some(after) = text.get(at..).and_then(|rest| rest.strip_prefix(quote)) {
            return (text.get(..at).unwrap_or_default(), after);
        }
        escaped = char == '\\' && !escaped;
    }
    (text, "")
}

fn line_breaks(text: &str) -> usize {
    text.matches('\n').count()
}
