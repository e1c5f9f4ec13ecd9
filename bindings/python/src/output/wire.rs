//! The methods that all models share: raw JSON, equality, hash, `repr`, pickling.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

use crankwheel::model::{Field, FieldValue, Visit};
use crankwheel::{Error, Model};
use pyo3::prelude::*;

use super::convert::ToPython;

/// A response, or a part of one.
pub trait Wire: Sized + PartialEq {
    /// Returns the raw JSON.
    fn json_text(&self) -> Cow<'_, str>;
    /// Parses the raw JSON.
    fn from_json_text(text: &str) -> Result<Self, Error>;
    /// Returns the fields that `repr` shows, with their values.
    fn shown(&self, py: Python<'_>) -> PyResult<Vec<(&'static str, String)>>;
    /// Returns a hash of the fields that equality compares.
    fn hash_value(&self) -> u64;
}

/// The largest number of fields that `repr` shows.
const MOST_SHOWN: usize = 6;

/// Returns the `repr` of a model: `Client(id=27084, sname='exampleco', …)`.
pub fn line(name: &str, fields: &[(&'static str, String)]) -> String {
    let mut out = format!("{name}(");
    for (index, (field, value)) in fields.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        if index == MOST_SHOWN {
            out.push('…');
            break;
        }
        out.push_str(&format!("{field}={value}"));
    }
    out.push(')');
    out
}

/// Returns the `repr` of a value, cut off if it is long.
pub fn shown_value(py: Python<'_>, value: &impl ToPython) -> PyResult<String> {
    const MOST: usize = 60;
    let text = value.to_python(py)?.repr()?.to_string();
    Ok(match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", text.split_at(end).0),
        None => text,
    })
}

/// Collects the fields of a model that have a value, with the `repr` of each.
pub struct Shown<'py> {
    py: Python<'py>,
    pub fields: PyResult<Vec<(&'static str, String)>>,
}

impl<'py> Shown<'py> {
    pub fn new(py: Python<'py>) -> Self {
        Shown { py, fields: Ok(Vec::new()) }
    }
}

impl Visit for Shown<'_> {
    fn field(&mut self, field: &'static Field, value: FieldValue<'_>) {
        let text = match value {
            FieldValue::Absent | FieldValue::Null | FieldValue::WrongType | FieldValue::Settings(_) => return,
            FieldValue::Bool(it) => shown_value(self.py, &it),
            FieldValue::Int(it) => shown_value(self.py, &it),
            FieldValue::Float(it) => shown_value(self.py, &it),
            FieldValue::Text(it) => shown_value(self.py, &it),
            FieldValue::Time(it) => Ok(it.to_string()),
            FieldValue::Plans(it) => Ok(format!("<{} plans>", it.len())),
            FieldValue::Periods(it) => Ok(format!("<{} periods>", it.len())),
            FieldValue::Companies(it) => Ok(format!("<{} companies>", it.len())),
            #[allow(unreachable_patterns)]
            _ => return,
        };
        if let Ok(fields) = &mut self.fields {
            match text {
                Ok(text) => fields.push((field.name, text)),
                Err(error) => self.fields = Err(error),
            }
        }
    }
}

/// Hashes the fields of a model as equality compares them.
#[derive(Default)]
pub struct Hashed(DefaultHasher);

impl Hashed {
    pub fn of<M: Model>(model: &M) -> u64 {
        let mut hashed = Hashed::default();
        model.visit(&mut hashed);
        hashed.0.finish()
    }

    fn part<M: Model>(&mut self, model: &M) {
        Self::of(model).hash(&mut self.0);
    }
}

impl Visit for Hashed {
    fn field(&mut self, field: &'static Field, value: FieldValue<'_>) {
        field.name.hash(&mut self.0);
        match value {
            FieldValue::Bool(it) => it.hash(&mut self.0),
            FieldValue::Int(it) => it.hash(&mut self.0),
            // 0.0 and -0.0 are equal.
            FieldValue::Float(it) => (if it == 0.0 { 0 } else { it.to_bits() }).hash(&mut self.0),
            FieldValue::Text(it) => it.hash(&mut self.0),
            FieldValue::Time(it) => it.hash(&mut self.0),
            FieldValue::Settings(it) => self.part(it),
            FieldValue::Plans(it) => it.iter().for_each(|(name, plan)| {
                name.hash(&mut self.0);
                self.part(plan);
            }),
            FieldValue::Periods(it) => it.iter().for_each(|period| self.part(period)),
            FieldValue::Companies(it) => it.len().hash(&mut self.0),
            // The attribute is `None` in all of these cases.
            FieldValue::Absent | FieldValue::Null | FieldValue::WrongType => {}
            #[allow(unreachable_patterns)]
            _ => {}
        }
    }
}

