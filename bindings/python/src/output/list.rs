//! Lists as lazy sequences: the rows stay in the core's memory, and their objects are created on
//! access.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicIsize, Ordering};

use crankwheel::table::{ArrowTable, ToArrow};
use crankwheel::{self as core, Error, Model};
use pyo3::exceptions::{PyIndexError, PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PySlice};

use super::convert::ToPython;
use super::error::Failure;
use crate::scalar;

/// The rows of a sequence.
pub trait Rows: PartialEq + Clone + Send + Sync + 'static {
    /// Returns the number of rows.
    fn count(&self) -> usize;
    /// Returns the object for a row, or `None` beyond the end.
    fn row<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Option<Bound<'py, PyAny>>>;
    /// Returns the raw JSON of the list.
    fn json_text(&self) -> Cow<'_, str>;
    /// Returns the rows as a table.
    fn table(&self) -> Result<ArrowTable, Error>;
    /// Parses a list from its raw JSON.
    fn from_json_text(text: &str) -> Result<Self, Error>;
    /// Returns what a pickle contains.
    fn pickled(&self) -> Cow<'_, str> {
        self.json_text()
    }
    /// Parses what a pickle contains, which can be the raw JSON.
    fn from_pickled(text: &str) -> Result<Self, Error> {
        Self::from_json_text(text)
    }
}

impl<M: Model + ToPython> Rows for core::List<M>
where
    core::List<M>: ToArrow,
{
    fn count(&self) -> usize {
        self.len()
    }

    fn row<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.get(index).map(|row| row.to_python(py)).transpose()
    }

    fn json_text(&self) -> Cow<'_, str> {
        self.json().into()
    }

    fn table(&self) -> Result<ArrowTable, Error> {
        self.to_arrow()
    }

    fn from_json_text(text: &str) -> Result<Self, Error> {
        Self::from_json(text)
    }
}

/// The sub-periods of one client's bill.
#[derive(Clone, PartialEq)]
pub struct Periods(Arc<[core::BillingPeriod]>);

impl From<&[core::BillingPeriod]> for Periods {
    fn from(periods: &[core::BillingPeriod]) -> Self {
        Periods(periods.into())
    }
}

impl Rows for Periods {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn row<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.0.get(index).map(|row| row.to_python(py)).transpose()
    }

    fn json_text(&self) -> Cow<'_, str> {
        let rows: Vec<&str> = self.0.iter().map(Model::json).collect();
        format!("[{}]", rows.join(",")).into()
    }

    fn table(&self) -> Result<ArrowTable, Error> {
        self.0.to_arrow()
    }

    fn from_json_text(text: &str) -> Result<Self, Error> {
        let list = core::List::<core::BillingPeriod>::from_json(text)?;
        Ok(Periods(list.iter().collect()))
    }
}

/// Converts an index of Python, which counts from the end if it is negative, to one from the start.
pub fn position(index: isize, count: usize) -> Option<usize> {
    let from_start = if index < 0 { count.checked_add_signed(index) } else { usize::try_from(index).ok() };
    from_start.filter(|index| *index < count)
}

/// Implements `list[index]` and `list[start:stop:step]`.
pub fn item<'py>(rows: &impl Rows, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = index.py();
    let count = rows.count();
    if let Ok(slice) = index.cast::<PySlice>() {
        let slice = slice.indices(isize::try_from(count)?)?;
        let out = PyList::empty(py);
        let mut at = slice.start;
        for _ in 0..slice.slicelength {
            if let Some(row) = position(at, count).map(|at| rows.row(py, at)).transpose()?.flatten() {
                out.append(row)?;
            }
            at += slice.step;
        }
        return Ok(out.into_any());
    }
    let at: isize = match index.extract() {
        Ok(at) => at,
        Err(error) if error.is_instance_of::<PyOverflowError>(py) => return Err(beyond(index, count)),
        Err(_) => {
            let kind = index.get_type().name()?;
            return Err(PyTypeError::new_err(format!("index: must be an integer or a slice, got {kind}")));
        }
    };
    let row = position(at, count).map(|at| rows.row(py, at)).transpose()?.flatten();
    row.ok_or_else(|| beyond(index, count))
}

fn beyond(index: &Bound<'_, PyAny>, count: usize) -> PyErr {
    // Python writes no integer of thousands of digits.
    let index = index.str().map_or_else(|_| "of many digits".to_owned(), |index| index.to_string());
    PyIndexError::new_err(format!("index {index} is out of range; the list has {count} rows"))
}

/// The row that a lookup found.
type Found<'py> = Result<Option<Bound<'py, PyAny>>, Failure>;

