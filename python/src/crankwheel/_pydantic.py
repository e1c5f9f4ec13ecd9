"""How pydantic, and with it FastAPI, reads and writes the SDK's classes.

Imported only when pydantic asks. A model is given out in its wire form, and read from it.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic_core import core_schema

from ._errors import APIResponseError

__all__ = ["model", "sequence"]


def model(cls: Any) -> core_schema.CoreSchema:
    """The schema of a class with a wire form that is an object."""
    return _schema(cls, core_schema.dict_schema(), _to_dict)


def sequence(cls: Any) -> core_schema.CoreSchema:
    """The schema of a class with a wire form that is a list of objects."""
    return _schema(cls, core_schema.list_schema(core_schema.dict_schema()), _to_list)


def _to_dict(value: Any) -> Any:
    return value.to_dict()


def _to_list(value: Any) -> Any:
    return value.to_list()


def _schema(cls: Any, form: core_schema.CoreSchema, to_wire: Any) -> core_schema.CoreSchema:
    def read(value: Any) -> Any:
        if isinstance(value, cls):
            return value
        try:
            return cls._from_wire(json.dumps(value))
        except (APIResponseError, TypeError) as error:
            # What pydantic turns into a validation error.
            raise ValueError(str(error)) from error

    return core_schema.no_info_plain_validator_function(
        read,
        json_schema_input_schema=form,
        serialization=core_schema.plain_serializer_function_ser_schema(to_wire, return_schema=form),
    )
