//! The models as frozen classes, generated from the core's table of fields.

use std::borrow::Cow;

use crankwheel::{self as core, Error, Model};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::convert::{ToPython, loads};
use super::wire::{Hashed, Shown, Wire, wire_class};

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
            #[pyclass(frozen, module = "crankwheel")]
            #[derive(PartialEq)]
            pub struct $model(pub core::$model);

            impl Wire for $model {
                fn json_text(&self) -> Cow<'_, str> {
                    self.0.json().into()
                }

                fn from_json_text(text: &str) -> Result<Self, Error> {
                    core::$model::from_json(text).map($model)
                }

                fn shown(&self, py: Python<'_>) -> PyResult<Vec<(&'static str, String)>> {
                    let mut shown = Shown::new(py);
                    self.0.visit(&mut shown);
                    shown.fields
                }

                fn hash_value(&self) -> u64 {
                    Hashed::of(&self.0)
                }
            }

            impl ToPython for core::$model {
                fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                    Ok(Bound::new(py, $model(self.clone()))?.into_any())
                }
            }

            wire_class! { $model {
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

        /// Adds the classes to the module.
        pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_class::<$model>()?;)*
            Ok(())
        }
    };
}

core::schema!(python_models);

impl ToPython for core::PlanMap {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let plans = PyDict::new(py);
        for (name, units) in self.iter() {
            plans.set_item(name, PlanProRata(units.clone()))?;
        }
        Ok(plans.into_any())
    }
}
