//! Excerpts of strings for messages.

/// Returns the beginning of a string on one line.
pub(crate) fn excerpt(text: &str) -> String {
    shortened(text, 60).replace(char::is_control, " ")
}

/// Returns at most `max` characters of a string. An ellipsis marks where it was truncated: the
/// redactor looks for the beginning of a secret before it.
pub(crate) fn shortened(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((end, _)) => format!("{}…", text.split_at(end).0),
        None => text.to_owned(),
    }
}
