"""Creates models for tests: `Client.from_dict` and `ClientList.from_list`.

The native classes import this module when one of these methods is called.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from ._errors import APIResponseError, InvalidRequestError
from ._native import describe
from ._schemas import FIELDS

__all__ = ["from_dict", "from_list"]


def from_dict(cls: Any, values: Any) -> Any:
    """Creates a model from a mapping in the form of the raw JSON, in which values may be typed."""
    name = f"{cls.__name__}.from_dict"
    if isinstance(values, cls):
        return values
    if not isinstance(values, Mapping) and not _is_model(values):
        raise TypeError(
            f"{name}: values: must be a mapping, got {describe(values)}; "
            "pass the members of the raw JSON, as to_dict() returns them"
        )
    return _read(cls, name, values)


def from_list(cls: Any, rows: Any) -> Any:
    """Creates a list from rows in the form of the raw JSON, or from models."""
    name = f"{cls.__name__}.from_list"
    if isinstance(rows, cls):
        return rows
    if isinstance(rows, (str, bytes, Mapping)) or not isinstance(rows, Sequence):
        raise TypeError(
            f"{name}: rows: must be a list, got {describe(_any(rows))}; "
            "pass the rows of the raw JSON, as to_list() returns them, or models"
        )
    for at, row in enumerate(_any(rows)):
        if not isinstance(row, Mapping) and not _is_model(row):
            raise TypeError(
                f"{name}: rows[{at}]: must be a mapping or a model, got {describe(row)}; "
                "pass the members of the raw JSON, as to_dict() returns them"
            )
    return _read(cls, name, rows)


def _read(cls: Any, name: str, values: Any) -> Any:
    wire = _wire(values, name, "", 0)
    try:
        created = cls._from_wire(json.dumps(wire))
    except APIResponseError as error:
        raise InvalidRequestError(f"{name}: {error}", errors={"values": [str(error)]}) from None
    _check(created, wire, name, "")
    return created


def _check(created: Any, wire: Any, name: str, path: str) -> None:
    """Refuses values of a wrong type, which are `None` when the API sends them."""
    if isinstance(wire, list):
        rows = _any(wire)
        for at, (row, value) in enumerate(zip(created, rows, strict=False)):
            _check(row, value, name, f"{path}[{at}]")
        return
    kind = _any(type(created))
    for key, (hint, _) in FIELDS.get(kind.__name__, {}).items():
        if not hint.endswith("| None") and wire.get(key) is None:
            field = f"{path}.{key}" if path else key
            raise _refused(
                name, field, "must be given, got None" if key in wire else "missing; it must be given"
            )
    for key, value in wire.items():
        # Raw JSON can have members with the names of methods.
        if value is None or not hasattr(kind, key) or callable(getattr(kind, key)):
            continue
        field = f"{path}.{key}" if path else key
        found = getattr(created, key)
        if found is None:
            problem = f"not a valid value of this field, got {describe(value)}; pass it as the API sends it"
            raise _refused(name, field, problem)
        if isinstance(value, (dict, list)) and _is_model(found):
            _check(found, value, name, field)


def _refused(name: str, at: str, problem: str) -> InvalidRequestError:
    return InvalidRequestError(f"{name}: {at}: {problem}", errors={at: [problem]})


def _wire(value: Any, name: str, path: str, depth: int) -> Any:
    """Converts typed values to JSON."""
    if depth > 100:
        raise InvalidRequestError(f"{name}: {path.partition('.')[0]}: nested more than 100 levels deep")
    if _is_model(value):
        value = value.to_list() if hasattr(value, "to_list") else value.to_dict()
    if value is None or isinstance(value, (bool, str, int, float)):
        return _scalar(value, name, path)
    if isinstance(value, datetime) and value.utcoffset() is None:
        raise InvalidRequestError(
            f"{name}: {path}: must have a time zone, got the datetime {value}; "
            "add one, for example with .replace(tzinfo=datetime.timezone.utc)"
        )
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return f"{value}T00:00:00Z"
    if isinstance(value, Mapping):
        out: dict[str, Any] = {}
        for key, inner in _any(value).items():
            if not isinstance(key, str):
                raise TypeError(f"{name}: {path or 'values'}: must have strings as keys, got {describe(key)}")
            out[key] = _wire(inner, name, f"{path}.{key}" if path else key, depth + 1)
        return out
    if isinstance(value, (list, tuple)):
        items = enumerate(_any(value))
        return [_wire(inner, name, f"{path}[{at}]", depth + 1) for at, inner in items]
    raise TypeError(
        f"{name}: {path}: must be a value that JSON can hold, got {describe(value)}; "
        "pass it as the API sends it"
    )


def _scalar(value: Any, name: str, path: str) -> Any:
    try:
        if isinstance(value, str):
            value.encode()
        return json.loads(json.dumps(value, allow_nan=False))
    except (ValueError, UnicodeEncodeError):
        raise InvalidRequestError(
            f"{name}: {path}: must be a value that JSON can hold, got {describe(value)}"
        ) from None


def _any(value: Any) -> Any:
    """Returns the value, of which type checkers no longer know what `isinstance` said."""
    return value


def _is_model(value: Any) -> bool:
    return hasattr(_any(value).__class__, "_from_wire")
