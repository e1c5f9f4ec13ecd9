//! The rules for reading a field: its type, and what happens to a value of another type.
//!
//! Lenient rules return `None` for such a value, and log one warning; the model keeps the raw
//! value. A setting of a new type must not break a whole list. Strict rules (ids, billing numbers,
//! usage counts) return an error.

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::value::RawValue;

use crate::json::{DecodeError, Path, read_any_text, read_id, read_integer, read_number, read_text};
use crate::spelling::name;
use crate::time::parse_timestamp;
use crate::warnings;

/// A field in a response: its raw value, and the names around it.
pub(crate) struct Slot<'a, 'de> {
    /// The raw value, or `None` if the object has no such member.
    pub raw: Option<&'de RawValue>,
    /// The whole body, which nested models share.
    pub body: &'a Bytes,
    /// The place of the object.
    pub parent: &'a Path<'a>,
    /// The name of the model, for warnings.
    pub model: &'static str,
    /// The name of the field.
    pub name: &'static str,
}

impl<'a, 'de> Slot<'a, 'de> {
    /// Returns the value's JSON, or `None` if it is absent or null.
    pub fn json(&self) -> Option<&'de str> {
        self.raw.map(RawValue::get).filter(|text| *text != "null")
    }

    /// Returns the place of the field.
    pub fn path(&self) -> Path<'a> {
        Path::Key(self.parent, self.name)
    }

    fn warn(&self, what: &str, found: &str) {
        warnings::warn((self.model, self.name), || {
            format!(
                "{}.{}: expected {what}, found {}; the attribute is empty, the value is kept in the raw JSON",
                self.model,
                name(self.name),
                json_type(found),
            )
        });
    }

    /// Reads the value. A value of another type is `None`, with a warning.
    pub fn lenient<T>(&self, what: &str, read: impl FnOnce(&'de str) -> Option<T>) -> Option<T> {
        let json = self.json()?;
        let value = read(json);
        if value.is_none() {
            self.warn(what, json);
        }
        value
    }

    /// Reads the value. A value of another type is an error.
    fn strict<T>(
        &self,
        what: &str,
        read: impl FnOnce(&'de str) -> Option<T>,
    ) -> Result<Option<T>, DecodeError> {
        let Some(json) = self.json() else { return Ok(None) };
        match read(json) {
            Some(value) => Ok(Some(value)),
            None => Err(DecodeError::expected(&self.path(), what, json)),
        }
    }

    /// Checks that there is a value.
    pub fn required<T>(&self, what: &str, value: Option<T>) -> Result<T, DecodeError> {
        value.ok_or_else(|| {
            let found = if self.raw.is_some() { "null" } else { "nothing" };
            DecodeError::new(&self.path(), format!("expected {what}, found {found}"))
        })
    }
}

/// Returns the type of a JSON value that is not null, for messages.
fn json_type(json: &str) -> &'static str {
    match json.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a boolean",
        _ => "a number",
    }
}

/// A rule for reading a field.
pub(crate) trait ReadRule {
    /// The Rust type of the field.
    type Output;
    /// The JSON Schema type of the value.
    const TYPE: &'static str;
    /// True if the value can be `None`.
    const NULLABLE: bool;
    /// Reads the field.
    fn read(slot: &Slot<'_, '_>) -> Result<Self::Output, DecodeError>;
}

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident: $value:ty, $type:literal, $nullable:literal, $read:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl ReadRule for $name {
            type Output = $value;
            const TYPE: &'static str = $type;
            const NULLABLE: bool = $nullable;

            fn read(slot: &Slot<'_, '_>) -> Result<$value, DecodeError> {
                let read: fn(&Slot<'_, '_>) -> Result<$value, DecodeError> = $read;
                read(slot)
            }
        }
    )*};
}

rules! {
    /// A required id: an integer, or its digits as a string.
    Id: i64, "integer", false, |slot| {
        let id = slot.strict("an id", read_id)?;
        slot.required("an id", id)
    };
    /// A required string.
    Text: Box<str>, "string", false, |slot| {
        let read = |json| read_any_text(json).map(|(text, _)| text.into());
        let text = slot.strict("a string", read)?;
        slot.required("a string", text)
    };
    /// A string that is empty if the response has none.
    TextOrEmpty: Box<str>, "string", false, |slot| {
        Ok(slot.lenient("a string", read_text).unwrap_or_default())
    };
    /// An optional string.
    OptText: Option<Box<str>>, "string", true, |slot| Ok(slot.lenient("a string", read_text));
    /// An optional boolean.
    OptBool: Option<bool>, "boolean", true, |slot| Ok(slot.lenient("a boolean", |text| text.parse().ok()));
    /// An optional integer.
    OptInt: Option<i64>, "integer", true, |slot| Ok(slot.lenient("an integer", read_integer));
    /// An optional timestamp.
    OptTime: Option<Timestamp>, "date-time", true, |slot| {
        Ok(slot.lenient("a timestamp", |text| parse_timestamp(&read_text(text)?)))
    };
    /// A required count or number of seconds.
    Count: i64, "integer", false, |slot| {
        let count = slot.strict("an integer", read_integer)?;
        slot.required("an integer", count)
    };
    /// An optional count, never of another type.
    OptCount: Option<i64>, "integer", true, |slot| slot.strict("an integer", read_integer);
    /// A required number of units.
    Number: f64, "number", false, |slot| {
        let number = slot.strict("a number", read_number)?;
        slot.required("a number", number)
    };
}
