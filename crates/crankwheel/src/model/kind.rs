//! How one field is read: by a kind, which names a type and a rule for what does not fit it.
//!
//! Lenient kinds read what does not fit as `None`, keep the raw value in the model and log one warning: a new
//! sort of setting must not break a whole list. Strict kinds (ids, billing numbers, usage counts) refuse it.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Mutex;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::value::RawValue;

use crate::time::parse_timestamp;

/// Where in the answer a value stands; written `$.per_company[3].periods[0].units`.
#[derive(Clone, Copy)]
pub enum Path<'a> {
    /// The answer itself.
    Root,
    /// A member of an object.
    Key(&'a Path<'a>, &'a str),
    /// An element of a list.
    Index(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => f.write_str("$"),
            Path::Key(parent, key)
                if key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && !key.is_empty() =>
            {
                write!(f, "{parent}.{key}")
            }
            Path::Key(parent, key) => write!(f, "{parent}[{key:?}]"),
            Path::Index(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// An answer that is not what the API documents: where, and what stands there.
#[derive(Debug)]
pub struct DecodeError {
    /// The place, as [`Path`] writes it.
    pub at: String,
    /// What was expected there, and what was found.
    pub problem: String,
}

impl DecodeError {
    pub(crate) fn new(at: &Path<'_>, problem: impl Into<String>) -> Self {
        DecodeError { at: at.to_string(), problem: problem.into() }
    }

    pub(crate) fn expected(at: &Path<'_>, what: &str, found: &str) -> Self {
        Self::new(at, format!("{what} was expected, not {}", excerpt(found)))
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {}: {}", self.at, self.problem)
    }
}

/// The start of a text, for messages: on one line.
pub(crate) fn excerpt(text: &str) -> String {
    shortened(text, 60).replace(char::is_control, " ")
}

/// A text of at most so many characters; where it was cut stands an ellipsis, by which secrets that were cut are found.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.split_at(end).0),
        None => text.to_owned(),
    }
}

/// One field's place in an answer: the value as it came (`None`: absent) and the names around it.
pub struct Slot<'a, 'de> {
    /// The value, `None` if the object has no such member.
    pub raw: Option<&'de RawValue>,
    /// The whole body, which raw parts are shared from.
    pub body: &'a Bytes,
    /// The object's place.
    pub parent: &'a Path<'a>,
    /// The model's name, for warnings.
    pub model: &'static str,
    /// The field's name.
    pub name: &'static str,
}

impl<'a, 'de> Slot<'a, 'de> {
    /// The value's text, `None` if it is absent or null.
    pub(crate) fn text(&self) -> Option<&'de str> {
        self.raw.map(RawValue::get).filter(|text| *text != "null")
    }

    pub(crate) fn path(&self) -> Path<'a> {
        Path::Key(self.parent, self.name)
    }

    fn warn(&self, what: &str, found: &str) {
        static SEEN: Mutex<BTreeSet<(&str, &str)>> = Mutex::new(BTreeSet::new());
        // Never wait: a lock that another thread held at a fork stays locked in the child.
        let first = SEEN.try_lock().is_ok_and(|mut seen| seen.insert((self.model, self.name)));
        if first {
            crate::transport::report::warn(format!(
                "{}.{}: {what} was expected, {} came; the attribute is empty, the value stays in the wire form",
                self.model,
                self.name,
                json_type(found),
            ));
        }
    }

    pub(crate) fn lenient<T>(&self, what: &str, read: impl FnOnce(&'de str) -> Option<T>) -> Option<T> {
        let text = self.text()?;
        let value = read(text);
        if value.is_none() {
            self.warn(what, text);
        }
        value
    }

    fn strict<T>(
        &self,
        what: &str,
        read: impl FnOnce(&'de str) -> Option<T>,
    ) -> Result<Option<T>, DecodeError> {
        let Some(text) = self.text() else { return Ok(None) };
        match read(text) {
            Some(value) => Ok(Some(value)),
            None => Err(DecodeError::expected(&self.path(), what, text)),
        }
    }

    pub(crate) fn required<T>(&self, what: &str, value: Option<T>) -> Result<T, DecodeError> {
        value.ok_or_else(|| {
            let found = if self.raw.is_some() { "null came" } else { "it is missing" };
            DecodeError::new(&self.path(), format!("{what} was expected, but {found}"))
        })
    }
}

fn json_type(text: &str) -> &'static str {
    match text.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b'"') => "a text",
        Some(b't' | b'f') => "a truth value",
        _ => "a number",
    }
}

