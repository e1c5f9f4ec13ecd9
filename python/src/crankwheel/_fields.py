"""`NOT_GIVEN`, the default of fields that are not sent."""

from __future__ import annotations

from ._lazy import typing


class NotGiven:
    """The type of `NOT_GIVEN`."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "NOT_GIVEN"

    def __reduce__(self) -> str:
        return "NOT_GIVEN"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: typing.Any, handler: typing.Any, /) -> typing.Any:
        from pydantic_core import core_schema

        return core_schema.is_instance_schema(cls)


NOT_GIVEN: typing.Final[NotGiven] = NotGiven()
"""The default of a field: the field is not sent, while ``None`` is sent as null."""


def given(arguments: dict[str, typing.Any]) -> dict[str, typing.Any]:
    """Returns the arguments that the caller passed to a method, by name, from its ``locals()``."""
    return {
        name: value
        for name, value in arguments.items()
        if value is not NOT_GIVEN and name not in ("self", "client")
    }
