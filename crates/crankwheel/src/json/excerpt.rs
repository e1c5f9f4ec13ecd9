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

/// Returns at most `max` characters of a string, and its length if it was truncated.
pub(crate) fn counted(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((end, _)) => format!("{}… ({} characters)", text.split_at(end).0, text.chars().count()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_string_is_cut_and_its_length_is_shown() {
        assert_eq!(counted("abcdef", 6), "abcdef");
        assert_eq!(counted("abcdefg", 6), "abcdef… (7 characters)");
        assert_eq!(counted("üüü", 2), "üü… (3 characters)");
        assert_eq!(shortened("üüü", 2), "üü…");
    }
}
