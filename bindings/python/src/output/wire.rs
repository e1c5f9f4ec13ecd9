//! The methods that all models share: raw JSON, equality, hash, `repr`, pickling.

use std::hash::{DefaultHasher, Hash, Hasher};

use crankwheel::model::{Field, FieldValue, Visit};
use crankwheel::{Error, Model, collect_warnings};
use jiff::Timestamp;
use pyo3::prelude::*;

use super::convert::ToPython;
use super::error::Failure;
pub use super::response::{Shown, Wire};
use crate::logger::write_warnings;

/// The most columns of a model's `repr`: a row of a list, with its indentation and comma, has 100, or
/// 120 if the first fields need them.
const WIDEST: [usize; 2] = [97, 117];
/// The largest number of fields that `repr` shows.
const MOST_FIELDS: usize = 6;
/// The lengths to which strings are cut off so that the first fields fit.
const CUTS: [usize; 4] = [40, 24, 16, 12];

/// Returns the `repr` of a model on one line: `Client(id=27084, sname='exampleco')`. It is ASCII except
/// for the values, so that it can be printed on any terminal.
pub fn line(name: &str, fields: &[Shown]) -> String {
    // A client shows its plan and both limits.
    let needed = if fields.iter().any(|(field, _)| *field == "current_plan") { 5 } else { 4 };
    let mut shown = String::new();
    for (widest, cut) in WIDEST.iter().flat_map(|widest| CUTS.map(|cut| (*widest, cut))) {
        let mut fitting = 0;
        shown = format!("{name}(");
        for (index, (field, value)) in fields.iter().take(MOST_FIELDS).enumerate() {
            let separator = if index > 0 { ", " } else { "" };
            let part = format!("{separator}{field}={}", cut_off(value, cut));
            if index > 0 && shown.chars().count() + part.chars().count() + 1 > widest {
                break;
            }
            shown.push_str(&part);
            fitting += 1;
        }
        if fitting >= needed.min(fields.len()) {
            break;
        }
    }
    shown.push(')');
    shown
}

/// Cuts off the `repr` of a string, and keeps its quotes. Other values stay whole.
fn cut_off(value: &str, most: usize) -> String {
    let Some(quote) = value.chars().next().filter(|first| matches!(first, '\'' | '"')) else {
        return value.to_owned();
    };
    if value.chars().count() <= most {
        return value.to_owned();
    }
    let start: String = value.chars().take(most.saturating_sub(4)).collect();
    // Not within an escape.
    format!("{}...{quote}", start.trim_end_matches('\\'))
}

/// Returns the `repr` of a value.
pub fn shown_value(py: Python<'_>, value: &impl ToPython) -> PyResult<String> {
    Ok(value.to_python(py)?.repr()?.to_string())
}

/// Returns a time as `repr` shows it.
pub fn shown_time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Collects the fields of a model that have a value, with the `repr` of each.
struct Collect<'py> {
    py: Python<'py>,
    fields: PyResult<Vec<Shown>>,
}

/// The fields that `repr` shows before the others.
const FIRST: &[&str] = &[
    "id",
    "company_id",
    "email",
    "client_id",
    "api_name",
    "sname",
    "current_plan",
    "session_limit",
    "license_count",
    "num_sessions",
    "pro_rata",
    "plans_pro_rata",
    "periods",
    "effective_from",
    "effective_to",
];

