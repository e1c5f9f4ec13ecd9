//! The models, defined from the table in `schema.rs`.

use std::collections::HashMap;
use std::fmt;

use bytes::Bytes;
use serde_json::value::RawValue;

use super::decode::{Decode, decode_body};
use super::examples::example;
use super::field::{Field, object, unknown, unknown_json};
use super::list::List;
use super::raw::Raw;
use super::read_rules::{
    Count, Id, Number, OptBool, OptCount, OptInt, OptText, OptTime, ReadRule, Slot, Text, TextOrEmpty,
};
use crate::error::{Error, ErrorKind};
use crate::json::{DecodeError, Path, scan};

/// The client companies of a [`BillingOverview`].
pub type Companies = List<ClientBilling>;

/// The methods of all models.
///
/// ```
/// use crankwheel::{Client, Model};
///
/// let client = Client::from_json(r#"{"id": 7, "sname": "acmecorp", "brand_new": true}"#)?;
/// assert_eq!(&*client.sname, "acmecorp");
/// assert_eq!(client.extra()["brand_new"], true);
/// # Ok::<(), crankwheel::Error>(())
/// ```
pub trait Model: Decode {
    /// The fields, in the order of the API document.
    ///
    /// ```
    /// use crankwheel::{Model, Plan};
    ///
    /// assert_eq!(Plan::FIELDS[0].name, "api_name");
    /// ```
    const FIELDS: &'static [Field];

    #[doc(hidden)]
    fn raw(&self) -> &Raw;

    /// Calls `visitor` with every field and its value.
    #[doc(hidden)]
    fn visit(&self, visitor: &mut dyn Visit);

    /// Returns the raw JSON of the model, including unknown fields.
    ///
    /// ```
    /// use crankwheel::{Client, Model};
    ///
    /// let client = Client::from_json(r#"{"id": 7, "sname": "acmecorp", "brand_new": true}"#)?;
    /// assert!(client.json().contains("brand_new"));
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    fn json(&self) -> &str {
        self.raw().as_str()
    }

    /// Returns the raw JSON of the model as a value.
    ///
    /// ```
    /// use crankwheel::{Client, Model};
    ///
    /// let client = Client::from_json(r#"{"id": 7, "sname": "acmecorp", "brand_new": true}"#)?;
    /// assert_eq!(client.to_json()["sname"], "acmecorp");
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    fn to_json(&self) -> serde_json::Value {
        scan::value(self.json())
    }

    /// Reads a model from its raw JSON, as [`Model::json`] returns it.
    ///
    /// ```
    /// use crankwheel::{Client, Model};
    ///
    /// let client = Client::from_json(r#"{"id": 7, "sname": "acmecorp", "brand_new": true}"#)?;
    /// assert_eq!(Client::from_json(client.json())?, client);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Response`](crate::ErrorKind::Response) if it is not the JSON of this model.
    fn from_json(text: &str) -> Result<Self, Error> {
        let body = Bytes::copy_from_slice(text.as_bytes());
        decode_body(&body).map_err(|error| {
            Error::new(ErrorKind::Response, format!("not the raw JSON of a {}: {error}", Self::NAME))
        })
    }

    /// Returns the members that this version of the SDK does not know.
    ///
    /// ```
    /// use crankwheel::{Client, Model};
    ///
    /// let client = Client::from_json(r#"{"id": 7, "sname": "acmecorp", "brand_new": true}"#)?;
    /// assert_eq!(client.extra().keys().collect::<Vec<_>>(), ["brand_new"]);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    fn extra(&self) -> serde_json::Map<String, serde_json::Value> {
        unknown(self.raw(), Self::FIELDS)
    }

    /// Returns the members that this version of the SDK does not know as JSON, exactly as sent;
    /// `None` if there are none.
    #[doc(hidden)]
    fn extra_json(&self) -> Option<String> {
        unknown_json(self.raw(), Self::FIELDS)
    }
}

/// The value of a field, from which bindings build the objects of their language.
#[doc(hidden)]
pub enum FieldValue<'a> {
    Absent,
    Null,
    WrongType,
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

/// Receives the fields of a model one by one.
#[doc(hidden)]
pub trait Visit {
    fn field(&mut self, field: &'static Field, value: FieldValue<'_>);
}

