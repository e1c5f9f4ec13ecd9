"""Faults: which there are, and their description for the sandbox."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal, TypeAlias

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
    """What can go wrong."""

# A kind would ignore what belongs to another; here it is told.
FIELDS = {
    "latency": {"ms"},
    "status": {"status", "headers", "body", "processed"},
    "reset_before": set[str](),
    "reset_after": set[str](),
    "reset_during": set[str](),
    "truncate": set[str](),
    "corrupt": set[str](),
    "wrong_length": {"by"},
    "broken_gzip": {"how"},
    "slow_body": {"pieces", "pause_ms"},
    "split_204": {"pieces", "pause_ms"},
}


def rule(
    kind: str,
    method: str,
    path: str,
    times: int | None,
    probability: float | None,
    seed: int,
    fields: dict[str, Any],
) -> str:
    """A fault rule as JSON. Fields that are ``None`` keep their default."""
    given = {name: value for name, value in fields.items() if value is not None}
    if kind not in FIELDS:
        raise ValueError(f"kind: must be one of {', '.join(FIELDS)}, got {kind!r}")
    for name in given:
        if name not in FIELDS[kind]:
            raise ValueError(f"{name}: unknown option of the fault {kind!r}")
    described = {"method": method, "path": path, "times": times, "probability": probability, "seed": seed}
    return json.dumps({**described, "fault": {"kind": kind, **given}})


def keywords(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule as the sandbox describes it, as the arguments that order it."""
    scope = {name: value for name, value in rule.items() if name != "fault"}
    return {**rule["fault"], **scope}
