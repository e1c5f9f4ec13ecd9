//! The imports of one Rust file, read off its tokens: `use` items, and paths such as `crate::a::b`
//! anywhere, macros included. Comments, strings and what is compiled for tests only do not count.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::tokens::{identifier, is_sign, line, test_item};

/// A path as it is written: `["super", "read", "Reader"]`.
pub type Segments = Vec<String>;

/// The imports and declarations of one module: a file, or a `mod name { … }` within one.
#[derive(Debug, Default)]
pub struct Written {
    /// Modules declared with `mod name;` or `mod name { … }`.
    pub children: BTreeSet<String>,
    /// Modules written within this file.
    pub inline: BTreeMap<String, Written>,
    /// The names that `use` items bring in.
    pub names: Vec<Name>,
    /// `use path::*` items.
    pub globs: Vec<Glob>,
    /// Paths in code.
    pub paths: Vec<(Segments, usize)>,
    /// `macro_rules!` macros.
    pub macros: BTreeSet<String>,
    /// The number of times that each identifier occurs.
    pub occurrences: BTreeMap<String, usize>,
}

/// A name that a `use` item brings in.
#[derive(Debug)]
pub struct Name {
    /// The name in this module.
    pub name: String,
    /// Where it comes from.
    pub path: Segments,
    /// True for `pub use`: other modules see it.
    pub public: bool,
    /// The line of the import.
    pub line: usize,
}

/// Everything of a module, brought in by `use path::*`.
#[derive(Debug)]
pub struct Glob {
    /// The module.
    pub path: Segments,
    /// True for `pub use`: other modules see what it brings in.
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
    while let (before, rest @ [token, ..]) = tokens.split_at(at) {
        if let Some(length) = test_item(rest) {
            at += length;
            continue;
        }
        at += match token {
            TokenTree::Group(group) => {
                walk(&group.stream().into_iter().collect::<Vec<_>>(), written);
                1
            }
            TokenTree::Ident(ident) => {
                *written.occurrences.entry(ident.to_string()).or_default() += 1;
                match ident.to_string().as_str() {
                    "use" => use_item(rest, is_public(before), written),
                    "mod" => module(rest, written),
                    "macro_rules" => {
                        written.macros.extend(identifier(rest.get(2)));
                        1
                    }
                    _ if is_path_sign(before) => 1,
                    _ => path(rest, written),
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => 1,
        };
    }
}

/// Returns true if the tokens before an item make it visible: `pub`, `pub(crate)`, `pub(in …)`.
fn is_public(before: &[TokenTree]) -> bool {
    let visibility = match before.last() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
            before.len().checked_sub(2).and_then(|at| before.get(at))
        }
        last => last,
    };
    identifier(visibility).is_some_and(|word| word == "pub")
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
    let line = tokens.first().map_or(0, line);
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
    let Some(length) = tokens.iter().position(|token| is_sign(token, ';')) else { return 1 };
    use_tree(tokens.get(1..length).unwrap_or_default(), &[], public, written);
    length + 1
}

fn use_tree(tokens: &[TokenTree], before: &[String], public: bool, written: &mut Written) {
    let mut path = before.to_vec();
    let mut alias = None;
    let line = tokens.first().map_or(0, line);
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
                for branch in branches.split(|token| is_sign(token, ',')).filter(|branch| !branch.is_empty())
                {
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

/// Returns true if the last two tokens are `::`.
fn is_path_sign(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [.., first, second] if is_sign(first, ':') && is_sign(second, ':'))
}