fn found<'py>(py: Python<'py>, rows: &impl Rows, position: Option<usize>) -> Found<'py> {
    Ok(position.map(|at| rows.row(py, at)).transpose()?.flatten())
}

fn id_from_python(argument: &str, id: &Bound<'_, PyAny>) -> Result<i64, Failure> {
    scalar::integer(id).map_err(|problem| problem.of(argument))
}

fn name_from_python(argument: &str, name: &Bound<'_, PyAny>) -> Result<String, Failure> {
    scalar::string(name).map_err(|problem| problem.of(argument))
}

/// Returns the first position from `start` to `stop` at which a row equals `value`.
pub fn find(
    rows: &impl Rows,
    value: &Bound<'_, PyAny>,
    start: usize,
    stop: usize,
) -> PyResult<Option<usize>> {
    for at in start..stop.min(rows.count()) {
        let Some(row) = rows.row(value.py(), at)? else { continue };
        match row.eq(value) {
            Ok(true) => return Ok(Some(at)),
            Ok(false) => {}
            // The value can't be compared with a row, such as a scalar of NumPy: they differ.
            Err(error) if error.is_instance_of::<PyTypeError>(value.py()) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// An end of a range as it was passed: an integer is converted with the name of the argument.
pub enum Ends<'a, 'py> {
    Default(isize),
    Given(Borrowed<'a, 'py, PyAny>),
}

impl<'a, 'py> FromPyObject<'a, 'py> for Ends<'a, 'py> {
    type Error = std::convert::Infallible;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> Result<Self, Self::Error> {
        Ok(Ends::Given(value))
    }
}

/// Converts an end of the range that `list.index` searches. One beyond all rows is at the end.
pub fn bound(name: &str, end: Ends<'_, '_>) -> PyResult<isize> {
    let value = match end {
        Ends::Default(at) => return Ok(at),
        Ends::Given(value) => value,
    };
    match value.extract::<isize>() {
        Ok(at) => Ok(at),
        Err(error) if error.is_instance_of::<PyOverflowError>(value.py()) => {
            Ok(if value.lt(0)? { isize::MIN } else { isize::MAX })
        }
        Err(_) => {
            let kind = value.get_type().name()?;
            Err(PyTypeError::new_err(format!("{name}: must be an integer, got {kind}")))
        }
    }
}

/// Implements `list.index(value, start, stop)`.
pub fn index_of(rows: &impl Rows, value: &Bound<'_, PyAny>, start: isize, stop: isize) -> PyResult<usize> {
    let clamp = |at: isize| {
        let from_end = if at < 0 { at.saturating_add_unsigned(rows.count()) } else { at };
        usize::try_from(from_end.max(0)).unwrap_or_default()
    };
    find(rows, value, clamp(start), clamp(stop))?
        .ok_or_else(|| PyValueError::new_err("no row equals this value"))
}

/// Compares with a list of the same class, or row by row with a Python list.
pub fn equal<'py, R: Rows>(
    rows: &R,
    same: Option<&R>,
    other: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = other.py();
    if let Some(same) = same {
        return (rows == same).to_python(py);
    }
    let Ok(list) = other.cast::<PyList>() else { return Ok(py.NotImplemented().into_bound(py)) };
    if list.len() != rows.count() {
        return false.to_python(py);
    }
    for (at, theirs) in list.iter().enumerate() {
        match rows.row(py, at)? {
            Some(ours) if ours.eq(&theirs)? => {}
            _ => return false.to_python(py),
        }
    }
    true.to_python(py)
}

/// Returns the `repr` of a list, a row on each line; the last line counts those that are not shown.
pub fn lines(py: Python<'_>, name: &str, rows: &impl Rows) -> PyResult<String> {
    const MOST: usize = 10;
    let count = rows.count();
    if count == 0 {
        return Ok(format!("{name}([])"));
    }
    let mut out = format!("{name}([\n");
    for at in 0..count.min(MOST) {
        if let Some(row) = rows.row(py, at)? {
            out.push_str(&format!("  {},\n", row.repr()?));
        }
    }
    if count > MOST {
        out.push_str(&format!("  ... and {} more\n", count - MOST));
    }
    out.push_str("])");
    Ok(out)
}

/// Iterates over rows, forwards or backwards.
#[pyclass(frozen, module = "crankwheel._native")]
pub struct RowIterator {
    row: Box<RowSource>,
    next: AtomicIsize,
    end: isize,
    step: isize,
}

type RowSource = dyn for<'py> Fn(Python<'py>, usize) -> PyResult<Option<Bound<'py, PyAny>>> + Send + Sync;

impl RowIterator {
    pub fn new(rows: &impl Rows, backwards: bool) -> Self {
        let count = isize::try_from(rows.count()).unwrap_or(isize::MAX);
        let rows = rows.clone();
        let (first, end, step) = if backwards { (count - 1, -1, -1) } else { (0, count, 1) };
        RowIterator {
            row: Box::new(move |py, index| rows.row(py, index)),
            next: AtomicIsize::new(first),
            end,
            step,
        }
    }
}

#[pymethods]
impl RowIterator {
    fn __iter__(this: Py<Self>) -> Py<Self> {
        this
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let step = |at: isize| (at != self.end).then_some(at + self.step);
        match self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step) {
            Ok(at) => (self.row)(py, usize::try_from(at).unwrap_or(usize::MAX)),
            Err(_) => Ok(None),
        }
    }

    fn __length_hint__(&self) -> isize {
        (self.end - self.next.load(Ordering::Relaxed)) * self.step
    }
}

