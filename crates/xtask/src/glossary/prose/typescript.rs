//! Doc comments and strings of TypeScript and JavaScript.

use super::without_code;
use crate::glossary::search::Prose;

pub fn prose(text: &str) -> Vec<Prose> {
    let mut prose = Vec::new();
    let mut at = 0;
    let mut before = ' ';
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let line = 1 + text.get(..at).map_or(0, |text| text.matches('\n').count());
        let first = rest.chars().next().unwrap_or(' ');
        at += if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            let length = rest.find("*/").map_or(rest.len(), |end| end + 2);
            if rest.starts_with("/**") {
                prose.push(Prose {
                    line,
                    text: comment(rest.get(3..length).unwrap_or_default()),
                    is_doc: true,
                });
            }
            length
        } else if first == '/' && "(,=:[!&|?{};>".contains(before) {
            closing(rest, '/')
        } else if ['"', '\'', '`'].contains(&first) {
            let length = closing(rest, first);
            let string = rest.get(1..length).unwrap_or_default();
            prose.push(Prose { line, text: without_code(string), is_doc: false });
            length
        } else {
            first.len_utf8()
        };
        if !first.is_whitespace() {
            before = first;
        }
    }
    prose
}

/// Returns the length of a string or regular expression, its delimiters included.
fn closing(text: &str, delimiter: char) -> usize {
    let mut escaped = false;
    for (at, char) in text.char_indices().skip(1) {
        // A regular expression ends in its line; what looks like one there was a division.
        if !escaped && (char == delimiter || char == '\n' && delimiter == '/') {
            return at + char.len_utf8();
        }
        escaped = char == '\\' && !escaped;
    }
    text.len()
}

/// A doc comment without the stars at the start of its lines.
fn comment(text: &str) -> String {
    let lines = text.trim_end_matches("*/").split('\n').map(|line| line.trim_start().trim_start_matches('*'));
    lines.collect::<Vec<_>>().join("\n")
}
