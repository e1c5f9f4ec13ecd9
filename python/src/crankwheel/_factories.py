"""Creates models for tests: `Client.from_dict` and `ClientList.from_list`.

The native classes import this module when one of these methods is called.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ._errors import APIResponseError, InvalidRequestError
from ._native import describe, json_text
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
    try:
        wire = json.loads(json_text("rows" if hasattr(cls, "from_list") else "values", values))
    except InvalidRequestError as error:
        raise InvalidRequestError(f"{name}: {error}", errors=error.errors) from None
    if cls.__name__ in ("Session", "UserStats"):
        wire = _row(wire)

    def check(created: Any) -> None:
        _check(created, wire, name, "")

    try:
        return cls._from_wire(json.dumps(wire), check)
    except APIResponseError as error:
        raise InvalidRequestError(f"{name}: {error}", errors={"values": [str(error)]}) from None


def _check(created: Any, wire: Any, name: str, path: str) -> None:
    """Refuses values of a wrong type, which are `None` when the API sends them."""
    if isinstance(wire, list) != hasattr(created, "from_list"):
        kinds = ("a list", "a mapping") if isinstance(wire, dict) else ("a mapping", "a list")
        problem = f"must be {kinds[0]}, got {kinds[1]}; pass it as the API sends it"
        raise _refused(name, path, problem)
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


def _row(wire: dict[str, Any]) -> dict[str, Any]:
    """Converts a row by its attributes, as `dict(session)` returns it, to the raw JSON."""
    if "max_viewer_count" in wire:
        return {**wire, "viewer_info": {"max_viewer_count": wire.pop("max_viewer_count")}}
    if isinstance(wire.get("email"), str) and "total_sec" in wire:
        return {wire.pop("email"): wire}
    return wire


def _any(value: Any) -> Any:
    """Returns the value, of which type checkers no longer know what `isinstance` said."""
    return value


def _is_model(value: Any) -> bool:
    return hasattr(_any(value).__class__, "_from_wire")