/// Returns the value of each field in case it is `None`: it was absent, null or of a wrong type.
fn empty_values(raw: &Raw, fields: &'static [Field]) -> Vec<FieldValue<'static>> {
    let empty = |found: Option<&RawValue>| match found {
        None => FieldValue::Absent,
        Some(value) if value.get() == "null" => FieldValue::Null,
        Some(_) => FieldValue::WrongType,
    };
    // The raw JSON was read before, so it is an object.
    object(raw.as_str(), fields, &Path::Root)
        .map(|members| members.values.into_iter().map(empty).collect())
        .unwrap_or_default()
}

/// Converts the value of a field for bindings. `None` if the field is empty.
trait ToFieldValue {
    fn to_field_value(&self) -> Option<FieldValue<'_>>;
}

macro_rules! to_field_value {
    ($($type:ty: $value:ident => $converted:expr;)*) => {$(
        impl ToFieldValue for $type {
            fn to_field_value(&self) -> Option<FieldValue<'_>> {
                let $value = self;
                $converted
            }
        }
    )*};
}

to_field_value! {
    i64: value => Some(FieldValue::Int(*value));
    f64: value => Some(FieldValue::Float(*value));
    Box<str>: value => Some(FieldValue::Text(value));
    Option<Box<str>>: value => value.as_deref().map(FieldValue::Text);
    Option<bool>: value => value.map(FieldValue::Bool);
    Option<i64>: value => value.map(FieldValue::Int);
    Option<jiff::Timestamp>: value => value.map(FieldValue::Time);
    Settings: value => Some(FieldValue::Settings(value));
    PlanMap: value => Some(FieldValue::Plans(value));
    Vec<BillingPeriod>: value => Some(FieldValue::Periods(value));
    Companies: value => Some(FieldValue::Companies(value));
}

