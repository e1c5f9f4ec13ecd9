//! The models as frozen classes, generated from the core's table of fields.

use std::borrow::Cow;

use crankwheel::model::{Field, FieldValue, Visit};
use crankwheel::table::{ArrowTable, ToArrow};
use crankwheel::{self as core, Error, Model};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::Value;

use super::convert::{ToPython, loads};
use super::mapping;
use super::table::Tabular;
use super::wire::{Hashed, Shown, Wire, shown_fields, table_class, wire_class};

/// Defines the methods of a model. Bills are tables, too.
macro_rules! model_class {
    (ClientBilling: $model:ident $methods:tt) => {
        bill_class! { $model $methods }
    };
    (BillingOverview: $model:ident $methods:tt) => {
        bill_class! { $model $methods }
    };
    ($name:ident: $model:ident $methods:tt) => {
        wire_class! { $model $methods }
    };
}

macro_rules! bill_class {
    ($model:ident $methods:tt) => {
        impl Tabular for $model {
            fn table(&self) -> Result<ArrowTable, Error> {
                self.0.to_arrow()
            }
        }

        table_class! { $model $methods }
    };
}

macro_rules! python_models {
    ($(
        $(#[$doc:meta])*
        $model:ident {$(
            $(#[$field_doc:meta])*
            $field:ident: $type:ty => $kind:ident $(| $alias:literal)?;
        )*}
    )*) => {
        $(
            $(#[$doc])*
            #[pyclass(frozen, mapping, module = "crankwheel")]
            #[derive(PartialEq)]
            pub struct $model(pub core::$model);

            impl Wire for $model {
                const NAMES: &'static [&'static str] = &[$(stringify!($field)),*];

                fn names(&self) -> Vec<&'static str> {
                    match stringify!($model) {
                        "Settings" => present(&self.0),
                        _ => Self::NAMES.to_vec(),
                    }
                }

                fn unknown(&self) -> Option<String> {
                    self.0.extra_json()
                }

                fn json_text(&self) -> Cow<'_, str> {
                    self.0.json().into()
                }

                fn from_json_text(text: &str) -> Result<Self, Error> {
                    core::$model::from_json(text).map($model)
                }

                fn shown(&self, py: Python<'_>) -> PyResult<Vec<Shown>> {
                    shown_fields(py, &self.0)
                }

                fn hash_value(&self) -> u64 {
                    Hashed::of(&self.0)
                }
            }

            impl ToPython for core::$model {
                fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                    Ok(Bound::new(py, $model(self.clone()))?.into_any())
                }

                fn into_python(self: Box<Self>, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
                    Ok(Bound::new(py, $model(*self))?.into_any())
                }
            }

            model_class! { $model: $model {
                $(
                    $(#[$field_doc])*
                    #[getter]
                    fn $field<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                        self.0.$field.to_python(py)
                    }
                )*

                /// The raw JSON as a string: every digit and every unknown member.
                #[getter]
                fn wire_text(&self) -> &str {
                    self.0.json()
                }

                /// The members that this version of the SDK does not know, as sent.
                #[getter]
                fn extra<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                    loads(py, self.0.extra_json().as_deref().unwrap_or("{}"))
                }
            } }
        )*

        /// Returns the raw JSON of a model, or `None` for any other value.
        pub fn raw_json(value: &Bound<'_, PyAny>) -> Option<Value> {
            $(if let Ok(model) = value.cast::<$model>() {
                return Some(model.get().0.to_json());
            })*
            None
        }

        /// Adds the classes to the module.
        pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(mapping::add::<$model>(module)?;)*
            Ok(())
        }
    };
}

core::schema!(python_models);

/// Returns the names of the fields that a response has with a value of the documented type, or null.
///
/// Settings have no other keys, because programs send `{**settings, …}` back: a key with `None` for a
/// setting that the response did not have would reset it.
fn present(model: &impl Model) -> Vec<&'static str> {
    struct Present(Vec<&'static str>);

    impl Visit for Present {
        fn field(&mut self, field: &'static Field, value: FieldValue<'_>) {
            if !matches!(value, FieldValue::Absent | FieldValue::WrongType) {
                self.0.push(field.name);
            }
        }
    }

    let mut present = Present(Vec::new());
    model.visit(&mut present);
    present.0
}

impl ToPython for core::PlanMap {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let plans = PyDict::new(py);
        for (name, units) in self.iter() {
            plans.set_item(name, PlanProRata(units.clone()))?;
        }
        Ok(plans.into_any())
    }
}
