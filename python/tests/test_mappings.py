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
from crankwheel import CrankWheel, InvalidRequestError, UsageHistory
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
    assert session["client_id"] is None
    known = [value for name, value in session.items() if name != "client_id"]
    assert all(isinstance(value, (str, int, datetime.datetime)) for value in known)
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
