//! Models as mappings (`collections.abc.Mapping`): attribute names to typed values, then the unknown
//! members with their raw values.

use pyo3::PyClass;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::pyclass::boolean_struct::True;
use pyo3::types::{PyDict, PyList, PyString};

use super::convert::{ToPython, loads};
use super::response::Wire;

/// A class of models.
pub trait Model: Wire + PyClass<Frozen = True> + Sync {}

impl<T: Wire + PyClass<Frozen = True> + Sync> Model for T {}

/// Adds a class of models to the module and registers it as a `collections.abc.Mapping`.
pub fn add<T: Model>(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<T>()?;
    let py = module.py();
    // `collections.abc` has the same classes, but importing `collections` takes as long as the rest.
    py.import("_collections_abc")?.getattr("Mapping")?.call_method1("register", (py.get_type::<T>(),))?;
    Ok(())
}

/// Returns the value of a key, or `None` if the model does not have it.
pub fn find<'py, T: Model>(
    model: &Bound<'py, T>,
    key: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Ok(text) = key.cast::<PyString>() else {
        // As a dict does, refuse a key that has no hash.
        key.hash()?;
        return Ok(None);
    };
    // A string with half a surrogate pair is not the name of an attribute.
    if let Ok(name) = text.to_str()
        && T::NAMES.contains(&name)
    {
        let value = model.as_any().getattr(text)?;
        let has = !value.is_none() || model.get().names().contains(&name);
        return Ok(has.then_some(value));
    }
    unknown(model)?.map_or(Ok(None), |unknown| unknown.get_item(key))
}

/// Implements `model[key]`.
pub fn item<'py, T: Model>(model: &Bound<'py, T>, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    find(model, key)?.ok_or_else(|| PyKeyError::new_err((key.clone().unbind(),)))
}

/// Returns the keys, in their order.
pub fn keys<'py, T: Model>(model: &Bound<'py, T>) -> PyResult<Bound<'py, PyList>> {
    let keys = PyList::new(model.py(), model.get().names().iter())?;
    for (name, _) in unknown(model)?.iter().flat_map(|unknown| unknown.iter()) {
        keys.append(name)?;
    }
    Ok(keys)
}

/// Returns the mapping as a dict, whose views are those of the mapping.
pub fn dict<'py, T: Model>(model: &Bound<'py, T>) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(model.py());
    for name in model.get().names() {
        dict.set_item(name, model.as_any().getattr(name)?)?;
    }
    if let Some(unknown) = unknown(model)? {
        dict.update(unknown.as_mapping())?;
    }
    Ok(dict)
}

/// Compares with a model of the same class by documented attributes, and with a dict as a dict does.
pub fn equal<'py, T: Model>(model: &Bound<'py, T>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = other.py();
    if let Ok(other) = other.cast::<T>() {
        return (model.get() == other.get()).to_python(py);
    }
    match other.cast::<PyDict>() {
        Ok(other) => dict(model)?.eq(other)?.to_python(py),
        Err(_) => Ok(py.NotImplemented().into_bound(py)),
    }
}

/// Returns the unknown members, or `None` if there are none. An attribute precedes a member with its
/// name.
fn unknown<'py, T: Model>(model: &Bound<'py, T>) -> PyResult<Option<Bound<'py, PyDict>>> {
    let Some(json) = model.get().unknown() else { return Ok(None) };
    let members: Bound<'py, PyDict> = loads(model.py(), &json)?.cast_into()?;
    for name in T::NAMES {
        if members.contains(name)? {
            members.del_item(name)?;
        }
    }
    Ok(Some(members))
}
