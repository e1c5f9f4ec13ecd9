"""The models: attributes, raw JSON, equality, hashes, pickles, copies, pydantic."""

from __future__ import annotations

import copy
import datetime
import json
import pickle
from typing import Any

import pytest

import crankwheel
from crankwheel import Client, ClientBilling, CrankWheel, UsageHistory
from crankwheel.sandbox import Sandbox

FEBRUARY = "2019-02"


@pytest.fixture
def results(cw: CrankWheel) -> list[Any]:
    """Returns one object of every class that can be pickled."""
    clients = cw.clients.list()
    billing = cw.clients.billing(clients[0], FEBRUARY)
    overview = cw.reseller.billing(FEBRUARY)
    history = cw.reseller.usage(FEBRUARY)
    plans = cw.reseller.plans()
    options = cw.sso.login_options(history.sessions[0].email or "")
    return [
        clients,
        clients[0],
        clients[0].settings,
        cw.clients.usage(clients[0], FEBRUARY),
        billing,
        billing.periods,
        billing.periods[0],
        next(iter(billing.plans_pro_rata.values())),
        overview,
        overview.per_company,
        history,
        history.sessions,
        history.sessions[0],
        history.stats,
        history.stats.user_stats,
        history.stats.user_stats[0],
        plans,
        plans[0],
        options,
        options[0],
    ]


def test_all_classes_survive_pickling_and_copying(results: list[Any]) -> None:
    classes = {type(result) for result in results}
    assert len(classes) == len(results)
    for result in results:
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            again = pickle.loads(pickle.dumps(result, protocol))
            assert type(again) is type(result)
            assert again == result
        assert copy.copy(result) == copy.deepcopy(result) == result
        assert result != object()
        assert repr(again).startswith(type(result).__name__ + "(")


def test_equal_models_have_equal_hashes(results: list[Any]) -> None:
    for result in results:
        if hasattr(result, "to_dict"):
            assert hash(result) == hash(pickle.loads(pickle.dumps(result)))
        else:
            with pytest.raises(TypeError):
                hash(result)


def test_models_are_frozen_and_have_no_constructor(results: list[Any]) -> None:
    client = results[1]
    with pytest.raises(AttributeError):
        client.lname = "Other"
    with pytest.raises(AttributeError):
        client.nickname = "Other"
    with pytest.raises(TypeError):
        Client()


def test_models_work_as_mappings(cw: CrankWheel) -> None:
    client = cw.clients.get(cw.clients.list()[0])
    assert client["sname"] == client.sname
    assert "lname" in client
    assert "nickname" not in client
    assert set(client) == set(client.keys())
    changed = {**client.settings, "audit_log": not client.settings.audit_log}
    cw.clients.update(client, settings=changed)
    assert cw.clients.get(client).settings.audit_log is not client.settings.audit_log
    # A Settings object that was read can be sent.
    cw.clients.update(client, settings=client.settings)
    assert cw.clients.get(client).settings.audit_log is client.settings.audit_log


def test_unknown_fields_are_kept(sandbox: Sandbox, cw: CrankWheel) -> None:
    raw = {"id": 7, "sname": "exampleco", "shoe_size": {"eu": 44}, "settings": {"id": "9", "tint": None}}
    sandbox.respond("GET", "/ss/rsapi/clients/7", json=raw)
    client = cw.clients.get(7)
    assert client.extra == {"shoe_size": {"eu": 44}}
    assert client.settings.extra == {"tint": None}
    assert client.to_dict() == raw
    assert json.loads(client.wire_text) == raw
    assert pickle.loads(pickle.dumps(client)).extra == client.extra


def test_times_are_aware_and_exact(cw: CrankWheel) -> None:
    period = cw.clients.billing(cw.clients.list()[0], FEBRUARY).periods[-1]
    assert period.effective_to == datetime.datetime(
        2019, 2, 28, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc
    )
    assert period.effective_to.tzinfo is datetime.timezone.utc


def test_the_repr_of_a_model(sandbox: Sandbox, cw: CrankWheel) -> None:
    sandbox.respond("GET", "/ss/rsapi/clients/7", json={"id": 7, "sname": "exampleco", "lname": "It's <b>"})
    assert repr(cw.clients.get(7)) == "Client(id=7, sname='exampleco', lname=\"It's <b>\")"


def test_pydantic_reads_and_writes_the_raw_json(results: list[Any]) -> None:
    pydantic = pytest.importorskip("pydantic")
    for result in results:
        adapter = pydantic.TypeAdapter(type(result))
        raw = result.to_dict() if hasattr(result, "to_dict") else result.to_list()
        assert adapter.dump_python(result) == raw
        assert json.loads(adapter.dump_json(result)) == raw
        assert adapter.validate_python(result) is result
        assert adapter.validate_python(raw) == result
        for mode in ("validation", "serialization"):
            assert adapter.json_schema(mode=mode)["type"] in ("object", "array")
    with pytest.raises(pydantic.ValidationError):
        pydantic.TypeAdapter(Client).validate_python({"sname": "no id"})


def test_fastapi_returns_models_and_lists(cw: CrankWheel) -> None:
    fastapi = pytest.importorskip("fastapi")
    testclient = pytest.importorskip("fastapi.testclient")
    app = fastapi.FastAPI()

    def one() -> Any:
        return cw.clients.list()[0]

    def many() -> Any:
        return cw.clients.list()

    app.get("/one", response_model=crankwheel.Client)(one)
    app.get("/many", response_model=crankwheel.ClientList)(many)
    app.get("/bill", response_model=ClientBilling)(lambda: cw.clients.billing(one(), FEBRUARY))
    app.get("/usage", response_model=UsageHistory)(lambda: cw.reseller.usage(FEBRUARY))
    with testclient.TestClient(app) as http:
        assert http.get("/one").json() == one().to_dict()
        assert http.get("/many").json() == many().to_list()
        assert http.get("/bill").json()["company_id"] == one().id
        assert http.get("/usage").json() == cw.reseller.usage(FEBRUARY).to_dict()
        assert "/bill" in http.get("/openapi.json").json()["paths"]
