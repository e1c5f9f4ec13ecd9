//! The fields of a model, and finding them in an object.

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::raw::Raw;
use crate::json::{DecodeError, Path, scan};

/// One field of a model.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The attribute's name, the same as in the JSON.
    pub name: &'static str,
    /// Another name that responses use for it.
    pub alias: Option<&'static str>,
    /// JSON Schema type or format; a class name for nested models.
    pub kind: &'static str,
    /// True if the attribute can be empty.
    pub nullable: bool,
}

/// Returns the values of the given fields, in the fields' order. A field's own name wins over its
/// alias.
pub(super) fn object<'de>(
    raw: &'de RawValue,
    fields: &[Field],
    at: &Path<'_>,
) -> Result<Vec<Option<&'de RawValue>>, DecodeError> {
    let mut found: Vec<Option<&'de RawValue>> = vec![None; fields.len()];
    let mut aliased: Vec<(usize, &'de RawValue)> = Vec::new();
    for (key, value) in scan::members(raw, at)? {
        if let Some(index) = fields.iter().position(|field| field.name == key) {
            if let Some(place) = found.get_mut(index) {
                *place = Some(value);
            }
        } else if let Some(index) = fields.iter().position(|field| field.alias == Some(&*key)) {
            aliased.push((index, value));
        }
    }
    for (index, value) in aliased {
        if let Some(place) = found.get_mut(index)
            && place.is_none_or(|own| own.get() == "null")
        {
            *place = Some(value);
        }
    }
    Ok(found)
}

/// Returns the members that are not among these fields.
pub(super) fn unknown(raw: &Raw, fields: &[Field]) -> Map<String, Value> {
    let known = |key: &str| fields.iter().any(|field| field.name == key || field.alias == Some(key));
    let found = serde_json::from_str(raw.as_str()).ok().and_then(|raw| scan::members(raw, &Path::Root).ok());
    let unknown = found.into_iter().flatten().filter(|(key, _)| !known(key));
    unknown.map(|(key, raw)| (key.into_owned(), scan::value(raw.get()))).collect()
}
