"""The schemas by which pydantic and FastAPI read and write the SDK's classes: as raw JSON.

Only pydantic imports this module.
"""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic_core import core_schema

from . import _json_schemas
from ._errors import APIResponseError
from ._native import Period

__all__ = ["model", "period", "sequence"]


def model(cls: Any) -> core_schema.CoreSchema:
    """Returns the schema of a class whose raw JSON is an object."""
    shown = _json_schemas.of_model(cls.__name__)
    return _schema(cls, core_schema.dict_schema(metadata=_shown(shown)), _to_dict)


def sequence(cls: Any) -> core_schema.CoreSchema:
    """Returns the schema of a class whose raw JSON is a list of objects."""
    row = _json_schemas.of_model(cls.__name__.removesuffix("List"))
    rows = core_schema.list_schema(core_schema.dict_schema(metadata=_shown(row)))
    return _schema(cls, rows, _to_list)


def period(cls: Any) -> core_schema.CoreSchema:
    """Returns the schema of `Period`: a string in JSON."""

    def read(value: Any) -> Any:
        if isinstance(value, cls):
            return value
        if not isinstance(value, str):
            raise ValueError('must be a Period or a string such as "2019-02"')
        days = re.fullmatch(r"last (\d{1,9}) days", value)
        return Period.last_days(int(days[1])) if days else Period.parse(value)

    text = core_schema.str_schema(metadata=_shown(_json_schemas.PERIOD))
    return core_schema.no_info_plain_validator_function(
        read,
        json_schema_input_schema=text,
        serialization=core_schema.plain_serializer_function_ser_schema(str, return_schema=text),
    )


def _shown(json_schema: dict[str, Any]) -> dict[str, Any]:
    """Returns the metadata by which pydantic shows this JSON schema."""

    def show(_schema: Any, _handler: Any) -> dict[str, Any]:
        return json_schema

    return {"pydantic_js_functions": [show]}


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
