//! The models, created from the table in `schema.rs`.

use std::collections::HashMap;
use std::fmt;

use bytes::Bytes;
use serde_json::value::RawValue;

use super::decode::{Decode, decode_body};
use super::field::{Field, object, unknown};
use super::kind::{
    Count, Id, Kind, Number, OptBool, OptCount, OptInt, OptText, OptTime, Slot, Text, TextOrEmpty,
};
use super::list::List;
use super::raw::Raw;
use crate::error::{Error, ErrorKind};
use crate::json::{DecodeError, Path, scan};

/// The client companies of a billing overview.
pub type Companies = List<ClientBilling>;

/// What all models have in common.
pub trait Model: Decode {
    /// The fields, in the order of the documentation.
    const FIELDS: &'static [Field];

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
    fn from_json(text: &str) -> Result<Self, Error> {
        let body = Bytes::copy_from_slice(text.as_bytes());
        decode_body(&body).map_err(|error| {
            Error::new(ErrorKind::Response, format!("not the raw JSON of a {}: {error}", Self::NAME))
        })
    }

    /// The members that this version of the SDK does not know, as they came.
    fn extra(&self) -> serde_json::Map<String, serde_json::Value> {
        unknown(self.raw(), Self::FIELDS)
    }
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

/// Returns for every field the value that it shows if it is empty: it was not sent, or sent as null,
/// or as something that does not fit.
fn presences(raw: &Raw, fields: &'static [Field]) -> Vec<Value<'static>> {
    let presence = |found: Option<&RawValue>| match found {
        None => Value::Absent,
        Some(value) if value.get() == "null" => Value::Null,
        Some(_) => Value::Unfit,
    };
    // What is kept was read before: it is an object.
    let found = serde_json::from_str(raw.as_str()).ok().and_then(|raw| object(raw, fields, &Path::Root).ok());
    found.map(|found| found.into_iter().map(presence).collect()).unwrap_or_default()
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

        impl Decode for $model {
            const NAME: &'static str = stringify!($model);

            fn decode(raw: &RawValue, body: &Bytes, at: &Path<'_>) -> Result<Self, DecodeError> {
                let mut found = object(raw, Self::FIELDS, at)?.into_iter();
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
        }

        impl Model for $model {
            const FIELDS: &'static [Field] = &[$(Field {
                name: stringify!($field),
                alias: first_alias(&[$($alias)?]),
                kind: <$kind as Kind>::TYPE,
                nullable: <$kind as Kind>::NULLABLE,
            },)*];

            fn raw(&self) -> &Raw {
                &self.raw
            }

            fn visit(&self, visitor: &mut dyn Visit) {
                let mut fields = Self::FIELDS.iter().zip(presences(&self.raw, Self::FIELDS));
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

/// Units by the plan's API name, in the order they came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlanMap(Vec<(Box<str>, PlanProRata)>);

impl PlanMap {
    pub(crate) fn decode(raw: &RawValue, body: &Bytes, at: &Path<'_>) -> Result<Self, DecodeError> {
        let members = scan::members(raw, at)?;
        let mut plans: Vec<(Box<str>, PlanProRata)> = Vec::with_capacity(members.len());
        // A name that comes twice keeps its place and gets the last value.
        let mut places: HashMap<&str, usize> = HashMap::with_capacity(members.len());
        for (name, value) in &members {
            let plan = PlanProRata::decode(value, body, &Path::Key(at, name))?;
            match places.get(&**name).and_then(|place| plans.get_mut(*place)) {
                Some(known) => known.1 = plan,
                None => {
                    places.insert(&**name, plans.len());
                    plans.push((name.as_ref().into(), plan));
                }
            }
        }
        Ok(PlanMap(plans))
    }

    /// The units of one plan.
    pub fn get(&self, api_name: &str) -> Option<&PlanProRata> {
        self.iter().find(|(name, _)| *name == api_name).map(|(_, plan)| plan)
    }

    /// All plans with their units.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &PlanProRata)> {
        self.0.iter().map(|(name, plan)| (&**name, plan))
    }

    /// How many plans there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no plan.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
