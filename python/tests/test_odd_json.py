"""Reading a decoded model never raises, whatever its JSON was."""

from __future__ import annotations

import datetime
import json
import pickle
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

import crankwheel
from crankwheel import Client, ClientBilling, Session

from .test_contract import MODELS
from .test_mappings import documented

ODD: list[Any] = [
    None, True, False, 0, -1, 1.5, 1e300, 2**63, 2**64, -(2**63), 10**400, "", "x", "7", "\x00", "é",
    "\ud800", "x" * 100_000, [], [1], [[]], {}, {"a": 1}, {"id": "x"}, [{"id": 1}], [None], {"": None},
    "2019-02-30T00:00:00Z", "2019-02-01", "2019-02-01T00:00:00Z", "2019-02-01T00:00:60Z",
    "0000-01-01T00:00:00Z", "-000001-01-01T00:00:00Z", "-009999-01-02T00:00:00Z", "+009999-12-30T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z", "0001-01-01T00:00:00+23:59", "1e5", "Infinity", "null", "true",
]  # fmt: skip
RAW: dict[str, Any] = {
    "Client": {"id": 7, "sname": "exampleco", "settings": {"id": "1"}},
    "Settings": {"id": "1"},
    "Plan": {"api_name": "plan_1"},
    "ClientUsage": {"company_id": 7, "num_sessions": 1},
    "ClientBilling": {"company_id": 7, "total_period_seconds": 1, "plans_pro_rata": {}, "periods": []},
    "BillingPeriod": {"effective_seconds": 1, "pro_rata": 1.0},
    "PlanProRata": {"units": 1.0},
    "BillingOverview": {"per_company": [], "total_pro_rata": {}},
    "LoginOption": {"email": "a@b.example", "client_id": 7},
    "UsageHistory": {"stats": {"user_stats": []}, "sessions": []},
    "UsageStats": {"user_stats": []},
    "UserStats": {"total_sec": 1, "total_count": 1},
    "Session": {"viewer_info": {"max_viewer_count": 1}},
}


def odd_forms(name: str) -> Iterator[Any]:
    """Returns raw JSON of a model with every field in turn replaced by every odd value, or absent."""
    whole = RAW[name]
    fields = {*documented(name), *whole, "an unknown member"} - {"email" if name == "UserStats" else ""}
    for field in fields:
        for value in ODD:
            yield {**whole, field: value}
            if field in ("viewer_info", "plans_pro_rata", "total_pro_rata"):
                yield {**whole, field: {"max_viewer_count": value, "plan_1": {"units": value}}}
                yield {**whole, field: {"plan_1": {"units": 1, "human_name": value, "x": value}}}
        yield {key: value for key, value in whole.items() if key != field}


def read_everything(value: Any) -> None:
    """Reads every attribute, key and row, which must not raise."""
    if isinstance(value, Mapping):
        repr(value)
        for name in documented(type(value).__name__) if type(value).__name__ in MODELS else ():
            attribute = getattr(value, name)
            assert isinstance(attribute, (type(None), str, int, float, datetime.datetime, Mapping, Sequence))
            read_everything(attribute)
        for name in ("extra", "wire_text"):
            getattr(value, name, None)
        for key in value:
            assert key in value
            value[key]
        hash(value) if type(value) is not dict else None
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for row in value:
            read_everything(row)


@pytest.mark.parametrize("name", MODELS)
def test_reading_never_raises_whatever_the_json_was(name: str) -> None:
    assert set(RAW) == set(MODELS)
    kind = getattr(crankwheel, name)
    decoded = refused = 0
    for raw in odd_forms(name):
        text = json.dumps({"a@b.example": raw} if name == "UserStats" else raw)
        try:
            model = kind._from_wire(text)
        except crankwheel.APIResponseError:
            refused += 1
            continue
        decoded += 1
        read_everything(model)
        model.to_dict()
        assert pickle.loads(pickle.dumps(model)) == model
    assert decoded > len(ODD)
    assert name in ("Settings",) or refused > 0


def test_a_time_that_a_datetime_cannot_hold_reads_as_none() -> None:
    for text in ("0000-12-31T23:59:59Z", "-000001-01-01T00:00:00Z"):
        assert Session._from_wire(json.dumps({"start_date": text})).start_date is None
        assert Client._from_wire(json.dumps({"id": 7, "hard_limit_starts": text})).hard_limit_starts is None
    first = ClientBilling._from_wire(json.dumps({**RAW["ClientBilling"], "starting": "0001-01-01T00:00:00Z"}))
    assert first.starting == datetime.datetime.min.replace(tzinfo=datetime.timezone.utc)
