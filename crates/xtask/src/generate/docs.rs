//! Documentation from the facts, wrapped and spelled for one language.

use minijinja::{Environment, Error, ErrorKind};

use super::spelling::Language;

/// The maximum length of lines of prose.
const WIDTH: usize = 100;

/// Spells the code between backticks, and the word "null" in the prose around it.
pub fn spelled(language: Language, text: &str) -> String {
    let mut parts = text.split('`');
    let mut out = language.prose(parts.next().unwrap_or_default());
    let mut inside = true;
    for part in parts {
        out.push('`');
        out.push_str(&if inside { language.code(part) } else { language.prose(part) });
        inside = !inside;
    }
    out
}

/// Wraps paragraphs (separated by blank lines) so that they fit behind a prefix of this length.
fn wrapped(text: &str, used: usize) -> Vec<String> {
    let options = textwrap::Options::new(WIDTH.saturating_sub(used)).break_words(false);
    let options = options.word_splitter(textwrap::WordSplitter::NoHyphenation);
    let paragraphs = text.trim().split("\n\n").map(|paragraph| {
        let joined = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        textwrap::wrap(&joined, &options).into_iter().map(|line| line.into_owned()).collect::<Vec<_>>()
    });
    paragraphs.collect::<Vec<_>>().join(&String::new())
}

/// `/// …` lines of Rust.
fn rust(text: &str, indent: usize) -> String {
    prefixed(wrapped(&spelled(Language::Rust, text), indent + 4), indent, "///")
}

/// `// …` lines of TypeScript, or `# …` lines of Python.
fn comment(text: &str, indent: usize, marker: &str) -> String {
    prefixed(wrapped(text, indent + marker.len() + 1), indent, marker)
}

fn prefixed(lines: Vec<String>, indent: usize, marker: &str) -> String {
    let line = |line: String| format!("{:indent$}{marker} {line}", "").trim_end().to_owned();
    lines.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A docstring of Python: on one line if it fits.
fn python(text: &str, indent: usize) -> String {
    let spelled = spelled(Language::Python, text);
    let pad = format!("{:indent$}", "");
    match wrapped(&spelled, indent + 6).as_slice() {
        [line] => format!("{pad}\"\"\"{line}\"\"\""),
        _ => {
            let lines = wrapped(&spelled, indent + 3).into_iter();
            let body = lines.map(|line| if line.is_empty() { line } else { format!("{pad}{line}") });
            let body = body.collect::<Vec<_>>().join("\n");
            format!("{pad}\"\"\"{}\n{pad}\"\"\"", body.trim_start())
        }
    }
}

/// An item of a list in a docstring of Python, such as an argument: further lines are indented.
fn python_item(text: &str, indent: usize) -> String {
    let lines = wrapped(&spelled(Language::Python, text), indent + 4);
    let pad = format!("{:indent$}", "");
    format!("{pad}{}", lines.join(&format!("\n{pad}    ")))
}

/// A JSDoc comment: on one line if it fits.
fn ts(text: &str, indent: usize) -> String {
    let spelled = spelled(Language::TypeScript, text);
    let pad = format!("{:indent$}", "");
    match wrapped(&spelled, indent + 7).as_slice() {
        [line] => format!("{pad}/** {line} */"),
        _ => {
            let lines = prefixed(wrapped(&spelled, indent + 3), indent + 1, "*");
            format!("{pad}/**\n{lines}\n{pad} */")
        }
    }
}

/// Paragraphs whose first line has one prefix and whose other lines have another one, such as the
/// description of an argument.
fn hanging(language: Language, text: &str, first: &str, rest: &str) -> String {
    let lines = wrapped(&spelled(language, text), first.len().max(rest.len())).into_iter().enumerate();
    let line = |(index, line): (usize, String)| match index {
        0 => format!("{first}{line}"),
        _ => format!("{rest}{line}").trim_end().to_owned(),
    };
    lines.map(line).collect::<Vec<_>>().join("\n")
}

/// The language by its name in templates.
fn language(name: &str) -> Result<Language, Error> {
    let unknown = || Error::new(ErrorKind::InvalidOperation, format!("unknown language {name:?}"));
    Language::named(name).ok_or_else(unknown)
}

/// Adds the forms of documentation to the templates: `{{ field.doc | python_doc(4) }}`.
pub fn add_filters(templates: &mut Environment<'_>) {
    templates.add_filter("rust_doc", |text: String, indent: usize| rust(&text, indent));
    templates.add_filter("python_doc", |text: String, indent: usize| python(&text, indent));
    templates.add_filter("python_item", |text: String, indent: usize| python_item(&text, indent));
    templates.add_filter("ts_doc", |text: String, indent: usize| ts(&text, indent));
    templates
        .add_filter("comment", |text: String, indent: usize, marker: String| comment(&text, indent, &marker));
    templates.add_filter("spelled", |text: String, name: String| {
        language(&name).map(|language| spelled(language, &text))
    });
    templates.add_filter("hanging", |text: String, name: String, first: String, rest: String| {
        language(&name).map(|language| hanging(language, &text, &first, &rest))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docs_are_spelled_and_wrapped_for_their_language() {
        let short = "Set together with `hard_limit_starts`, or `null`.";
        assert_eq!(rust(short, 0), "/// Set together with `hard_limit_starts`, or `None`.");
        assert_eq!(ts(short, 2), "  /** Set together with `hardLimitStarts`, or `null`. */");
        assert_eq!(python(short, 4), "    \"\"\"Set together with `hard_limit_starts`, or `None`.\"\"\"");
        let item = python_item(&"word ".repeat(30), 8);
        assert!(item.starts_with("        word") && item.contains("\n            word"), "{item}");
        let long = "word ".repeat(30);
        assert!(ts(&long, 2).lines().all(|line| line.len() <= WIDTH));
        assert_eq!(python(&format!("One.\n\n{long}"), 0).lines().nth(1), Some(""));
        let item = hanging(Language::Python, &format!("sname: null. {long}"), "    ", "        ");
        assert!(item.starts_with("    sname: `None`. word"), "{item}");
        assert!(item.lines().skip(1).all(|line| line.starts_with("        word") && line.len() <= WIDTH));
    }
}
