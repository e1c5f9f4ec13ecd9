//! The exact form of a model, for raw JSON that JavaScript's parser reads in another way than the core.
//!
//! TypeScript creates a model from the raw JSON. It asks for the exact form if that has a large integer, or half of a
//! surrogate pair: the same object with the same names, in which every field has the value that the core decoded. Fields
//! that are missing or have an unexpected type are left out; null stays null. An integer that a number cannot hold is a list
//! with its digits. The companies of an overview are null: they are a separate list (`list.rs`).

use std::fmt::Write;

use crankwheel::Model;
use crankwheel::model::{Field, FieldValue, Visit};

/// JavaScript's `Number.MAX_SAFE_INTEGER`.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// Returns the exact form of a model.
pub fn exact<M: Model>(model: &M) -> String {
    let mut out = String::new();
    write_model(model, &mut out);
    out
}

/// Writes a string as JSON.
fn write_text(text: &str, out: &mut String) {
    // Any str can be written as JSON.
    out.push_str(&serde_json::to_string(text).unwrap_or_else(|_| "\"\"".to_owned()));
}

fn write_model<M: Model>(model: &M, out: &mut String) {
    let mut writer = Writer { out, first: true };
    writer.out.push('{');
    model.visit(&mut writer);
    // An object that is not empty.
    let extra = model.extra_json();
    if let Some(members) = extra.as_deref().and_then(|extra| extra.strip_prefix('{')?.strip_suffix('}')) {
        writer.separate();
        writer.out.push_str(members);
    }
    out.push('}');
}

struct Writer<'a> {
    out: &'a mut String,
    first: bool,
}

impl Writer<'_> {
    fn separate(&mut self) {
        if !std::mem::take(&mut self.first) {
            self.out.push(',');
        }
    }
}

impl Visit for Writer<'_> {
    fn field(&mut self, field: &'static Field, value: FieldValue<'_>) {
        if matches!(value, FieldValue::Absent | FieldValue::WrongType) {
            return;
        }
        self.separate();
        write_text(field.name, self.out);
        self.out.push(':');
        write_value(value, self.out);
    }
}

fn write_value(value: FieldValue<'_>, out: &mut String) {
    // Writing to a String cannot fail.
    let _ = match value {
        FieldValue::Bool(it) => write!(out, "{it}"),
        FieldValue::Int(it) if it.unsigned_abs() > MAX_SAFE_INTEGER => write!(out, "[\"{it}\"]"),
        FieldValue::Int(it) => write!(out, "{it}"),
        FieldValue::Float(it) => write!(out, "{it}"),
        FieldValue::Time(it) => write!(out, "\"{it}\""),
        FieldValue::Text(it) => {
            write_text(it, out);
            Ok(())
        }
        FieldValue::Settings(it) => {
            write_model(it, out);
            Ok(())
        }
        FieldValue::Plans(plans) => {
            write_list(['{', '}'], plans.iter(), out, |(name, plan), out| {
                write_text(name, out);
                out.push(':');
                write_model(plan, out);
            });
            Ok(())
        }
        FieldValue::Periods(periods) => {
            write_list(['[', ']'], periods.iter(), out, write_model);
            Ok(())
        }
        FieldValue::Absent | FieldValue::Null | FieldValue::WrongType | FieldValue::Companies(_) => {
            write!(out, "null")
        }
    };
}

/// Writes the items of a list or an object.
fn write_list<T>(
    [open, close]: [char; 2],
    items: impl Iterator<Item = T>,
    out: &mut String,
    mut write: impl FnMut(T, &mut String),
) {
    out.push(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(close);
}