/// Returns a hash of some fields.
pub fn hashed(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Returns the fields of a model that have a value, in the order in which `repr` shows them.
pub fn shown_fields(py: Python<'_>, model: &impl Model) -> PyResult<Vec<Shown>> {
    let mut collect = Collect { py, fields: Ok(Vec::new()) };
    model.visit(&mut collect);
    let mut fields = collect.fields?;
    fields.sort_by_key(|(name, _)| FIRST.iter().position(|first| first == name).unwrap_or(FIRST.len()));
    Ok(fields)
}

impl Visit for Collect<'_> {
    fn field(&mut self, field: &'static Field, value: FieldValue<'_>) {
        let text = match value {
            FieldValue::Absent | FieldValue::Null | FieldValue::WrongType | FieldValue::Settings(_) => return,
            FieldValue::Bool(it) => shown_value(self.py, &it),
            FieldValue::Int(it) => shown_value(self.py, &it),
            FieldValue::Float(it) => shown_value(self.py, &it),
            FieldValue::Text(it) => shown_value(self.py, &it),
            FieldValue::Time(it) => Ok(shown_time(it)),
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

            /// Returns the names of the attributes, then those of the unknown members.
            fn keys<'py>(this: &pyo3::Bound<'py, Self>) -> pyo3::PyResult<pyo3::Bound<'py, pyo3::PyAny>> {
                let py = this.py();
                let keys = pyo3::types::PyDict::new(py);
                for key in $crate::output::mapping::keys(this)? {
                    pyo3::types::PyDictMethods::set_item(&keys, key, py.None())?;
                }
                pyo3::types::PyAnyMethods::call_method0(&*keys, "keys")
            }

            /// Returns the values by their names.
            fn items<'py>(this: &pyo3::Bound<'py, Self>) -> pyo3::PyResult<pyo3::Bound<'py, pyo3::PyAny>> {
                pyo3::types::PyAnyMethods::call_method0(&*$crate::output::mapping::dict(this)?, "items")
            }

            /// Returns the values.
            fn values<'py>(this: &pyo3::Bound<'py, Self>) -> pyo3::PyResult<pyo3::Bound<'py, pyo3::PyAny>> {
                pyo3::types::PyAnyMethods::call_method0(&*$crate::output::mapping::dict(this)?, "values")
            }

            /// Returns the value of a name, or `default` if there is none.
            #[pyo3(signature = (key, default=None, /))]
            fn get<'py>(
                this: &pyo3::Bound<'py, Self>,
                key: &pyo3::Bound<'py, pyo3::PyAny>,
                default: Option<pyo3::Bound<'py, pyo3::PyAny>>,
            ) -> pyo3::PyResult<Option<pyo3::Bound<'py, pyo3::PyAny>>> {
                Ok($crate::output::mapping::find(this, key)?.or(default))
            }

            fn __getitem__<'py>(
                this: &pyo3::Bound<'py, Self>,
                key: &pyo3::Bound<'py, pyo3::PyAny>,
            ) -> pyo3::PyResult<pyo3::Bound<'py, pyo3::PyAny>> {
                $crate::output::mapping::item(this, key)
            }

            fn __contains__(
                this: &pyo3::Bound<'_, Self>,
                key: &pyo3::Bound<'_, pyo3::PyAny>,
            ) -> pyo3::PyResult<bool> {
                Ok($crate::output::mapping::find(this, key)?.is_some())
            }

            fn __len__(this: &pyo3::Bound<'_, Self>) -> pyo3::PyResult<usize> {
                Ok(pyo3::types::PyListMethods::len(&$crate::output::mapping::keys(this)?))
            }

            fn __iter__<'py>(this: &pyo3::Bound<'py, Self>) -> pyo3::PyResult<pyo3::Bound<'py, pyo3::PyAny>> {
                pyo3::types::PyAnyMethods::try_iter(&*$crate::output::mapping::keys(this)?)
                    .map(pyo3::Bound::into_any)
            }

            fn _ipython_key_completions_<'py>(
                this: &pyo3::Bound<'py, Self>,
            ) -> pyo3::PyResult<pyo3::Bound<'py, pyo3::types::PyList>> {
                $crate::output::mapping::keys(this)
            }

            /// Refuses the conversion to an array: it would contain the names, not the values.
            #[pyo3(signature = (*_args, **_options))]
            fn __array__(
                &self,
                _args: &pyo3::Bound<'_, pyo3::PyAny>,
                _options: Option<&pyo3::Bound<'_, pyo3::PyAny>>,
            ) -> pyo3::PyResult<()> {
                let advice = "pass a list of rows to a table, such as pd.DataFrame([row])";
                let refusal = format!("a {} is one row and not an array; {advice}", stringify!($class));
                Err(pyo3::exceptions::PyTypeError::new_err(refusal))
            }

            fn __eq__<'py>(
                this: &pyo3::Bound<'py, Self>,
                other: &pyo3::Bound<'py, pyo3::PyAny>,
            ) -> pyo3::PyResult<pyo3::Bound<'py, pyo3::PyAny>> {
                $crate::output::mapping::equal(this, other)
            }

            fn __hash__(&self) -> u64 {
                $crate::output::wire::Wire::hash_value(self)
            }

            fn __repr__(&self, py: pyo3::Python<'_>) -> pyo3::PyResult<String> {
                Ok($crate::output::wire::line(stringify!($class), &$crate::output::wire::Wire::shown(self, py)?))
            }

            #[classmethod]
            #[pyo3(signature = (text, check=None))]
            fn _from_wire<'py>(
                class: &pyo3::Bound<'py, pyo3::types::PyType>,
                text: &str,
                check: Option<pyo3::Bound<'py, pyo3::PyAny>>,
            ) -> $crate::output::error::Result<pyo3::Bound<'py, Self>> {
                let read = || $crate::output::wire::Wire::from_pickled(text);
                $crate::output::wire::read::<Self>(class.py(), read, check)
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
                Ok((read, ($crate::output::wire::Wire::pickled(self).into_owned(),)))
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

/// As `wire_class!`, for a class that is a table, too.
macro_rules! table_class {
    ($class:ident { $($own:tt)* }) => {
        $crate::output::table::table_methods! {
            [$crate::output::wire::wire_class] [$class] { $($own)* }
        }
    };
}

pub(crate) use {table_class, wire_class};

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

/// Creates an object outside of a call. What its raw JSON deviates in is logged at once, unless
/// `check` refuses the object with an exception.
pub fn read<'py, T>(
    py: Python<'py>,
    read: impl FnOnce() -> Result<T, Error>,
    check: Option<Bound<'py, PyAny>>,
) -> Result<Bound<'py, T>, Failure>
where
    T: pyo3::PyClass + Into<pyo3::PyClassInitializer<T>>,
{
    let (value, found) = collect_warnings(read);
    let created = Bound::new(py, value?)?;
    if let Some(check) = check {
        check.call1((&created,))?;
    }
    write_warnings(py, &found.report())?;
    Ok(created)
}

/// Creates an object of a class for tests, by a function of `crankwheel/_factories.py`.
pub fn create<'py>(
    class: &Bound<'py, pyo3::types::PyType>,
    function: &str,
    values: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    class.py().import("crankwheel._factories")?.getattr(function)?.call1((class, values))
}
