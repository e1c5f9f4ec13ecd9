//! The members of faults and of their scope: names and types.

use serde_json::Value;

/// A member of a fault or of its scope.
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) kind: MemberType,
    pub(super) required: bool,
}

/// The type of a member.
pub(super) enum MemberType {
    U16,
    U32,
    U64,
    I32,
    F64,
    Bool,
    String,
    Headers,
    Json,
    OneOf(&'static [&'static str]),
}

impl MemberType {
    pub(super) fn accepts(&self, value: &Value) -> bool {
        match self {
            Self::U16 => value.as_u64().is_some_and(|number| u16::try_from(number).is_ok()),
            Self::U32 => value.as_u64().is_some_and(|number| u32::try_from(number).is_ok()),
            Self::U64 => value.is_u64(),
            Self::I32 => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
            Self::F64 => value.is_number(),
            Self::Bool => value.is_boolean(),
            Self::String => value.is_string(),
            Self::Headers => value.as_object().is_some_and(|headers| headers.values().all(Value::is_string)),
            Self::Json => true,
            Self::OneOf(words) => value.as_str().is_some_and(|word| words.contains(&word)),
        }
    }

    pub(super) fn expected(&self) -> String {
        match self {
            Self::U16 => format!("an integer between 0 and {}", u16::MAX),
            Self::U32 => format!("an integer between 0 and {}", u32::MAX),
            Self::U64 => "an integer of 0 or more".to_owned(),
            Self::I32 => format!("an integer between {} and {}", i32::MIN, i32::MAX),
            Self::F64 => "a number".to_owned(),
            Self::Bool => "a boolean".to_owned(),
            Self::String => "a string".to_owned(),
            Self::Headers => "an object whose values are strings".to_owned(),
            Self::Json => "a JSON value".to_owned(),
            Self::OneOf(words) => format!("one of {}", words.join(", ")),
        }
    }
}