/// A rule for reading one field; see the [module](self).
pub trait Kind {
    /// What the field holds.
    type Value;
    /// JSON Schema type of the value, for the check against the contract.
    const TYPE: &'static str;
    /// Whether the value can be `None`.
    const NULLABLE: bool;
    /// Reads the field.
    fn read(slot: &Slot<'_, '_>) -> Result<Self::Value, DecodeError>;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident: $value:ty, $type:literal, $nullable:literal, $read:expr;)*) => {$(
        $(#[$doc])*
        pub struct $name;

        impl Kind for $name {
            type Value = $value;
            const TYPE: &'static str = $type;
            const NULLABLE: bool = $nullable;

            fn read(slot: &Slot<'_, '_>) -> Result<$value, DecodeError> {
                let read: fn(&Slot<'_, '_>) -> Result<$value, DecodeError> = $read;
                read(slot)
            }
        }
    )*};
}

kinds! {
    /// An id that must be there: an integer, or its digits as text.
    Id: i64, "integer", false, |slot| {
        let id = slot.strict("an id", read_id)?;
        slot.required("an id", id)
    };
    /// A text that must be there.
    Text: Box<str>, "string", false, |slot| {
        let text = slot.strict("a text", read_text)?;
        slot.required("a text", text)
    };
    /// A text that is empty where the answer has none.
    TextOrEmpty: Box<str>, "string", false, |slot| {
        Ok(slot.lenient("a text", read_text).unwrap_or_default())
    };
    /// A text or nothing.
    OptText: Option<Box<str>>, "string", true, |slot| Ok(slot.lenient("a text", read_text));
    /// A truth value or nothing.
    OptBool: Option<bool>, "boolean", true, |slot| Ok(slot.lenient("true or false", |text| text.parse().ok()));
    /// An integer or nothing.
    OptInt: Option<i64>, "integer", true, |slot| Ok(slot.lenient("an integer", read_integer));
    /// A timestamp or nothing.
    OptTime: Option<Timestamp>, "date-time", true, |slot| {
        Ok(slot.lenient("a timestamp", |text| parse_timestamp(&read_text(text)?)))
    };
    /// A count or a number of seconds that must be there.
    Count: i64, "integer", false, |slot| {
        let count = slot.strict("an integer", read_integer)?;
        slot.required("an integer", count)
    };
    /// A count that can be missing, but never of another type.
    OptCount: Option<i64>, "integer", true, |slot| slot.strict("an integer", read_integer);
    /// A number of units that must be there.
    Number: f64, "number", false, |slot| {
        let number = slot.strict("a number", read_number)?;
        slot.required("a number", number)
    };
}

pub(crate) fn read_text(text: &str) -> Option<Box<str>> {
    // Most texts have no escape: take what stands between the quotes.
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') { serde_json::from_str(text).ok() } else { Some(inner.into()) }
}

/// An integer; `5.0` is one, `5.5` and `1e300` are not.
pub(crate) fn read_integer(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| {
        let number = read_number(text)?;
        let exact = number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0;
        exact.then_some(number as i64)
    })
}

/// A finite number.
pub(crate) fn read_number(text: &str) -> Option<f64> {
    text.as_bytes().first().is_some_and(|b| b.is_ascii_digit() || *b == b'-').then_some(())?;
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

pub(crate) fn read_id(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_ids() {
        assert_eq!(read_id("27084"), Some(27084));
        assert_eq!(read_id("\"27084\""), Some(27084));
        for wrong in ["\"\"", "-1", "1.0", "\"12a\"", "true", "99999999999999999999"] {
            assert_eq!(read_id(wrong), None, "{wrong}");
        }
        assert_eq!(read_integer("5.0"), Some(5));
        for wrong in ["5.5", "1e300", "\"5\"", "true"] {
            assert_eq!(read_integer(wrong), None, "{wrong}");
        }
        assert_eq!(read_number("0.02059690004832178"), Some(0.020_596_900_048_321_78));
        for wrong in ["1e999", "\"1\"", "nan", "inf", "null"] {
            assert_eq!(read_number(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn paths_read_like_json_path() {
        let root = Path::Root;
        let list = Path::Key(&root, "per_company");
        let item = Path::Index(&list, 3);
        assert_eq!(Path::Key(&item, "a b").to_string(), "$.per_company[3][\"a b\"]");
    }
}