/// Defines the `#[pymethods]` of a class that implements [`Wire`]: its own, then the common ones.
macro_rules! wire_class {
    ($class:ident { $($own:tt)* }) => {
        #[pyo3::pymethods]
        impl $class {
            $($own)*

            /// Returns the raw JSON as a dict.
            fn to_dict<'py>(&self, py: pyo3::Python<'py>) -> pyo3::PyResult<pyo3::Bound<'py, pyo3::PyAny>> {
                $crate::output::convert::loads(py, &$crate::output::wire::Wire::json_text(self))
            }

            /// Returns the names in the raw JSON; `dict(…)` and `{**…}` use them.
            fn keys<'py>(&self, py: pyo3::Python<'py>) -> pyo3::PyResult<pyo3::Bound<'py, pyo3::PyAny>> {
                pyo3::types::PyAnyMethods::call_method0(&self.to_dict(py)?, "keys")
            }

            fn __getitem__<'py>(
                &self,
                key: &pyo3::Bound<'py, pyo3::PyAny>,
            ) -> pyo3::PyResult<pyo3::Bound<'py, pyo3::PyAny>> {
                pyo3::types::PyAnyMethods::get_item(&self.to_dict(key.py())?, key)
            }

            fn __contains__(&self, key: &pyo3::Bound<'_, pyo3::PyAny>) -> pyo3::PyResult<bool> {
                pyo3::types::PyAnyMethods::contains(&self.to_dict(key.py())?, key)
            }

            fn __iter__<'py>(&self, py: pyo3::Python<'py>) -> pyo3::PyResult<pyo3::Bound<'py, pyo3::PyAny>> {
                pyo3::types::PyAnyMethods::try_iter(&self.to_dict(py)?).map(pyo3::Bound::into_any)
            }

            fn __eq__<'py>(
                &self,
                other: &pyo3::Bound<'py, pyo3::PyAny>,
            ) -> pyo3::PyResult<pyo3::Bound<'py, pyo3::PyAny>> {
                $crate::output::wire::equal(self, other)
            }

            fn __hash__(&self) -> u64 {
                $crate::output::wire::Wire::hash_value(self)
            }

            fn __repr__(&self, py: pyo3::Python<'_>) -> pyo3::PyResult<String> {
                Ok($crate::output::wire::line(stringify!($class), &$crate::output::wire::Wire::shown(self, py)?))
            }

            #[classmethod]
            fn _from_wire(_class: &pyo3::Bound<'_, pyo3::types::PyType>, text: &str) -> $crate::output::error::Result<Self> {
                Ok($crate::output::wire::Wire::from_json_text(text)?)
            }

            /// Creates a model for tests from a mapping in the form of the raw JSON, as `to_dict()`
            /// returns it. Times may be datetimes, and parts may be models.
            #[classmethod]
            fn from_dict<'py>(
                class: &pyo3::Bound<'py, pyo3::types::PyType>,
                values: &pyo3::Bound<'py, pyo3::PyAny>,
            ) -> pyo3::PyResult<pyo3::Bound<'py, pyo3::PyAny>> {
                $crate::output::wire::create(class, "from_dict", values)
            }

            fn __reduce__<'py>(
                &self,
                py: pyo3::Python<'py>,
            ) -> pyo3::PyResult<(pyo3::Bound<'py, pyo3::PyAny>, (String,))> {
                let read = pyo3::types::PyAnyMethods::getattr(&*py.get_type::<Self>(), "_from_wire")?;
                Ok((read, ($crate::output::wire::Wire::json_text(self).into_owned(),)))
            }

            fn __copy__(this: pyo3::Py<Self>) -> pyo3::Py<Self> {
                this
            }

            fn __deepcopy__(this: pyo3::Py<Self>, _memo: &pyo3::Bound<'_, pyo3::PyAny>) -> pyo3::Py<Self> {
                this
            }

            #[classmethod]
            fn __get_pydantic_core_schema__<'py>(
                class: &pyo3::Bound<'py, pyo3::types::PyType>,
                _source: &pyo3::Bound<'py, pyo3::PyAny>,
                _handler: &pyo3::Bound<'py, pyo3::PyAny>,
            ) -> pyo3::PyResult<pyo3::Bound<'py, pyo3::PyAny>> {
                $crate::output::wire::pydantic_schema(class, "model")
            }
        }
    };
}

pub(crate) use wire_class;

/// Implements `==` for objects of one class; for other classes, Python asks the other object.
pub fn equal<'py, T>(this: &T, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>>
where
    T: pyo3::PyClass<Frozen = pyo3::pyclass::boolean_struct::True> + Sync + PartialEq,
{
    match other.cast::<T>() {
        Ok(other) => (this == other.get()).to_python(other.py()),
        Err(_) => Ok(other.py().NotImplemented().into_bound(other.py())),
    }
}

/// Returns the schema by which pydantic and FastAPI read and write a class.
pub fn pydantic_schema<'py>(
    class: &Bound<'py, pyo3::types::PyType>,
    schema: &str,
) -> PyResult<Bound<'py, PyAny>> {
    class.py().import("crankwheel._pydantic")?.getattr(schema)?.call1((class,))
}

/// Creates an object of a class for tests, by a function of `crankwheel/_factories.py`.
pub fn create<'py>(
    class: &Bound<'py, pyo3::types::PyType>,
    function: &str,
    values: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    class.py().import("crankwheel._factories")?.getattr(function)?.call1((class, values))
}
