//! The models, made from the table in `schema.rs`.

use std::fmt;

use bytes::Bytes;
use serde_json::value::RawValue;

use super::kind::{
    Count, DecodeError, Id, Kind, Number, OptBool, OptCount, OptInt, OptText, OptTime, Path, Slot, Text,
    TextOrEmpty,
};
use super::list::List;
use super::plan_map::PlanMap;
use crate::json::scan;

/// The client companies of a billing overview.
pub type Companies = List<ClientBilling>;

/// What all models have in common.
pub trait Model: Sized + Clone + PartialEq + Send + Sync + 'static {
    /// The class name, the same on every surface.
    const NAME: &'static str;
    /// The fields, in the order of the documentation.
    const FIELDS: &'static [Field];

    #[doc(hidden)]
    fn decode(raw: &RawValue, body: &Bytes, at: &Path<'_>) -> Result<Self, DecodeError>;

    #[doc(hidden)]
    fn raw(&self) -> &Raw;

    /// Calls `visit` with every field and its value.
    #[doc(hidden)]
    fn visit(&self, visitor: &mut dyn Visit);

    /// The JSON text that the model came from, in wire form: nothing dropped, nothing added.
    fn json(&self) -> &str {
        self.raw().as_str()
    }

    /// The wire form as a value.
    fn to_json(&self) -> serde_json::Value {
        scan::value(self.json())
    }

    /// Reads a model from its wire form, as [`Model::json`] gives it.
    ///
    /// # Errors
    /// [`Response`](crate::ErrorKind::Response), if it is not the wire form of this model.
    fn from_json(text: &str) -> Result<Self, crate::Error> {
        let body = Bytes::copy_from_slice(text.as_bytes());
        decode_body(&body).map_err(|error| {
            crate::Error::new(
                crate::ErrorKind::Response,
                format!("not the wire form of a {}: {error}", Self::NAME),
            )
        })
    }

    /// The members that this version of the SDK does not know, as they came.
    fn extra(&self) -> serde_json::Map<String, serde_json::Value> {
        scan::unknown(self.raw(), Self::FIELDS)
    }
}

/// One field of a model, for what is checked against or generated from the table.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The attribute's name, which is the wire's.
    pub name: &'static str,
    /// Another name under which answers carry it.
    pub alias: Option<&'static str>,
    /// JSON Schema type or format; a class name for nested models.
    pub kind: &'static str,
    /// Whether the attribute can be empty.
    pub nullable: bool,
}

