//! Searches prose for the words of the glossary.

use super::words::{ENTRIES, Entry, OPENINGS};

/// Prose in a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Prose {
    /// The line that it starts in.
    pub line: usize,
    /// With its line breaks.
    pub text: String,
    /// True for the documentation of an item: its first word counts.
    pub is_doc: bool,
}

/// A word to replace.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its line.
    pub line: usize,
    /// As it is in the text.
    pub found: String,
    /// The word to write instead.
    pub write: &'static str,
}

/// A word with its line; punctuation that ends a phrase is an empty word.
struct Word<'a>(&'a str, usize);

/// Everything in the text that the glossary replaces.
pub fn search(prose: &Prose) -> Vec<Finding> {
    let words = words(prose);
    let mut findings = Vec::new();
    if let Some(Word(first, line)) =
        words.first().filter(|Word(first, _)| prose.is_doc && OPENINGS.contains(first))
    {
        let write = "a first sentence that starts with a verb or names the thing";
        findings.push(Finding { line: *line, found: format!("{first} …"), write });
    }
    for at in 0..words.len() {
        for Entry { instead_of, write, except } in ENTRIES {
            let Some(length) = matches(&words, at, instead_of) else { continue };
            if !except.iter().any(|phrase| covers(&words, at, length, phrase)) {
                let found = words
                    .iter()
                    .skip(at)
                    .take(length)
                    .map(|Word(word, _)| *word)
                    .collect::<Vec<_>>()
                    .join(" ");
                let line = words.get(at).map_or(0, |Word(_, line)| *line);
                findings.push(Finding { line, found, write });
            }
        }
    }
    findings
}

fn words(prose: &Prose) -> Vec<Word<'_>> {
    const ENDS_PHRASE: &str = ".,;:!?()|";
    let mut words = Vec::new();
    for (index, text) in prose.text.split('\n').enumerate() {
        let line = prose.line + index;
        let is_part = |char: char| char.is_alphanumeric() || char == '_' || char == '\'';
        for piece in text.split_inclusive(|char| !is_part(char)) {
            let word = piece.trim_end_matches(|char| !is_part(char)).trim_matches('\'');
            if !word.is_empty() {
                words.push(Word(word, line));
            }
            if piece.ends_with(|char| ENDS_PHRASE.contains(char)) {
                words.push(Word("", line));
            }
        }
    }
    words
}

/// Returns the number of words at this place that match the phrase. Only its first word may be capitalised: `is None` is not `is none`.
fn matches(words: &[Word<'_>], at: usize, phrase: &str) -> Option<usize> {
    let mut length = 0;
    for choices in phrase.split(' ') {
        let Word(word, _) = words.get(at + length)?;
        let same = |choice: &str| match word.strip_prefix(|first: char| first.is_uppercase()) {
            Some(rest) if length == 0 => {
                let first = word.chars().flat_map(char::to_lowercase).next();
                choice.strip_prefix(|start| Some(start) == first) == Some(rest)
            }
            _ => choice == *word,
        };
        if word.is_empty() || !(choices == "*" || choices.split('|').any(same)) {
            return None;
        }
        length += 1;
    }
    Some(length)
}

/// Returns true if the phrase matches around the `length` words at this place.
fn covers(words: &[Word<'_>], at: usize, length: usize, phrase: &str) -> bool {
    let before = phrase.split(' ').count().saturating_sub(length);
    (at.saturating_sub(before)..=at)
        .any(|start| matches(words, start, phrase).is_some_and(|covered| start + covered >= at + length))
}