macro_rules! define_models {
    ($(
        $(#[$doc:meta])*
        $model:ident {$(
            $(#[$field_doc:meta])*
            $field:ident: $type:ty => $rule:ident $(| $alias:literal)?;
        )*}
    )*) => {$(
        $(#[$doc])*
        #[doc = example!($model)]
        #[derive(Clone)]
        #[non_exhaustive]
        pub struct $model {
            $($(#[$field_doc])* pub $field: $type,)*
            raw: Raw,
        }

        impl Decode for $model {
            const NAME: &'static str = stringify!($model);

            fn decode(json: &str, body: &Bytes, at: &Path<'_>) -> Result<Self, DecodeError> {
                let members = object(json, Self::FIELDS, at)?;
                let mut values = members.values.into_iter();
                Ok($model {
                    $($field: <$rule as ReadRule>::read(&Slot {
                        raw: values.next().flatten(),
                        body,
                        parent: at,
                        model: stringify!($model),
                        name: stringify!($field),
                    })?,)*
                    raw: Raw::part(body, json).with_only_known(members.only_known),
                })
            }
        }

        impl Model for $model {
            const FIELDS: &'static [Field] = &[$(Field {
                name: stringify!($field),
                alias: first_alias(&[$($alias)?]),
                kind: <$rule as ReadRule>::TYPE,
                nullable: <$rule as ReadRule>::NULLABLE,
            },)*];

            fn raw(&self) -> &Raw {
                &self.raw
            }

            fn visit(&self, visitor: &mut dyn Visit) {
                let mut fields = Self::FIELDS.iter().zip(empty_values(&self.raw, Self::FIELDS));
                $(if let Some((field, empty)) = fields.next() {
                    visitor.field(field, self.$field.to_field_value().unwrap_or(empty));
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

/// The settings of a client, empty if the response has none.
struct OneSettings;

impl ReadRule for OneSettings {
    type Output = Settings;
    const TYPE: &'static str = "Settings";
    const NULLABLE: bool = false;

    fn read(slot: &Slot<'_, '_>) -> Result<Settings, DecodeError> {
        if let Some(raw) = slot.raw
            && raw.get().starts_with('{')
        {
            return Settings::decode(raw.get(), slot.body, &slot.path());
        }
        slot.lenient("an object", |_| None::<()>);
        let body = Bytes::from_static(b"{}");
        Settings::decode("{}", &body, &Path::Root)
    }
}

/// The units of each plan.
struct Plans;

impl ReadRule for Plans {
    type Output = PlanMap;
    const TYPE: &'static str = "map of PlanProRata";
    const NULLABLE: bool = false;

    fn read(slot: &Slot<'_, '_>) -> Result<PlanMap, DecodeError> {
        match slot.raw {
            Some(raw) if raw.get() != "null" => PlanMap::decode(raw.get(), slot.body, &slot.path()),
            present => slot.required("a map of plans", present).map(|_| PlanMap::default()),
        }
    }
}

/// The sub-periods of a client's bill.
struct Periods;

impl ReadRule for Periods {
    type Output = Vec<BillingPeriod>;
    const TYPE: &'static str = "list of BillingPeriod";
    const NULLABLE: bool = false;

    fn read(slot: &Slot<'_, '_>) -> Result<Vec<BillingPeriod>, DecodeError> {
        let raw = slot.required("a list", slot.raw)?;
        if raw.get() == "null" {
            return Ok(Vec::new());
        }
        let at = slot.path();
        let items = scan::list(raw.get(), &at)?;
        let read = |(index, item): (usize, &&RawValue)| {
            BillingPeriod::decode(item.get(), slot.body, &Path::Index(&at, index))
        };
        items.iter().enumerate().map(read).collect()
    }
}

/// The companies of an overview, which are created lazily.
struct PerCompany;

impl ReadRule for PerCompany {
    type Output = Companies;
    const TYPE: &'static str = "list of ClientBilling";
    const NULLABLE: bool = false;

    fn read(slot: &Slot<'_, '_>) -> Result<Companies, DecodeError> {
        match slot.raw {
            Some(raw) if raw.get() != "null" => List::decode(raw.get(), slot.body, &slot.path()),
            present => slot.required("a list", present).map(|_| List::default()),
        }
    }
}

/// The units of each plan, by the API name of the plan, in their order in the response.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
/// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
/// # let (cw, _sandbox) = sandbox();
/// let bill = cw.reseller().billing("2019-02").await?;
/// for (plan, total) in bill.total_pro_rata.iter() {
///     println!("{plan}: {:.3} units", total.units);
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlanMap(Vec<(Box<str>, PlanProRata)>);

impl PlanMap {
    pub(crate) fn decode(json: &str, body: &Bytes, at: &Path<'_>) -> Result<Self, DecodeError> {
        let members = scan::members(json, at)?;
        let mut plans: Vec<(Box<str>, PlanProRata)> = Vec::with_capacity(members.len());
        // A duplicate name keeps its place and gets the last value.
        let mut places: HashMap<&str, usize> = HashMap::with_capacity(members.len());
        for (name, value) in &members {
            let plan = PlanProRata::decode(value.get(), body, &Path::Key(at, name))?;
            match places.get(&**name).and_then(|place| plans.get_mut(*place)) {
                Some(previous) => previous.1 = plan,
                None => {
                    places.insert(&**name, plans.len());
                    plans.push((name.as_ref().into(), plan));
                }
            }
        }
        Ok(PlanMap(plans))
    }

    /// Returns the units of one plan.
    ///
    /// ```
    /// use crankwheel::{BillingOverview, Model};
    ///
    /// let units = r#"{"plan_1": {"units": 2.5}, "plan_2": {"units": 0.5}}"#;
    /// let bill = BillingOverview::from_json(&format!(r#"{{"per_company": [], "total_pro_rata": {units}}}"#))?;
    /// assert_eq!(bill.total_pro_rata.get("plan_1").unwrap().units, 2.5);
    /// assert!(bill.total_pro_rata.get("plan_3").is_none());
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn get(&self, api_name: &str) -> Option<&PlanProRata> {
        self.iter().find(|(name, _)| *name == api_name).map(|(_, plan)| plan)
    }

    /// Returns an iterator over the plans and their units.
    ///
    /// ```
    /// use crankwheel::{BillingOverview, Model};
    ///
    /// let units = r#"{"plan_1": {"units": 2.5}, "plan_2": {"units": 0.5}}"#;
    /// let bill = BillingOverview::from_json(&format!(r#"{{"per_company": [], "total_pro_rata": {units}}}"#))?;
    /// let total: f64 = bill.total_pro_rata.iter().map(|(_, plan)| plan.units).sum();
    /// assert_eq!(total, 3.0);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &PlanProRata)> {
        self.0.iter().map(|(name, plan)| (&**name, plan))
    }

    /// Returns the number of plans.
    ///
    /// ```
    /// use crankwheel::{BillingOverview, Model};
    ///
    /// let units = r#"{"plan_1": {"units": 2.5}, "plan_2": {"units": 0.5}}"#;
    /// let bill = BillingOverview::from_json(&format!(r#"{{"per_company": [], "total_pro_rata": {units}}}"#))?;
    /// assert_eq!(bill.total_pro_rata.len(), 2);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns true if there is no plan.
    ///
    /// ```
    /// use crankwheel::{BillingOverview, Model};
    ///
    /// let units = r#"{"plan_1": {"units": 2.5}, "plan_2": {"units": 0.5}}"#;
    /// let bill = BillingOverview::from_json(&format!(r#"{{"per_company": [], "total_pro_rata": {units}}}"#))?;
    /// assert!(!bill.total_pro_rata.is_empty());
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
