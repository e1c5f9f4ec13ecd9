"""The options of faults, as `Sandbox.fail` takes them and `Sandbox.faults` describes them."""

from __future__ import annotations

from .._lazy import abc, typing
from .._native import describe
from ._faults import MEMBERS


def members(
    kind: typing.Any, scope: abc.Mapping[str, typing.Any], members: abc.Mapping[str, typing.Any]
) -> dict[str, typing.Any]:
    """Returns the options of a fault that were given. One that is ``None`` has its default."""
    given = {name: value for name, value in members.items() if value is not None}
    if not isinstance(kind, str) or kind not in MEMBERS:
        raise ValueError(f"kind: must be one of {', '.join(MEMBERS)}, got {describe(kind)}")
    # The sandbox ignores the options of other kinds.
    for name in given:
        if name not in MEMBERS[kind]:
            valid = ", ".join([*MEMBERS[kind], *scope])
            raise ValueError(f"{name}: unknown option of the fault {kind!r}; valid options are {valid}")
    return given


def keywords(rule: abc.Mapping[str, typing.Any]) -> dict[str, typing.Any]:
    """Returns a rule that the sandbox describes as the arguments of `Sandbox.fail`."""
    scope = {name: value for name, value in rule.items() if name != "fault"}
    return {**rule["fault"], **scope}