/// The value of a field, for bindings that build objects of their own.
#[doc(hidden)]
pub enum Value<'a> {
    Absent,
    Null,
    Unfit,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(&'a str),
    Time(jiff::Timestamp),
    Settings(&'a Settings),
    Plans(&'a PlanMap),
    Periods(&'a [BillingPeriod]),
    Companies(&'a Companies),
}

/// Takes the fields of a model one by one.
#[doc(hidden)]
pub trait Visit {
    fn field(&mut self, field: &'static Field, value: Value<'_>);
}

/// A piece of JSON text, shared with the answer that it came in.
#[derive(Clone)]
pub struct Raw(Bytes);

impl Raw {
    /// `part` must be a part of `body`; if it is not, it is copied.
    pub(crate) fn part(body: &Bytes, part: &str) -> Self {
        let (start, len) = (body.as_ptr() as usize, body.len());
        let at = part.as_ptr() as usize;
        let inside = at >= start && at + part.len() <= start + len;
        Raw(if inside { body.slice_ref(part.as_bytes()) } else { Bytes::copy_from_slice(part.as_bytes()) })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        // Only ever made from `str`.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Reads a whole body as one model.
pub(crate) fn decode_body<M: Model>(body: &Bytes) -> Result<M, DecodeError> {
    M::decode(scan::whole(body)?, body, &Path::Root)
}

/// Turns a field's value into what bindings see.
trait Show {
    fn show(&self) -> Option<Value<'_>>;
}

macro_rules! show {
    ($($type:ty: $self:ident => $value:expr;)*) => {$(
        impl Show for $type {
            fn show(&self) -> Option<Value<'_>> {
                let $self = self;
                $value
            }
        }
    )*};
}

show! {
    i64: it => Some(Value::Int(*it));
    f64: it => Some(Value::Float(*it));
    Box<str>: it => Some(Value::Text(it));
    Option<Box<str>>: it => it.as_deref().map(Value::Text);
    Option<bool>: it => it.map(Value::Bool);
    Option<i64>: it => it.map(Value::Int);
    Option<jiff::Timestamp>: it => it.map(Value::Time);
    Settings: it => Some(Value::Settings(it));
    PlanMap: it => Some(Value::Plans(it));
    Vec<BillingPeriod>: it => Some(Value::Periods(it));
    Companies: it => Some(Value::Companies(it));
}

macro_rules! define_models {
    ($(
        $(#[$doc:meta])*
        $model:ident {$(
            $(#[$field_doc:meta])*
            $field:ident: $type:ty => $kind:ident $(| $alias:literal)?;
        )*}
    )*) => {$(
        $(#[$doc])*
        #[derive(Clone)]
        #[non_exhaustive]
        pub struct $model {
            $($(#[$field_doc])* pub $field: $type,)*
            raw: Raw,
        }

        impl Model for $model {
            const NAME: &'static str = stringify!($model);
            const FIELDS: &'static [Field] = &[$(Field {
                name: stringify!($field),
                alias: first_alias(&[$($alias)?]),
                kind: <$kind as Kind>::TYPE,
                nullable: <$kind as Kind>::NULLABLE,
            },)*];

            fn decode(raw: &RawValue, body: &Bytes, at: &Path<'_>) -> Result<Self, DecodeError> {
                let mut found = scan::object(raw, Self::FIELDS, at)?.into_iter();
                Ok($model {
                    $($field: <$kind as Kind>::read(&Slot {
                        raw: found.next().flatten(),
                        body,
                        parent: at,
                        model: stringify!($model),
                        name: stringify!($field),
                    })?,)*
                    raw: Raw::part(body, raw.get()),
                })
            }

            fn raw(&self) -> &Raw {
                &self.raw
            }

            fn visit(&self, visitor: &mut dyn Visit) {
                let mut fields = Self::FIELDS.iter().zip(scan::presences(&self.raw, Self::FIELDS));
                $(if let Some((field, presence)) = fields.next() {
                    visitor.field(field, self.$field.show().unwrap_or(presence));
                })*
            }
        }

        impl PartialEq for $model {
            fn eq(&self, other: &Self) -> bool {
                true $(&& self.$field == other.$field)*
            }
        }

        impl fmt::Debug for $model {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($model))$(.field(stringify!($field), &self.$field))*.finish()
            }
        }

        impl serde::Serialize for $model {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.to_json().serialize(serializer)
            }
        }
    )*};
}

const fn first_alias(aliases: &[&'static str]) -> Option<&'static str> {
    match aliases {
        [first, ..] => Some(first),
        [] => None,
    }
}

crate::schema!(define_models);

/// The settings inside a client: empty ones where the answer has none.
struct OneSettings;

impl Kind for OneSettings {
    type Value = Settings;
    const TYPE: &'static str = "Settings";
    const NULLABLE: bool = false;

    fn read(slot: &Slot<'_, '_>) -> Result<Settings, DecodeError> {
        if let Some(raw) = slot.raw
            && raw.get().starts_with('{')
        {
            return Settings::decode(raw, slot.body, &slot.path());
        }
        slot.lenient("an object", |_| None::<()>);
        let body = Bytes::from_static(b"{}");
        Settings::decode(scan::whole(&body)?, &body, &Path::Root)
    }
}

/// A map of units by plan.
struct Plans;

impl Kind for Plans {
    type Value = PlanMap;
    const TYPE: &'static str = "map of PlanProRata";
    const NULLABLE: bool = false;

    fn read(slot: &Slot<'_, '_>) -> Result<PlanMap, DecodeError> {
        match slot.raw {
            Some(raw) if raw.get() != "null" => PlanMap::decode(raw, slot.body, &slot.path()),
            present => slot.required("a map of plans", present).map(|_| PlanMap::default()),
        }
    }
}

/// The sub-periods of a client's bill.
struct Periods;

impl Kind for Periods {
    type Value = Vec<BillingPeriod>;
    const TYPE: &'static str = "list of BillingPeriod";
    const NULLABLE: bool = false;

    fn read(slot: &Slot<'_, '_>) -> Result<Vec<BillingPeriod>, DecodeError> {
        let raw = slot.required("a list", slot.raw)?;
        if raw.get() == "null" {
            return Ok(Vec::new());
        }
        let at = slot.path();
        let items = scan::list(raw, &at)?;
        let read = |(index, item): (usize, &&RawValue)| {
            BillingPeriod::decode(item, slot.body, &Path::Index(&at, index))
        };
        items.iter().enumerate().map(read).collect()
    }
}

/// The companies of an overview, read on demand.
struct PerCompany;

impl Kind for PerCompany {
    type Value = Companies;
    const TYPE: &'static str = "list of ClientBilling";
    const NULLABLE: bool = false;

    fn read(slot: &Slot<'_, '_>) -> Result<Companies, DecodeError> {
        match slot.raw {
            Some(raw) if raw.get() != "null" => List::decode(raw, slot.body, &slot.path()),
            present => slot.required("a list", present).map(|_| List::default()),
        }
    }
}
