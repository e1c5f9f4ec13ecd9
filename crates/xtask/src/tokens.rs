//! Helpers for Rust tokens.

use proc_macro2::{Delimiter, TokenTree};

/// Returns the number of tokens of the item at the start, if it is compiled for tests only.
pub fn test_item(tokens: &[TokenTree]) -> Option<usize> {
    let [TokenTree::Punct(sign), TokenTree::Group(attribute), ..] = tokens else { return None };
    let attribute = attribute.stream().to_string().replace(' ', "");
    let for_tests = ["cfg(test)", "cfg(all(test,", "cfg(doctest)"];
    if sign.as_char() != '#' || !for_tests.iter().any(|start| attribute.starts_with(start)) {
        return None;
    }
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        token => is_sign(token, ';'),
    };
    Some(tokens.iter().position(ends).map_or(tokens.len(), |end| end + 1))
}

/// Returns true if a token is this sign.
pub fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(found) if found.as_char() == sign)
}

/// Returns the text of an identifier or keyword.
pub fn identifier(token: Option<&TokenTree>) -> Option<String> {
    match token {
        Some(TokenTree::Ident(ident)) => Some(ident.to_string()),
        _ => None,
    }
}

/// Returns the line that a token starts in.
pub fn line(token: &TokenTree) -> usize {
    token.span().start().line
}