/// Defines a sequence class for [`Rows`].
macro_rules! sequence {
    ($(#[$doc:meta])* $class:ident($rows:ty) $({ $($own:tt)* })?) => {
        $(#[$doc])*
        #[pyclass(frozen, sequence, module = "crankwheel")]
        pub struct $class(pub $rows);

        impl $crate::output::table::Tabular for $class {
            fn table(&self) -> Result<crankwheel::table::ArrowTable, crankwheel::Error> {
                $crate::output::list::Rows::table(&self.0)
            }
        }

        $crate::output::table::table_methods! {
            [$crate::output::list::sequence_methods] [$class($rows)] { $($($own)*)? }
        }
    };
}

/// Defines the `#[pymethods]` of a sequence class: its own, then the common ones.
macro_rules! sequence_methods {
    ($class:ident($rows:ty) { $($own:tt)* }) => {
        #[pyo3::pymethods]
        impl $class {
            $($own)*

            fn __len__(&self) -> usize {
                $crate::output::list::Rows::count(&self.0)
            }

            fn __getitem__<'py>(&self, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                $crate::output::list::item(&self.0, index)
            }

            fn __iter__(&self) -> $crate::output::list::RowIterator {
                $crate::output::list::RowIterator::new(&self.0, false)
            }

            fn __reversed__(&self) -> $crate::output::list::RowIterator {
                $crate::output::list::RowIterator::new(&self.0, true)
            }

            fn __contains__(&self, value: &Bound<'_, PyAny>) -> PyResult<bool> {
                Ok($crate::output::list::find(&self.0, value, 0, usize::MAX)?.is_some())
            }

            /// Returns the position of the first row that equals `value`. Raises `ValueError` if
            /// none does.
            #[pyo3(
                signature = (value, start=$crate::output::list::Ends::Default(0), stop=$crate::output::list::Ends::Default(isize::MAX)),
                text_signature = "($self, value, start=0, stop=...)"
            )]
            fn index(
                &self,
                value: &Bound<'_, PyAny>,
                start: $crate::output::list::Ends<'_, '_>,
                stop: $crate::output::list::Ends<'_, '_>,
            ) -> PyResult<usize> {
                let start = $crate::output::list::bound("start", start)?;
                let stop = $crate::output::list::bound("stop", stop)?;
                $crate::output::list::index_of(&self.0, value, start, stop)
            }

            /// Returns the number of rows that equal `value`.
            fn count(&self, value: &Bound<'_, PyAny>) -> PyResult<usize> {
                let mut found = 0;
                let mut from = 0;
                while let Some(at) = $crate::output::list::find(&self.0, value, from, usize::MAX)? {
                    found += 1;
                    from = at + 1;
                }
                Ok(found)
            }

            /// Returns the rows as raw JSON.
            fn to_list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                $crate::output::convert::loads(py, &$crate::output::list::Rows::json_text(&self.0))
            }

            fn __eq__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                let same = other.cast::<Self>().ok().map(|other| &other.get().0);
                $crate::output::list::equal(&self.0, same, other)
            }

            fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
                $crate::output::list::lines(py, stringify!($class), &self.0)
            }

            #[classmethod]
            #[pyo3(signature = (text, check=None))]
            fn _from_wire<'py>(
                class: &Bound<'py, pyo3::types::PyType>,
                text: &str,
                check: Option<Bound<'py, PyAny>>,
            ) -> $crate::output::error::Result<Bound<'py, Self>> {
                let read = || <$rows as $crate::output::list::Rows>::from_pickled(text).map($class);
                $crate::output::wire::read(class.py(), read, check)
            }

            /// Creates a list for tests from rows in the form of the raw JSON, as `to_list()` returns
            /// them, or from models.
            #[classmethod]
            fn from_list<'py>(
                class: &Bound<'py, pyo3::types::PyType>,
                rows: &Bound<'py, PyAny>,
            ) -> PyResult<Bound<'py, PyAny>> {
                $crate::output::wire::create(class, "from_list", rows)
            }

            fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
                let read = py.get_type::<Self>().getattr("_from_wire")?;
                Ok((read, ($crate::output::list::Rows::pickled(&self.0).into_owned(),)))
            }

            fn __copy__(this: Py<Self>) -> Py<Self> {
                this
            }

            fn __deepcopy__(this: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
                this
            }

            #[classmethod]
            fn __get_pydantic_core_schema__<'py>(
                class: &Bound<'py, pyo3::types::PyType>,
                _source: &Bound<'py, PyAny>,
                _handler: &Bound<'py, PyAny>,
            ) -> PyResult<Bound<'py, PyAny>> {
                $crate::output::wire::pydantic_schema(class, "sequence")
            }
        }
    };
}

