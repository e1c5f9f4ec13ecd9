"""The schemas by which pydantic and FastAPI read and write the SDK's classes: as raw JSON.

Only pydantic imports this module.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic_core import core_schema

from ._errors import APIResponseError

__all__ = ["model", "sequence"]


def model(cls: Any) -> core_schema.CoreSchema:
    """Returns the schema of a class whose raw JSON is an object."""
    return _schema(cls, core_schema.dict_schema(), _to_dict)


def sequence(cls: Any) -> core_schema.CoreSchema:
    """Returns the schema of a class whose raw JSON is a list of objects."""
    return _schema(cls, core_schema.list_schema(core_schema.dict_schema()), _to_list)


def _to_dict(value: Any) -> Any:
    return value.to_dict()


def _to_list(value: Any) -> Any:
    return value.to_list()


def _schema(cls: Any, json_schema: core_schema.CoreSchema, to_json: Any) -> core_schema.CoreSchema:
    def read(value: Any) -> Any:
        if isinstance(value, cls):
            return value
        try:
            return cls._from_wire(json.dumps(value))
        except (APIResponseError, TypeError) as error:
            # Pydantic converts a ValueError to a validation error.
            raise ValueError(str(error)) from error

    return core_schema.no_info_plain_validator_function(
        read,
        json_schema_input_schema=json_schema,
        serialization=core_schema.plain_serializer_function_ser_schema(to_json, return_schema=json_schema),
    )
