//! Doc comments and string literals of Rust, except those that are compiled for tests only.

use proc_macro2::{LexError, TokenStream, TokenTree};

use super::without_code;
use crate::glossary::search::Prose;
use crate::tokens::{identifier, is_sign, line, test_item};

pub fn prose(text: &str) -> Result<Vec<Prose>, LexError> {
    let mut prose = Vec::new();
    collect(&text.parse::<TokenStream>()?.into_iter().collect::<Vec<_>>(), &mut prose);
    Ok(prose)
}

fn collect(tokens: &[TokenTree], prose: &mut Vec<Prose>) {
    let mut rest = tokens;
    while let Some((token, after)) = rest.split_first() {
        if let Some(length) = test_item(rest) {
            rest = rest.get(length..).unwrap_or_default();
            continue;
        }
        match token {
            TokenTree::Group(group) => {
                let inner: Vec<_> = group.stream().into_iter().collect();
                match inner.as_slice() {
                    [word, sign, TokenTree::Literal(doc)]
                        if is_sign(sign, '=') && identifier(Some(word)).is_some_and(|word| word == "doc") =>
                    {
                        add_doc(line(token), &content(&doc.to_string()).unwrap_or_default(), prose);
                    }
                    inner => collect(inner, prose),
                }
            }
            TokenTree::Literal(literal) => {
                let text = content(&literal.to_string());
                prose.extend(text.map(|text| Prose {
                    line: line(token),
                    text: without_code(&text),
                    is_doc: false,
                }));
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
        rest = after;
    }
}

/// Adds a line of documentation to the lines above it.
fn add_doc(line: usize, text: &str, prose: &mut Vec<Prose>) {
    let text = text.replace("\\\"", "\"").replace("\\'", "'");
    match prose.last_mut() {
        Some(above) if above.is_doc && above.line + above.text.split('\n').count() == line => {
            above.text.push('\n');
            above.text.push_str(&text);
        }
        _ => prose.push(Prose { line, text, is_doc: true }),
    }
}

/// Returns the text between the quotes of a string literal; `None` for other literals.
fn content(literal: &str) -> Option<String> {
    let (before, rest) = literal.split_once('"')?;
    if !before.chars().all(|char| char == 'r' || char == '#') {
        return None;
    }
    rest.rsplit_once('"').map(|(text, _)| text.to_owned())
}
