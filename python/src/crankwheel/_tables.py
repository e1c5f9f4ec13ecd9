"""Converts tables to the frames of pandas, polars and pyarrow: `history.to_pandas()`.

The native classes import this module when one of these methods is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

    from ._native import Memory, Table

__all__ = ["library", "to_arrow", "to_pandas", "to_polars"]

# The package that each method needs, and the extra of this package that installs it.
_NEEDED = {
    "to_arrow": ("pyarrow", "arrow"),
    "to_pandas": ("pandas", "pandas"),
    "to_polars": ("polars", "polars"),
}


def library(method: str) -> ModuleType:
    """Returns the package that a method needs."""
    import importlib

    package, extra = _NEEDED[method]
    try:
        return importlib.import_module(package)
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.partition(".")[0] != package:
            raise
        message = f"{method}: {package} must be installed; run pip install 'crankwheel[{extra}]'"
        raise ModuleNotFoundError(message, name=package) from None


def to_arrow(pa: Any, table: Table) -> Any:
    """Returns a `pyarrow.Table`."""
    return pa.table(table)


def to_polars(pl: Any, table: Table, categories: bool) -> Any:
    """Returns a `polars.DataFrame`."""
    # A cast of the categories would copy each string to every row.
    return pl.DataFrame(table if categories else table.with_string_views())


def to_pandas(pd: Any, table: Table, categories: bool) -> Any:
    """Returns a `pandas.DataFrame`. The types of its columns depend on the schema only."""
    # The type of strings: `str`, and `object` before version 3.
    string = pd.Series([""]).dtype
    columns = {}
    for name, kind, nullable, chunks, strings in table.columns():
        values, missing = _joined(kind, chunks)
        if strings is not None:
            if missing is not None:
                values[missing] = -1
            columns[name] = _strings(pd, string, values, strings, categories)
        elif kind == "time":
            if missing is not None:
                values[missing] = _NAT
            times = values.view("datetime64[us]")
            columns[name] = pd.DatetimeIndex(times, tz="UTC", copy=False).array
        elif nullable:
            if missing is None:
                missing = values.astype(bool)
                missing[:] = False
            values[missing] = 0
            array = {"integer": pd.arrays.IntegerArray, "boolean": pd.arrays.BooleanArray}[kind]
            columns[name] = array(values, missing)
        else:
            columns[name] = values
    return pd.DataFrame(columns, copy=False)


# The types of a column's values in NumPy; those of strings are codes.
_TYPES = {"string": "i4", "integer": "i8", "number": "f8", "boolean": "?", "time": "i8"}

# NumPy's "not a time".
_NAT = -(2**63)


def _joined(kind: str, chunks: list[tuple[int, Memory, Memory | None]]) -> tuple[Any, Any]:
    """Returns the values of a column, and a mask of the missing ones unless there are none."""
    import numpy as np

    count = sum(rows for rows, _, _ in chunks)
    values = np.empty(count, _TYPES[kind])
    missing = None
    at = 0
    for rows, memory, valid in chunks:
        end = at + rows
        source = np.asarray(memory)
        values[at:end] = _bits(np, source, rows) if kind == "boolean" else source
        if valid is not None:
            if missing is None:
                missing = np.zeros(count, bool)
            np.logical_not(_bits(np, np.asarray(valid), rows), out=missing[at:end])
        at = end
    return values, missing


def _bits(np: Any, packed: Any, count: int) -> Any:
    """Returns bits as an array of booleans."""
    return np.unpackbits(packed, count=count, bitorder="little").view(bool)


def _strings(pd: Any, string: Any, codes: Any, strings: list[str], categories: bool) -> Any:
    """Returns a column of strings. Rows with the same string share one object."""
    if categories:
        return pd.Categorical.from_codes(codes, pd.Index(strings, dtype=string))
    if str(string) != "object":
        return pd.array(strings, dtype=string).take(codes, allow_fill=True)
    import numpy as np

    # The code of missing strings is -1, the last place.
    return np.array([*strings, None], dtype=object).take(codes)
