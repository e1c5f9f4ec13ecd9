//! The scalars of NumPy, without importing it.

use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyInt, PyString};

/// Returns the Python value of a NumPy number, boolean or string; any other value as it is.
pub fn plain<'py>(value: &Bound<'py, PyAny>) -> Bound<'py, PyAny> {
    let builtin = value.is_instance_of::<PyString>() || value.is_instance_of::<PyInt>();
    if builtin || value.is_instance_of::<PyFloat>() {
        return value.clone();
    }
    numpy_item(value).unwrap_or_else(|_| value.clone())
}

fn numpy_item<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let refused = || pyo3::exceptions::PyTypeError::new_err("not a scalar of NumPy");
    let module: String = value.get_type().getattr("__module__")?.extract()?;
    if module != "numpy" || value.getattr("ndim")?.extract::<u32>()? != 0 {
        return Err(refused());
    }
    // Times have units, and complex numbers have two parts.
    let kind: String = value.getattr("dtype")?.getattr("kind")?.extract()?;
    let item = value.call_method0("item")?;
    if ["b", "i", "u", "f", "U"].contains(&kind.as_str()) { Ok(item) } else { Err(refused()) }
}
