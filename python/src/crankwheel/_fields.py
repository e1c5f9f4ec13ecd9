"""The types of arguments, and `NOT_GIVEN`, the default of fields that are not sent."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from typing import Any, Final, TypeAlias

    from . import _native

    ClientArgument: TypeAlias = int | str | _native.Client
    """A client: an id, a string of digits, or a `Client`."""
    PlanArgument: TypeAlias = str | _native.Plan
    """A plan: its API name, or a `Plan`."""
    PeriodArgument: TypeAlias = str | _native.Period
    """A period: a `Period`, or a string such as ``"2019-02"``."""
    Moment: TypeAlias = datetime | date | str
    """A time: an aware datetime, a date (its midnight in UTC), or an RFC 3339 string."""
    SettingsArgument: TypeAlias = Mapping[str, Any] | _native.Settings
    """Settings: a mapping by their names, or a `Settings`."""


class NotGiven:
    """The type of `NOT_GIVEN`."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "NOT_GIVEN"

    def __reduce__(self) -> str:
        return "NOT_GIVEN"


NOT_GIVEN: Final = NotGiven()
"""The default of a field: the field is not sent, while ``None`` is sent as null."""


def given(arguments: dict[str, Any]) -> dict[str, Any]:
    """Returns the arguments that the caller passed to a method, by name, from its ``locals()``."""
    return {
        name: value
        for name, value in arguments.items()
        if value is not NOT_GIVEN and name not in ("self", "client")
    }
