"""Integers of more digits than Python converts: exact, and nothing raises."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from typing import Any

import pytest

from crankwheel import CrankWheel
from crankwheel.sandbox import Sandbox

DIGITS = "7" * 5000
ROW = f'{{"id": 5, "sname": "acmecorp", "new": {DIGITS}, "small": 7}}'


@pytest.fixture
def cw(sandbox: Sandbox) -> CrankWheel:
    return sandbox.client()


def respond(sandbox: Sandbox, body: str) -> None:
    sandbox.respond("*", "*", body=body, headers={"content-type": "application/json"})


def check(row: Any) -> None:
    assert str(row["new"]) == DIGITS
    assert type(row["new"]) is Decimal
    assert type(row["small"]) is int


def test_a_model_has_the_exact_value(sandbox: Sandbox, cw: CrankWheel) -> None:
    respond(sandbox, ROW)
    client = cw.clients.get(5)
    check(client.to_dict())
    check(client)
    check(dict(client))
    assert "acmecorp" in repr(client)


def test_a_list_has_the_exact_value(sandbox: Sandbox, cw: CrankWheel) -> None:
    respond(sandbox, f"[{ROW}, {ROW}]")
    clients = cw.clients.list()
    for row in (*clients, *clients.to_list()):
        check(row)


def test_a_response_has_the_exact_value(sandbox: Sandbox, cw: CrankWheel) -> None:
    respond(sandbox, ROW)
    check(cw.request("GET", "/ss/rsapi/new").json())


def test_a_field_of_the_api_is_not_valid(sandbox: Sandbox, cw: CrankWheel) -> None:
    respond(sandbox, f'{{"id": 5, "session_limit": {DIGITS}}}')
    client = cw.clients.get(5)
    assert client.session_limit is None
    assert str(client.to_dict()["session_limit"]) == DIGITS


def test_the_limit_of_python_can_be_raised(sandbox: Sandbox, cw: CrankWheel) -> None:
    respond(sandbox, ROW)
    client = cw.clients.get(5)
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        assert client.to_dict() == json.loads(ROW)
    finally:
        sys.set_int_max_str_digits(before)


def test_what_is_not_json_is_still_an_error_of_the_parser(sandbox: Sandbox, cw: CrankWheel) -> None:
    respond(sandbox, f"[{DIGITS}")
    with pytest.raises(Exception, match=r"JSON|Expecting"):
        cw.request("GET", "/ss/rsapi/new").json()
