//! The imports of one Rust file, read off its tokens: `use` items, and paths such as `crate::a::b`
//! anywhere, macros included. Comments, strings and what is compiled for tests only do not count.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path as it is written: `["super", "read", "Reader"]`.
pub type Segments = Vec<String>;

/// What one module says about itself: a file, or a `mod name { … }` within one.
#[derive(Debug, Default)]
pub struct Written {
    /// Modules declared with `mod name;` or `mod name { … }`.
    pub children: BTreeSet<String>,
    /// Modules written within this file.
    pub inline: BTreeMap<String, Written>,
    /// Modules that are compiled for tests only.
    pub test_only: BTreeSet<String>,
    /// The names that `use` items bring in.
    pub names: Vec<Name>,
    /// `use path::*` items.
    pub globs: Vec<Glob>,
    /// Paths in code.
    pub paths: Vec<(Segments, usize)>,
    /// `macro_rules!` macros.
    pub macros: BTreeSet<String>,
    /// How often each identifier occurs.
    pub occurrences: BTreeMap<String, usize>,
}

/// A name that a `use` item brings in.
#[derive(Debug)]
pub struct Name {
    /// The name in this module.
    pub name: String,
    /// Where it comes from.
    pub path: Segments,
    /// Whether other modules see it: `pub use`.
    pub public: bool,
    /// The line of the import.
    pub line: usize,
}

/// Everything of a module, brought in by `use path::*`.
#[derive(Debug)]
pub struct Glob {
    /// The module.
    pub path: Segments,
    /// Whether other modules see what it brings in: `pub use`.
    pub public: bool,
    /// The line of the import.
    pub line: usize,
}

/// Reads a module's tokens.
pub fn read(tokens: TokenStream) -> Written {
    let mut written = Written::default();
    walk(&tokens.into_iter().collect::<Vec<_>>(), &mut written);
    written
}

fn walk(tokens: &[TokenTree], written: &mut Written) {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let rest = tokens.get(at..).unwrap_or_default();
        at += match token {
            TokenTree::Group(group) => {
                walk(&group.stream().into_iter().collect::<Vec<_>>(), written);
                1
            }
            TokenTree::Ident(ident) => {
                *written.occurrences.entry(ident.to_string()).or_default() += 1;
                match ident.to_string().as_str() {
                    "use" => use_item(rest, is_public(tokens.get(..at).unwrap_or_default()), written),
                    "mod" => module(rest, written),
                    "macro_rules" => {
                        written.macros.extend(identifier(rest.get(2)));
                        1
                    }
                    _ if is_path_sign(tokens.get(..at).unwrap_or_default()) => 1,
                    _ => path(rest, written),
                }
            }
            TokenTree::Punct(sign) if sign.as_char() == '#' && is_for_tests(rest.get(1)) => {
                test_item(rest, written)
            }
            _ => 1,
        };
    }
}

/// Whether the tokens before an item make it visible: `pub`, `pub(crate)`, `pub(in …)`.
fn is_public(before: &[TokenTree]) -> bool {
    let visibility = match before.last() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
            before.len().checked_sub(2).and_then(|at| before.get(at))
        }
        last => last,
    };
    identifier(visibility).is_some_and(|word| word == "pub")
}

fn is_for_tests(attribute: Option<&TokenTree>) -> bool {
    let Some(TokenTree::Group(group)) = attribute else { return false };
    let written = group.stream().to_string().replace(' ', "");
    ["cfg(test)", "cfg(all(test,", "cfg(doctest)"].iter().any(|start| written.starts_with(start))
}

/// Skips an item that is compiled for tests only: up to its `;` or its braces.
fn test_item(tokens: &[TokenTree], written: &mut Written) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Punct(sign) => sign.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    };
    let length = tokens.iter().position(ends).map_or(tokens.len(), |end| end + 1);
    let words: Vec<_> = tokens.iter().take(length).filter_map(|token| identifier(Some(token))).collect();
    if let [.., keyword, name] = words.as_slice()
        && keyword == "mod"
    {
        written.test_only.insert(name.clone());
    }
    length
}

/// `mod name;` or `mod name { … }`.
fn module(tokens: &[TokenTree], written: &mut Written) -> usize {
    let Some(name) = identifier(tokens.get(1)) else { return 1 };
    match tokens.get(2) {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            written.inline.insert(name.clone(), read(group.stream()));
        }
        Some(TokenTree::Punct(sign)) if sign.as_char() == ';' => {}
        _ => return 1,
    }
    written.children.insert(name);
    3
}

/// A path of two or more segments in code.
fn path(tokens: &[TokenTree], written: &mut Written) -> usize {
    let line = tokens.first().map_or(0, |token| token.span().start().line);
    let mut segments: Segments = identifier(tokens.first()).into_iter().collect();
    let mut at = 1;
    while is_path_sign(tokens.get(..at + 2).unwrap_or_default())
        && let Some(segment) = identifier(tokens.get(at + 2))
    {
        *written.occurrences.entry(segment.clone()).or_default() += 1;
        segments.push(segment);
        at += 3;
    }
    if segments.len() > 1 {
        written.paths.push((segments, line));
    }
    at
}

/// A `use` item: one name or glob for each of its branches.
fn use_item(tokens: &[TokenTree], public: bool, written: &mut Written) -> usize {
    let is_end = |token: &TokenTree| matches!(token, TokenTree::Punct(sign) if sign.as_char() == ';');
    let Some(length) = tokens.iter().position(is_end) else { return 1 };
    use_tree(tokens.get(1..length).unwrap_or_default(), &[], public, written);
    length + 1
}

fn use_tree(tokens: &[TokenTree], before: &[String], public: bool, written: &mut Written) {
    let mut path = before.to_vec();
    let mut alias = None;
    let line = tokens.first().map_or(0, |token| token.span().start().line);
    let mut rest = tokens.iter();
    while let Some(token) = rest.next() {
        match token {
            TokenTree::Ident(ident) if ident == "as" => alias = identifier(rest.next()),
            TokenTree::Ident(ident) if ident == "self" && !path.is_empty() => {}
            TokenTree::Ident(ident) => path.push(ident.to_string()),
            TokenTree::Punct(sign) if sign.as_char() == '*' => {
                written.globs.push(Glob { path, public, line });
                return;
            }
            TokenTree::Group(group) => {
                let branches: Vec<_> = group.stream().into_iter().collect();
                let is_comma =
                    |token: &TokenTree| matches!(token, TokenTree::Punct(sign) if sign.as_char() == ',');
                for branch in branches.split(is_comma).filter(|branch| !branch.is_empty()) {
                    use_tree(branch, &path, public, written);
                }
                return;
            }
            _ => {}
        }
    }
    if let Some(name) = alias.or_else(|| path.last().cloned()) {
        written.names.push(Name { name, path, public, line });
    }
}

/// Whether the last two tokens are `::`.
fn is_path_sign(tokens: &[TokenTree]) -> bool {
    let colon = |token: &TokenTree| matches!(token, TokenTree::Punct(sign) if sign.as_char() == ':');
    matches!(tokens, [.., first, second] if colon(first) && colon(second))
}

fn identifier(token: Option<&TokenTree>) -> Option<String> {
    match token {
        Some(TokenTree::Ident(ident)) => Some(ident.to_string()),
        _ => None,
    }
}
