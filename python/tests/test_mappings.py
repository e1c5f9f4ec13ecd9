"""Models are mappings: attribute names to typed values, then the unknown members."""

from __future__ import annotations

import copy
import datetime
import json
import pickle
import time
from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, Sequence, ValuesView
from typing import Any

import pytest

import crankwheel
from crankwheel import Client, ClientBilling, CrankWheel, InvalidRequestError, Session, UsageHistory
from crankwheel.sandbox import Sandbox

from .results import FEBRUARY, lists, models
from .test_contract import MODELS, OF_THE_SDK, stub_attributes


def documented(name: str) -> list[str]:
    """Returns the documented attributes of a model, in the order of the stub."""
    return [attribute for attribute in stub_attributes(name) if attribute not in OF_THE_SDK]


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest, cw: CrankWheel) -> Any:
    """Returns one model of each class."""
    return models(cw)[request.param]


def from_wire(name: str, raw: object) -> Any:
    """Returns a model for its raw JSON."""
    return getattr(crankwheel, name)._from_wire(json.dumps(raw))


def test_a_model_is_a_mapping_of_its_attributes(model: Any) -> None:
    names = documented(type(model).__name__)
    assert issubclass(type(model), Mapping)
    assert not issubclass(type(model), Sequence)
    assert list(model) == list(model.keys()) == list(dict(model)) == names
    assert len(model) == len(names)
    for name in names:
        assert name in model
        value = getattr(model, name)
        assert type(model[name]) is type(value)
        assert model[name] == model.get(name) == value
    assert list(model.values()) == [getattr(model, name) for name in names]
    assert list(model.items()) == [(name, getattr(model, name)) for name in names]
    assert model._ipython_key_completions_() == names


def test_it_has_all_methods_of_a_mapping(model: Any) -> None:
    methods = {name for name in dir(Mapping) if callable(getattr(Mapping, name))} - {"__class_getitem__"}
    assert methods <= set(dir(model))
    assert isinstance(model.keys(), KeysView)
    assert isinstance(model.items(), ItemsView)
    assert isinstance(model.values(), ValuesView)
    assert isinstance(iter(model), Iterator)
    assert model.keys() & set(model) == set(model)
    assert {**model} == dict(model) == dict(model.items())
    assert model.get("no such name") is None
    assert model.get("no such name", 5) == 5
    missing: Any
    for missing in ("no such name", "", "\ud800", 7, None, ("a", "b"), b"id"):
        assert missing not in model
        with pytest.raises(KeyError) as caught:
            model[missing]
        assert caught.value.args == (missing,)
    unhashable: Any
    for unhashable in ([], {}):
        with pytest.raises(TypeError, match="unhashable"):
            model[unhashable]
    with pytest.raises(TypeError):
        model["id"] = 5


def test_equality(model: Any) -> None:
    assert model == dict(model)
    assert dict(model) == model
    assert model != {**model, "more": 1}
    assert model != dict(list(model.items())[:-1])
    assert model != list(model)
    again = pickle.loads(pickle.dumps(model))
    assert again == copy.deepcopy(model) == model
    assert hash(again) == hash(model)


def test_match_statements(cw: CrankWheel) -> None:
    found = None
    match cw.clients.list()[0]:
        case {"sname": str() as sname, "settings": {"audit_log": bool() as log}, **rest}:
            found = (sname, log, rest["id"])
    client = cw.clients.list()[0]
    assert found == (client.sname, client.settings.audit_log, client.id)
    match cw.reseller.usage(FEBRUARY).sessions:
        case [{"start_date": datetime.datetime() as start}, *_]:
            assert start.tzinfo is datetime.timezone.utc
        case _:
            pytest.fail("not matched")


def test_values_are_typed_where_the_raw_json_is_not(cw: CrankWheel) -> None:
    units = from_wire("ClientBilling", {
        "company_id": "7", "total_period_seconds": 60, "periods": [],
        "plans_pro_rata": {"plan_1": {"units": 1}, "plan_2": {"units": 0.5}},
    })["plans_pro_rata"]  # fmt: skip
    assert [(type(plan["units"]), plan["units"]) for plan in units.values()] == [(float, 1.0), (float, 0.5)]
    usage = from_wire(
        "ClientUsage", {"company_id": "27084", "start": "2019-02-01T00:00:00Z", "num_sessions": 3}
    )
    assert usage["company_id"] == 27084
    assert usage["start"] == datetime.datetime(2019, 2, 1, tzinfo=datetime.timezone.utc)
    assert f"{usage['start']:%d.%m.%Y}" == "01.02.2019"
    session = cw.reseller.usage(FEBRUARY).sessions[0]
    assert list(dict(session)) == documented("Session")
    assert all(isinstance(value, (str, int, datetime.datetime)) for value in session.values())
    # The raw JSON is another thing.
    assert session.to_dict()["viewer_info"] == {"max_viewer_count": session["max_viewer_count"]}


