"""Fault rules as the sandbox reads and describes them."""

from __future__ import annotations

import json

from .._lazy import abc, typing
from ._faults import MEMBERS


def rule(kind: str, scope: abc.Mapping[str, typing.Any], members: abc.Mapping[str, typing.Any]) -> str:
    """Returns a fault rule as JSON. A member that is ``None`` has its default."""
    given = {name: value for name, value in members.items() if value is not None}
    if kind not in MEMBERS:
        raise ValueError(f"kind: must be one of {', '.join(MEMBERS)}, got {kind!r}")
    # The sandbox ignores the options of other kinds.
    for name in given:
        if name not in MEMBERS[kind]:
            valid = ", ".join([*MEMBERS[kind], *scope])
            raise ValueError(f"{name}: unknown option of the fault {kind!r}; valid options are {valid}")
    if "headers" in given:
        given["headers"] = dict(given["headers"])
    if "json" in given:
        given["body"] = json.dumps(given.pop("json"))
        given["headers"] = {"content-type": "application/json", **given.get("headers", {})}
    return json.dumps({**scope, "fault": {"kind": kind, **given}})


def keywords(rule: abc.Mapping[str, typing.Any]) -> dict[str, typing.Any]:
    """Returns a rule that the sandbox describes as the arguments of `Sandbox.fail`."""
    scope = {name: value for name, value in rule.items() if name != "fault"}
    return {**rule["fault"], **scope}
