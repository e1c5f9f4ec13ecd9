"""Pydantic's JSON schemas name the fields of the models."""

from __future__ import annotations

from typing import Any

import pytest

import crankwheel
from crankwheel import Client, ClientList, ClientUsage, CrankWheel, Period, Session

from .test_contract import MODELS, contract_attributes

pydantic = pytest.importorskip("pydantic")


def schema(kind: Any, mode: str = "serialization") -> dict[str, Any]:
    found: dict[str, Any] = pydantic.TypeAdapter(kind).json_schema(mode=mode)
    return found


@pytest.mark.parametrize("mode", ["serialization", "validation"])
@pytest.mark.parametrize("name", MODELS)
def test_a_model_has_its_fields(name: str, mode: str) -> None:
    found = schema(getattr(crankwheel, name), mode)
    if name == "UserStats":
        assert "total_sec" in found["additionalProperties"]["properties"]
        return
    known = set(found["properties"])
    assert len(known) > 1
    for field, value in found["properties"].items():
        assert {"type", "anyOf"} & set(value), field
        assert value["description"]
    if name != "Session":
        assert known == set(contract_attributes(name))


def test_types_lists_and_parts() -> None:
    client = schema(Client)
    assert client["properties"]["id"]["type"] == "integer"
    assert {"type": "null"} in client["properties"]["lname"]["anyOf"]
    assert client["properties"]["settings"]["properties"]["audit_log"]
    assert set(client["required"]) == {"id", "sname", "settings"}
    assert schema(ClientList)["items"] == client
    assert {it["type"] for it in schema(ClientUsage)["properties"]["company_id"]["anyOf"]} == {
        "integer",
        "string",
    }
    assert "viewer_info" in schema(Session)["properties"]
    overview = schema(crankwheel.BillingOverview)["properties"]
    assert overview["per_company"]["items"]["properties"]["periods"]["items"]["title"] == "BillingPeriod"
    assert schema(Period)["type"] == schema(Period, "validation")["type"] == "string"


def test_a_model_of_the_user_holds_models(cw: CrankWheel) -> None:
    Bill = pydantic.create_model("Bill", client=(Client, ...), period=(Period, ...), all=(ClientList, ...))  # noqa: N806
    clients = cw.clients.list()
    for period in ("2019-02", "2019", "2019-02-01/2019-02-14", "last 28 days"):
        bill = Bill(client=clients[0].to_dict(), period=period, all=clients)
        assert isinstance(bill.period, Period)
        again = Bill.model_validate_json(bill.model_dump_json())
        assert again == bill
    for odd in (5, None, "2019-2", "last -1 days", "last 999999999 days", b"2019-02", ["2019-02"]):
        with pytest.raises(pydantic.ValidationError, match="period"):
            Bill(client=clients[0], period=odd, all=[])
    assert "settings" in Bill.model_json_schema()["properties"]["client"]["properties"]
