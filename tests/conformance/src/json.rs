//! Compares and compacts JSON by the rules of the table.

use serde_json::{Number, Value};

/// Returns true if two values are equal as JSON: `1` equals `1.0`, and the order of keys does not count.
#[must_use]
pub fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => numbers_equal(a, b),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b)))
        }
        _ => a == b,
    }
}

#[allow(clippy::float_cmp, reason = "the same decimal text is the same float")]
fn numbers_equal(a: &Number, b: &Number) -> bool {
    a == b || a.as_f64().is_some_and(|a| b.as_f64().is_some_and(|b| a == b))
}

/// Describes the first difference, as `$.path: expected …, got …`; `None` when the values are [`equal`].
#[must_use]
pub fn difference(expected: &Value, got: &Value) -> Option<String> {
    differ("$", expected, got)
}

fn differ(path: &str, expected: &Value, got: &Value) -> Option<String> {
    match (expected, got) {
        (Value::Array(e), Value::Array(g)) => {
            if e.len() != g.len() {
                return Some(format!("{path}: expected {} elements, got {}", e.len(), g.len()));
            }
            e.iter().zip(g).enumerate().find_map(|(i, (e, g))| differ(&format!("{path}[{i}]"), e, g))
        }
        (Value::Object(e), Value::Object(g)) => {
            for (key, value) in e {
                match g.get(key) {
                    None => return Some(format!("{path}.{key}: missing, expected {value}")),
                    Some(got) => {
                        if let Some(found) = differ(&format!("{path}.{key}"), value, got) {
                            return Some(found);
                        }
                    }
                }
            }
            g.iter()
                .find(|(key, _)| !e.contains_key(*key))
                .map(|(key, value)| format!("{path}.{key}: unexpected {value}"))
        }
        _ if equal(expected, got) => None,
        _ => Some(format!("{path}: expected {expected}, got {got}")),
    }
}

/// Removes the white space between tokens. Key order, digits and escapes stay as written, which a round
/// trip through [`Value`] would not guarantee.
#[must_use]
pub fn compact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut in_string, mut escaped) = (false, false);
    for c in text.chars() {
        if in_string {
            out.push(c);
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if !c.is_ascii_whitespace() {
            out.push(c);
            in_string = c == '"';
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_compare_as_numbers() {
        assert!(equal(&json!({"a": 1, "b": [2.0]}), &json!({"b": [2], "a": 1.0})));
        assert!(!equal(&json!("1"), &json!(1)));
    }

    #[test]
    fn a_difference_names_its_path() {
        let found = difference(&json!({"a": [{"b": 1}]}), &json!({"a": [{"b": 2}]}));
        assert_eq!(found.as_deref(), Some("$.a[0].b: expected 1, got 2"));
        let found = difference(&json!({}), &json!({"x": null}));
        assert_eq!(found.as_deref(), Some("$.x: unexpected null"));
    }

    #[test]
    fn compacting_keeps_strings_and_digits() {
        let text = "{ \"b\" : \"x \\\" y\\\\\" ,\n \"a\": [ 1.0, 1e3 ] }";
        assert_eq!(compact(text), "{\"b\":\"x \\\" y\\\\\",\"a\":[1.0,1e3]}");
    }
}