pub(crate) use {sequence, sequence_methods};

sequence! {
    /// The clients of a reseller: a sequence of `Client`.
    ClientList(core::List<core::Client>) {
        /// Returns the client with this `id`, or `None` if the list does not have it.
        #[pyo3(signature = (id, /))]
        fn by_id<'py>(&self, py: Python<'py>, id: &Bound<'py, PyAny>) -> Found<'py> {
            found(py, &self.0, self.0.position_of_id(id_from_python("id", id)?))
        }

        /// Returns the client with this `sname`, or `None` if the list does not have it.
        #[pyo3(signature = (sname, /))]
        fn by_sname<'py>(&self, py: Python<'py>, sname: &Bound<'py, PyAny>) -> Found<'py> {
            found(py, &self.0, self.0.position_of_name(&name_from_python("sname", sname)?))
        }
    }
}

sequence! {
    /// The plans that the reseller can set for its clients: a sequence of `Plan`.
    PlanList(core::List<core::Plan>) {
        /// Returns the plan with this `api_name`, or `None` if the list does not have it.
        #[pyo3(signature = (api_name, /))]
        fn by_api_name<'py>(&self, py: Python<'py>, api_name: &Bound<'py, PyAny>) -> Found<'py> {
            found(py, &self.0, self.0.position_of_name(&name_from_python("api_name", api_name)?))
        }
    }
}

sequence! {
    /// The user accounts that an e-mail address can log in to: a sequence of `LoginOption`.
    LoginOptionList(core::List<core::LoginOption>) {
        /// Returns the first account at the company with this `sname`, or `None` if the list does not
        /// have it.
        #[pyo3(signature = (sname, /))]
        fn by_sname<'py>(&self, py: Python<'py>, sname: &Bound<'py, PyAny>) -> Found<'py> {
            found(py, &self.0, self.0.position_of_name(&name_from_python("sname", sname)?))
        }
    }
}

sequence! {
    /// The companies of a billing overview: a sequence of `ClientBilling`.
    ClientBillingList(core::List<core::ClientBilling>) {
        /// Returns the bill of the client with this id, or `None` if the list does not have it.
        #[pyo3(signature = (company_id, /))]
        fn by_company_id<'py>(&self, py: Python<'py>, company_id: &Bound<'py, PyAny>) -> Found<'py> {
            found(py, &self.0, self.0.position_of_id(id_from_python("company_id", company_id)?))
        }

        /// Returns the bill of the client with this `sname`, or `None` if the list does not have it.
        #[pyo3(signature = (sname, /))]
        fn by_sname<'py>(&self, py: Python<'py>, sname: &Bound<'py, PyAny>) -> Found<'py> {
            found(py, &self.0, self.0.position_of_name(&name_from_python("sname", sname)?))
        }
    }
}

sequence! {
    /// The sub-periods of a client's bill, oldest first: a sequence of `BillingPeriod`.
    BillingPeriodList(Periods)
}

impl ToPython for Vec<core::BillingPeriod> {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let periods = BillingPeriodList(Periods::from(self.as_slice()));
        Ok(Bound::new(py, periods)?.into_any())
    }
}

impl ToPython for core::List<core::ClientBilling> {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, ClientBillingList(self.clone()))?.into_any())
    }
}

/// Adds the classes to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    add::<ClientList>(module)?;
    add::<PlanList>(module)?;
    add::<LoginOptionList>(module)?;
    add::<ClientBillingList>(module)?;
    add::<BillingPeriodList>(module)
}

/// Adds a sequence class and registers it as a `collections.abc.Sequence`.
pub fn add<T: pyo3::PyClass>(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<T>()?;
    let py = module.py();
    // `collections.abc` has the same classes, but importing `collections` takes as long as the rest.
    py.import("_collections_abc")?.getattr("Sequence")?.call_method1("register", (py.get_type::<T>(),))?;
    Ok(())
}
