"""Extra headers: on a client, and on a copy for some calls."""

from __future__ import annotations

import logging
import pickle
import re
import traceback
import types
from typing import Any

import pytest

from crankwheel import ConfigurationError, CrankWheel, CrankWheelError
from crankwheel.sandbox import Sandbox

SECRET = "s3cret-gateway-key"


def sent(sandbox: Sandbox, name: str) -> list[str]:
    return [value for header, value in dict(sandbox.requests[-1].headers).items() if header.lower() == name]


def test_headers_are_sent(sandbox: Sandbox) -> None:
    cw = sandbox.client(headers={"X-Gateway-Key": SECRET, "traceparent": "00-1"})
    cw.clients.list()
    assert (sent(sandbox, "x-gateway-key"), sent(sandbox, "traceparent")) == ([SECRET], ["00-1"])
    cw.with_options(headers=types.MappingProxyType({"Traceparent": "00-2"})).clients.list()
    assert (sent(sandbox, "x-gateway-key"), sent(sandbox, "traceparent")) == ([SECRET], ["00-2"])
    cw.with_options(headers={"x-gateway-key": None}).clients.list()
    assert (sent(sandbox, "x-gateway-key"), sent(sandbox, "traceparent")) == ([], ["00-1"])


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"Authorization": SECRET}, "`api_key`"),
        ({"user-agent": SECRET}, "`user_agent_suffix`"),
        ({"Content-Length": "5"}, "the SDK sets"),
        ({"Connection": "close"}, "belongs to the connection"),
        ({"x one": SECRET}, 'not a valid name of a header, got "x one"'),
        ({"x-one": f"{SECRET}\n"}, '"x-one" must be printable ASCII'),
        ({"x-one": SECRET.encode()}, "must be a string, got bytes"),
        ({5: SECRET}, "must be a string, got int"),
        ([("x-one", SECRET)], "must be a mapping of names to values, got list"),
        (SECRET, "must be a mapping of names to values"),
    ],
)
def test_other_headers_are_refused_without_their_values(cw: CrankWheel, headers: Any, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        cw.with_options(headers=headers)
    message = str(caught.value)
    assert message.startswith("headers")
    assert words in message
    assert SECRET not in message or headers == SECRET


@pytest.mark.parametrize("value", ["open-sesame", "q7", "9f2c81ab55", "Bearer abc77"])
def test_values_are_neither_logged_nor_in_errors(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], value: str
) -> None:
    caplog.set_level(logging.DEBUG)
    token = value.removeprefix("Bearer ")
    echo = {"x-request-id": value, "via": f"1.1 {value}", "x-other": token}
    sandbox.fail("status", status=503, json={"message": f"no {token}"}, headers={**echo, "retry-after": "0"})
    cw = sandbox.client(headers={"X-Gateway-Key": value}, max_retries=1)
    with pytest.raises(CrankWheelError) as caught:
        cw.clients.list()
    error = caught.value
    records = [record for record in caplog.records if record.name == "crankwheel"]
    assert len(records) == 2
    assert all(vars(record)["crankwheel"]["request_id"] == "***" for record in records)
    assert "no ***" in str(error)
    captured = capfd.readouterr()
    forms = [
        *(f"{record.getMessage()} {vars(record)}" for record in caplog.records),
        f"{error} {error!r} {vars(error)} {error.args}",
        "".join(traceback.format_exception(error)),
        str(pickle.loads(pickle.dumps(error))),
        f"{cw!r} {cw.diagnose()} {cw.clients!r}",
        captured.out + captured.err,
    ]
    for form in forms:
        assert not re.search(rf"\b({re.escape(value)}|{token})\b", form), form
    assert token.encode() not in pickle.dumps(error)


@pytest.mark.parametrize("value", ["production", "eu-central-1", "1"])
def test_ordinary_values_do_not_change_messages(sandbox: Sandbox, value: str) -> None:
    message = f"the {value} of Acme has 1 client in production"
    sandbox.fail("status", status=400, json={"message": message})
    with pytest.raises(CrankWheelError, match=message):
        sandbox.client(headers={"X-Environment": value}).clients.list()


def test_values_are_shown_nowhere(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    cw = sandbox.client(headers={"x-gateway-key": SECRET})
    run = cw.dry_run.clients.list()
    assert dict(run.headers)["x-gateway-key"] == "***"
    assert SECRET not in f"{cw!r} {cw.diagnose()} {run!r} {run.curl}"
    monkeypatch.setenv("CRANKWHEEL_API_KEY", sandbox.api_key)
    with pytest.raises(TypeError, match="headers cannot be pickled"):
        pickle.dumps(CrankWheel(headers={"x-gateway-key": SECRET}))
