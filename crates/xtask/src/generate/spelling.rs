//! The spelling of names in each language: `license_count` is `licenseCount` in TypeScript.

use heck::{ToLowerCamelCase, ToSnakeCase, ToUpperCamelCase};
use minijinja::Environment;

/// A language that docs and names are printed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Rust,
    Python,
    TypeScript,
}

impl Language {
    /// The language by the name that templates use.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "rust" => Some(Language::Rust),
            "python" => Some(Language::Python),
            "ts" => Some(Language::TypeScript),
            _ => None,
        }
    }

    /// An identifier or literal between backticks, as the language spells it. Sources are written in
    /// the API's own `snake_case` and in JSON's literals.
    pub fn code(self, code: &str) -> String {
        match (self, code) {
            (Language::Rust | Language::Python, "null") => "None".to_owned(),
            (Language::Python, "true") => "True".to_owned(),
            (Language::Python, "false") => "False".to_owned(),
            (Language::TypeScript, _) if is_name(code) => {
                code.split('.').map(camel).collect::<Vec<_>>().join(".")
            }
            _ => code.to_owned(),
        }
    }

    /// Prose, in which only the word "null" differs.
    pub fn prose(self, text: &str) -> String {
        if self == Language::TypeScript {
            return text.to_owned();
        }
        let word = |word: &str| match word.strip_prefix("null") {
            Some(rest) if !rest.starts_with(char::is_alphanumeric) => format!("`None`{rest}"),
            _ => word.to_owned(),
        };
        text.split(' ').map(word).collect::<Vec<_>>().join(" ")
    }
}

/// Values of fields, and names that only the JSON has; no language spells them differently.
const VALUES: [&str; 5] =
    ["unset_or_custom", "dashboard_only", "popup_only", "black_list_pattern", "black_list_regex"];

/// Returns true if code is a name, or a path of names, that languages spell differently.
fn is_name(code: &str) -> bool {
    let plain = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    code.contains('_') && !VALUES.contains(&code) && code.split('.').all(plain)
}

fn camel(name: &str) -> String {
    name.to_lower_camel_case()
}

/// Adds the spellings to the templates.
pub fn add_filters(templates: &mut Environment<'_>) {
    templates.add_filter("camel", |name: String| camel(&name));
    templates.add_filter("pascal", |name: String| name.to_upper_camel_case());
    templates.add_filter("snake", |name: String| name.to_snake_case());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_literals_are_spelled_by_language() {
        for (code, python, ts) in [
            ("license_count", "license_count", "licenseCount"),
            (
                "settings.provisioning_provider",
                "settings.provisioning_provider",
                "settings.provisioningProvider",
            ),
            ("null", "None", "null"),
            ("false", "False", "false"),
            ("unset_or_custom", "unset_or_custom", "unset_or_custom"),
            ("{{userName}}", "{{userName}}", "{{userName}}"),
            ("CRANKWHEEL_API_KEY", "CRANKWHEEL_API_KEY", "CRANKWHEEL_API_KEY"),
        ] {
            assert_eq!(Language::Python.code(code), python);
            assert_eq!(Language::TypeScript.code(code), ts);
        }
    }
}
