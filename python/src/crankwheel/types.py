"""The types of arguments, for the annotations in your functions.

>>> from crankwheel import types
>>> def bill(client: types.ClientArgument, period: types.PeriodArgument = "2019-02") -> None: ...

Importing the package does not import this module.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, TypeAlias, TypeVar

from . import _native

if TYPE_CHECKING:
    from typing_extensions import Self as Self
elif sys.version_info >= (3, 11):
    from typing import Self
else:
    Self = TypeVar("Self")

__all__ = [
    "ClientArgument",
    "FaultKind",
    "HeadersArgument",
    "Key",
    "Moment",
    "PathArgument",
    "PeriodArgument",
    "PlanArgument",
    "Progress",
    "ProgressArgument",
    "Query",
    "Seconds",
    "SettingsArgument",
]

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

Query: TypeAlias = Mapping[str, Any] | Sequence[tuple[str, Any]]
"""A query by names; a list as a value repeats the name, ``None`` leaves it out."""

Seconds: TypeAlias = float | timedelta
"""Seconds, or a `timedelta`."""

Key: TypeAlias = str | Callable[[], str | Awaitable[str]]
"""The API key, or a function that returns the current key; `AsyncCrankWheel` takes coroutine functions, too."""

HeadersArgument: TypeAlias = Mapping[str, str | None]
"""Headers by name; ``None`` removes one that the client has."""

PathArgument: TypeAlias = str | os.PathLike[str]
"""The path of a file."""


class Progress(NamedTuple):
    """The progress of a call whose response is read while it arrives."""

    received_bytes: int
    """The number of bytes that have arrived, compressed if they are."""
    total_bytes: int | None
    """The size of the response, if the server has said it."""
    rows: int
    """The number of sessions that have been decoded; 0 with `with_raw_response`."""
    done: bool
    """True in the last report."""


ProgressArgument: TypeAlias = bool | Callable[[Progress], object]
"""True for a line on the terminal, or a function that receives the `Progress`."""

# generated: fault kinds (by `cargo xtask generate` from tables/; do not edit)
FaultKind: TypeAlias = Literal[
    "latency",
    "status",
    "reset_before",
    "reset_after",
    "reset_during",
    "truncate",
    "corrupt",
    "wrong_length",
    "broken_gzip",
    "slow_body",
    "split_204",
]
"""The kinds of faults; `Sandbox.fail` describes them."""
# end of generated: fault kinds

_T = TypeVar("_T")

if TYPE_CHECKING:
    Option: TypeAlias = Annotated[_T, "an option of a client"]
else:

    class Option:
        """The type of an option of a client, which is never read from an HTTP request.

        FastAPI reads the parameters of a dependency, such as `Depends(CrankWheel)`, from the query
        of the request, unless they are dependencies themselves. Whoever sent `?base_url=…` would
        receive the API key.
        """

        def __class_getitem__(cls, kind):
            fastapi = sys.modules.get("fastapi.params")
            if fastapi is None:
                return Annotated[kind, "an option of a client"]
            return Annotated[kind, fastapi.Depends(_not_from_the_request)]


def _not_from_the_request() -> None:
    return None
