//! How one field is read: by a kind, which names a type and a rule for what does not fit it.
//!
//! Lenient kinds read what does not fit as `None`, keep the raw value in the model and log one warning: a new
//! sort of setting must not break a whole list. Strict kinds (ids, billing numbers, usage counts) refuse it.

use std::collections::BTreeSet;
use std::sync::Mutex;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::value::RawValue;

use crate::json::{read_id, read_integer, read_number, read_text};
use crate::spelling::name;
use crate::time::parse_timestamp;
use crate::warnings;

pub use crate::json::{DecodeError, Path};

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
            warnings::warn(format!(
                "{}.{}: expected {what}, found {}; the attribute is empty, the value is kept in the raw JSON",
                self.model,
                name(self.name),
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
            let found = if self.raw.is_some() { "null" } else { "nothing" };
            DecodeError::new(&self.path(), format!("expected {what}, found {found}"))
        })
    }
}

fn json_type(text: &str) -> &'static str {
    match text.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a boolean",
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
        let text = slot.strict("a string", read_text)?;
        slot.required("a string", text)
    };
    /// A text that is empty where the answer has none.
    TextOrEmpty: Box<str>, "string", false, |slot| {
        Ok(slot.lenient("a string", read_text).unwrap_or_default())
    };
    /// A text or nothing.
    OptText: Option<Box<str>>, "string", true, |slot| Ok(slot.lenient("a string", read_text));
    /// A truth value or nothing.
    OptBool: Option<bool>, "boolean", true, |slot| Ok(slot.lenient("a boolean", |text| text.parse().ok()));
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