@pytest.mark.parametrize(
    ("name", "raw", "unknown"),
    [
        ("Client", {"id": 7, "tint": {"eu": 44.0}, "keys": 1, "extra": [], "a": None}, ["tint", "keys", "extra", "a"]),
        ("Settings", {"id": "7", "tint": None, "to_dict": "x"}, ["tint", "to_dict"]),
        ("Plan", {"api_name": "plan_1", "price": 1, "": 2}, ["price", ""]),
        ("PlanProRata", {"units": 1, "get": "x"}, ["get"]),
        ("Session", {"email": "a@b.example", "room": [1], "max_viewer_count": 9}, ["room"]),
        ("UsageHistory", {"sessions": [], "more": {"a": 1}, "items": 2}, ["more", "items"]),
        ("UsageStats", {"total_sec": 5, "median": 2.5}, ["median"]),
        ("UserStats", {"a@b.example": {"total_sec": 1, "total_count": 1, "role": "x", "email": 5}}, ["role"]),
    ],
)  # fmt: skip
def test_unknown_members_come_last(name: str, raw: Any, unknown: list[str]) -> None:
    model = from_wire(name, raw)
    assert list(model)[-len(unknown) :] == unknown
    assert set(model) - set(unknown) <= set(documented(name))
    assert len(model) == len(list(model))
    inner = next(iter(raw.values())) if name == "UserStats" else raw
    for member in unknown:
        assert member in model
        assert model[member] == model.get(member) == inner[member]
    assert callable(model.keys)
    assert callable(model.to_dict)
    # A member with the name of an attribute does not hide the attribute.
    for attribute in set(model) - set(unknown):
        assert model[attribute] == getattr(model, attribute)
    again = pickle.loads(pickle.dumps(model))
    assert dict(again) == dict(model)
    assert again.to_dict() == model.to_dict()


def test_every_documented_attribute_is_a_key_so_that_tables_have_equal_columns() -> None:
    for name, raw in [
        ("Client", {"id": 7}),
        ("Plan", {"api_name": "plan_1"}),
        ("Session", {}),
        ("BillingPeriod", {"effective_seconds": 1, "pro_rata": 1}),
        ("UsageStats", {}),
    ]:
        assert list(from_wire(name, raw)) == documented(name)


def test_settings_have_the_keys_of_the_response_so_that_they_can_be_sent_back(
    sandbox: Sandbox, cw: CrankWheel
) -> None:
    raw = {"id": "s-7", "audit_log": False, "window": "a new kind", "tint": {"dark": 1}, "lobby_url": None}
    settings = from_wire("Settings", raw)
    assert dict(settings) == {"id": "s-7", "audit_log": False, "lobby_url": None, "tint": {"dark": 1}}
    assert settings.window is None
    assert "window" not in settings
    sent = cw.dry_run.clients.update(7, settings={**settings, "audit_log": True}).json()
    assert sent == {"settings": {**settings, "audit_log": True}}


def test_settings_that_were_read_can_be_sent_back(cw: CrankWheel) -> None:
    for client in cw.clients.list():
        before = client.settings
        cw.clients.update(client, settings={**before, "audit_log": not before.audit_log})
        after = cw.clients.get(client).settings
        assert after == {**before, "audit_log": not before.audit_log}
        sent = cw.dry_run.clients.update(client, settings=dict(before)).json()["settings"]
        assert "content_filter_regex" not in sent
        assert sent["id"] == before.id
    with pytest.raises(InvalidRequestError, match="audit_log"):
        cw.clients.update(client, settings={**before, "audit_log": "yes"})


def test_models_in_a_json_body_are_sent_as_their_raw_json(cw: CrankWheel) -> None:
    for model in models(cw).values():
        sent = cw.dry_run.request("POST", "/anywhere", json={"a": [model]}).json()
        assert sent == {"a": [model.to_dict()]}


def test_json_refuses_models_and_lists(cw: CrankWheel) -> None:
    for name, value in {**models(cw), **lists(cw)}.items():
        with pytest.raises(TypeError, match=f"{name} is not JSON serializable"):
            json.dumps({"value": value})
        raw = value.to_dict() if hasattr(value, "to_dict") else value.to_list()
        assert json.loads(json.dumps(raw)) == raw


def test_a_large_history_is_a_cheap_mapping() -> None:
    rows = ",".join(['{"email":"a@b.example","duration":1}'] * 200_000)
    history = UsageHistory._from_wire(f'{{"sessions":[{rows}],"more":1}}')
    cheap: list[Callable[[], object]] = [
        history.keys,
        lambda: "stats" in history,
        lambda: history["sessions"],
        lambda: len(history),
        lambda: dict(history),
        lambda: history.get("none"),
        lambda: repr(history.sessions),
    ]
    for action in cheap:
        begun = time.perf_counter()
        for _ in range(20):
            action()
        # The raw JSON of this history takes more than 0.3 s to write once.
        assert time.perf_counter() - begun < 0.3


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
