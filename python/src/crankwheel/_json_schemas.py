"""The JSON schemas of the models, as pydantic and FastAPI show them: their raw JSON, as `to_dict()`
returns it. Members that this version of the SDK does not know are allowed.
"""

from __future__ import annotations

from typing import Any

from ._schemas import FIELDS

__all__ = ["PERIOD", "of_model"]

PERIOD: dict[str, Any] = {
    "type": "string",
    "title": "Period",
    "description": "A month, a year, a day, two ends separated by a slash, or the last days.",
    "examples": ["2019-02", "2019", "2019-02-01/2019-02-14", "last 28 days"],
}

_PLAIN: dict[str, dict[str, Any]] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "datetime": {"type": "string", "format": "date-time"},
    "None": {"type": "null"},
}

# Models whose raw JSON has another shape than their attributes, or that the contract does not list.
_OTHERS: dict[str, dict[str, tuple[str, str]]] = {
    "UsageHistory": {
        "sessions": ("SessionList", "The sessions."),
        "stats": ("UsageStats", "The totals, as computed by the API."),
    },
    "UsageStats": {
        "total_sec": ("int | None", "The total duration of all sessions, in seconds."),
        "total_count": ("int | None", "The number of sessions."),
        "user_stats": ("UserStatsList", "The totals by user and company."),
    },
    "Session": {
        "email": ("str | None", "The presenter's e-mail address."),
        "sname": ("str | None", "The company's short name."),
        "lname": ("str | None", "The company's human-readable name."),
        "start_date": ("datetime | None", "The time at which the session began."),
        "end_date": ("datetime | None", "The time at which the session ended."),
        "duration": ("int | None", "The duration in seconds."),
        "viewer_info": ("ViewerInfo | None", "The viewers."),
    },
    "ViewerInfo": {"max_viewer_count": ("int | None", "The largest number of viewers at one time.")},
    "UserTotals": {
        "sname": ("str | None", "The company's short name."),
        "lname": ("str | None", "The company's human-readable name."),
        "total_sec": ("int", "The total duration of this user's sessions, in seconds."),
        "total_count": ("int", "The number of this user's sessions."),
    },
}


def of_model(name: str) -> dict[str, Any]:
    """Returns the JSON schema of a model."""
    if name == "UserStats":
        totals = of_model("UserTotals")
        return {"type": "object", "title": name, "additionalProperties": totals}
    fields = FIELDS.get(name) or _OTHERS[name]
    properties = {field: {**_of_type(kind), "description": doc} for field, (kind, doc) in fields.items()}
    required = [field for field, (kind, _) in fields.items() if not kind.endswith("| None")]
    schema: dict[str, Any] = {"type": "object", "title": name, "properties": properties}
    return {**schema, "required": required} if required else schema


def _of_type(kind: str) -> dict[str, Any]:
    if " | " in kind:
        return {"anyOf": [_of_type(part) for part in kind.split(" | ")]}
    if kind.startswith("dict[str, "):
        values = kind.removeprefix("dict[str, ").removesuffix("]")
        return {"type": "object", "additionalProperties": _of_type(values)}
    if kind.endswith("List"):
        return {"type": "array", "items": of_model(kind.removesuffix("List"))}
    return _PLAIN.get(kind) or of_model(kind)
