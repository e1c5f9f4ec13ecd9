//! Excerpts of strings, for messages.

/// Returns the start of a string, on one line, for messages.
pub(crate) fn excerpt(text: &str) -> String {
    shortened(text, 60).replace(char::is_control, " ")
}

/// Returns at most so many characters of a string, with an ellipsis where it was cut: the redactor
/// finds the beginning of a secret by it.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.split_at(end).0),
        None => text.to_owned(),
    }
}
