//! The fields of a model, and how they are found in an object.

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::raw::Raw;
use crate::json::{DecodeError, Path, scan};

/// A field of a model. [`Model::FIELDS`](crate::Model::FIELDS) lists them.
///
/// ```
/// use crankwheel::{Client, Model};
///
/// let read_only = Client::FIELDS.iter().find(|field| field.name == "session_limit").unwrap();
/// assert_eq!((read_only.kind, read_only.nullable), ("integer", true));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The field's name, which is also its name in JSON.
    pub name: &'static str,
    /// Another name that responses use for the field.
    pub alias: Option<&'static str>,
    /// The JSON Schema type or format, or the name of a nested model.
    pub kind: &'static str,
    /// True if the field can be `None`.
    pub nullable: bool,
}

/// The members of an object.
pub(super) struct Members<'de> {
    /// The values of the model's fields, in their order.
    pub values: Vec<Option<&'de RawValue>>,
    /// True if there are no other members.
    pub only_known: bool,
}

/// Returns the members of an object. A field's own name takes precedence over its alias.
pub(super) fn object<'de>(
    json: &'de str,
    fields: &[Field],
    at: &Path<'_>,
) -> Result<Members<'de>, DecodeError> {
    let mut values: Vec<Option<&'de RawValue>> = vec![None; fields.len()];
    let mut only_known = true;
    let mut aliased: Vec<(usize, &'de RawValue)> = Vec::new();
    // Responses have the fields in the order of the document, so the next one is expected.
    let mut next = 0;
    scan::each_member(json, at, |key, value| {
        let expected = fields.get(next).is_some_and(|field| field.name == key).then_some(next);
        if let Some(index) = expected.or_else(|| fields.iter().position(|field| field.name == key)) {
            next = index + 1;
            if let Some(slot) = values.get_mut(index) {
                *slot = Some(value);
            }
        } else if let Some(index) = fields.iter().position(|field| field.alias == Some(&*key)) {
            next = index + 1;
            aliased.push((index, value));
        } else {
            only_known = false;
        }
    })?;
    for (index, value) in aliased {
        if let Some(slot) = values.get_mut(index)
            && slot.is_none_or(|own| own.get() == "null")
        {
            *slot = Some(value);
        }
    }
    Ok(Members { values, only_known })
}

/// Returns the members that are not among these fields.
pub(super) fn unknown(raw: &Raw, fields: &[Field]) -> Map<String, Value> {
    let known = |key: &str| fields.iter().any(|field| field.name == key || field.alias == Some(key));
    let found = scan::members(raw.as_str(), &Path::Root).ok();
    let unknown = found.into_iter().flatten().filter(|(key, _)| !known(key));
    unknown.map(|(key, raw)| (key.into_owned(), scan::value(raw.get()))).collect()
}

/// Returns the JSON of an object with the members that are not among these fields; `None` if there
/// are none.
pub(super) fn unknown_json(raw: &Raw, fields: &[Field]) -> Option<String> {
    if raw.only_known() {
        return None;
    }
    let known = |key: &str| fields.iter().any(|field| field.name == key || field.alias == Some(key));
    scan::unknown_json(raw.as_str(), known)
}
