//! The typed form of a model as JSON text, from which TypeScript creates its objects.
//!
//! A model becomes `[fields, json, extra]`: the decoded fields by their camelCase names, the raw JSON as a string, and
//! the members that this version does not know (or null). Fields that are missing or have an unexpected type are left
//! out; null stays null. An integer that a number cannot hold is a list with its digits. Timestamps are milliseconds since 1970. Maps by plan are lists of pairs, because a plan can have
//! any name, even `__proto__`. The companies of an overview are null: they are a separate list (`list.rs`).
//!
//! The JSON is written by hand, because this runs for every row and a serializer would need the same `match`.

use std::fmt::Write;

use crankwheel::model::{Field, FieldValue, Visit};
use crankwheel::{Model, name};

/// JavaScript's `Number.MAX_SAFE_INTEGER`.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// Returns the typed form of a model.
pub fn typed<M: Model>(model: &M) -> String {
    let mut out = String::with_capacity(2 * model.json().len() + 64);
    write_model(model, &mut out);
    out
}

/// Writes a string as JSON.
fn write_text(text: &str, out: &mut String) {
    // Any str can be written as JSON.
    out.push_str(&serde_json::to_string(text).unwrap_or_else(|_| "\"\"".to_owned()));
}

fn write_model<M: Model>(model: &M, out: &mut String) {
    out.push_str("[{");
    model.visit(&mut Writer { out, first: true });
    out.push_str("},");
    write_text(model.json(), out);
    out.push(',');
    out.push_str(model.extra_json().as_deref().unwrap_or("null"));
    out.push(']');
}

struct Writer<'a> {
    out: &'a mut String,
    first: bool,
}

impl Visit for Writer<'_> {
    fn field(&mut self, field: &'static Field, value: FieldValue<'_>) {
        if matches!(value, FieldValue::Absent | FieldValue::WrongType) {
            return;
        }
        if !std::mem::take(&mut self.first) {
            self.out.push(',');
        }
        write_text(&name(field.name), self.out);
        self.out.push(':');
        write_value(value, self.out);
    }
}

fn write_value(value: FieldValue<'_>, out: &mut String) {
    // Writing to a String cannot fail.
    let _ = match value {
        FieldValue::Bool(it) => write!(out, "{it}"),
        // A number of JavaScript cannot hold it: TypeScript makes a bigint of it.
        FieldValue::Int(it) if it.unsigned_abs() > MAX_SAFE_INTEGER => write!(out, "[\"{it}\"]"),
        FieldValue::Int(it) => write!(out, "{it}"),
        FieldValue::Float(it) => write!(out, "{it}"),
        FieldValue::Time(it) => write!(out, "{}", it.as_millisecond()),
        FieldValue::Text(it) => {
            write_text(it, out);
            Ok(())
        }
        FieldValue::Settings(it) => {
            write_model(it, out);
            Ok(())
        }
        FieldValue::Plans(plans) => {
            write_list(plans.iter(), out, |(name, plan), out| {
                out.push('[');
                write_text(name, out);
                out.push(',');
                write_model(plan, out);
                out.push(']');
            });
            Ok(())
        }
        FieldValue::Periods(periods) => {
            write_list(periods.iter(), out, write_model);
            Ok(())
        }
        FieldValue::Absent | FieldValue::Null | FieldValue::WrongType | FieldValue::Companies(_) => {
            write!(out, "null")
        }
    };
}

/// Writes a JSON list.
fn write_list<T>(items: impl Iterator<Item = T>, out: &mut String, mut write: impl FnMut(T, &mut String)) {
    out.push('[');
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(']');
}
