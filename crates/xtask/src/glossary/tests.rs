use super::prose::prose;
use super::search::{Prose, search};

/// The findings in a file, as `line: found`.
fn found(path: &str, text: &str) -> Vec<String> {
    let findings = prose(path, text).unwrap().iter().flat_map(search).collect::<Vec<_>>();
    findings.iter().map(|finding| format!("{}: {}", finding.line, finding.found)).collect()
}

#[test]
fn words_of_the_glossary_are_found_and_correct_english_passes() {
    for (text, expected) in [
        ("Reads the answer.", Some("answer")),
        ("It is no URL", Some("is no")),
        ("`x` is no longer used, and there is no key", None),
        ("There is none.", None),
        ("what is none", Some("is none")),
        ("if the value is None", None),
        ("is sent\nagain after", Some("sent again")),
        ("is sent. Again", None),
        ("a text", Some("a text")),
        ("a text file", None),
        ("Gives the client", Some("Gives")),
        ("gives up", None),
        ("carried out twice", Some("carried out")),
        ("a thread of its own", Some("of its own")),
        ("on its own", None),
        ("What the client works with", Some("What the client works with")),
        ("answer_limit and `surfaceful`", None),
        ("the head is cut", Some("the head")),
        ("the HEAD request", None),
        ("is made of steel", None),
        ("rows are made", Some("are made")),
        ("starts 'anew'", Some("anew")),
    ] {
        let prose = Prose { line: 1, text: text.to_owned(), is_doc: false };
        let found = search(&prose).into_iter().map(|finding| finding.found).collect::<Vec<_>>();
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{text}");
    }
}

#[test]
fn a_doc_comment_must_not_begin_with_a_question_word() {
    assert_eq!(found("src/a.rs", "/// Whether it works.\nfn f() {}"), ["1: Whether …"]);
    assert_eq!(found("a.md", "# Whether it works"), [""; 0]);
}

#[test]
fn rust_docs_and_strings_are_searched_but_not_comments_code_and_tests() {
    let text = r##"
//! Reads an answer.

// An answer.
/// Sent
/// again.
fn answer() {
    fail("first line \
          is no URL", "{answer}");
    let texts = format!(r#"beside "it""#);
    let bytes = b"answer";
}
#[cfg(test)]
mod tests {
    /// An answer.
    const ANSWER: &str = "the answer";
}
"##;
    assert_eq!(found("crates/a/src/a.rs", text), ["2: answer", "5: Sent again", "9: is no", "10: beside"]);
    assert_eq!(found("crates/a/tests/a.rs", text), ["2: answer", "5: Sent again"]);
}

#[test]
fn python_docstrings_and_strings_are_searched_but_not_comments_and_code() {
    let text = "\"\"\"The\nanswer.\"\"\"\nanswer = 1  # it's an answer\nx = f'{answer} is no URL'\ny = 'it\\'s beside'\n";
    assert_eq!(found("python/src/a.py", text), ["2: answer", "4: is no", "5: beside"]);
    assert_eq!(found("python/tests/a.py", text), ["2: answer"]);
}

#[test]
fn typescript_docs_and_strings_are_searched_but_not_comments_and_code() {
    let text = "/**\n * The\n * answer.\n */\nconst answer = /[\"answer\"]/; // it's an answer\n\
                f('is no URL', `${answer} beside\nsurface`);\nconst half = answer / 2; g('anew')\n";
    assert_eq!(found("npm/src/a.ts", text), ["3: answer", "6: is no", "6: beside", "7: surface", "8: anew"]);
    assert_eq!(found("npm/test/a.mjs", text), ["3: answer"]);
}

#[test]
fn of_a_contract_only_the_descriptions_are_searched() {
    let text = "{\n  \"description\": \"The answer.\\nBeside it\",\n  \"example\": \"answer\"\n}";
    assert_eq!(found("crates/crankwheel/openapi.json", text), ["2: answer", "2: Beside"]);
    assert_eq!(found("other.json", text), [""; 0]);
}
