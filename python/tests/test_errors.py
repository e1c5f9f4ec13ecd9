"""The exceptions: classes, base classes, attributes, pickling."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import pytest

import crankwheel
from crankwheel import (
    APIConnectionError,
    ConfigurationError,
    CrankWheel,
    CrankWheelError,
    InvalidRequestError,
    Period,
)
from crankwheel._errors import __all__ as names
from crankwheel.sandbox import Sandbox


@pytest.mark.parametrize("name", sorted(names))
def test_every_class_is_public_and_documented(name: str) -> None:
    kind = getattr(crankwheel, name)
    assert issubclass(kind, CrankWheelError)
    assert kind.__doc__
    assert kind.__module__ == "crankwheel"


def test_exceptions_derive_from_python_s_own_where_those_fit() -> None:
    assert issubclass(ConfigurationError, ValueError)
    assert issubclass(crankwheel.InvalidRequestError, ValueError)
    assert issubclass(APIConnectionError, ConnectionError)
    assert issubclass(crankwheel.APITimeoutError, TimeoutError)
    assert issubclass(crankwheel.APITimeoutError, APIConnectionError)


@pytest.mark.parametrize("name", sorted(names))
def test_every_class_survives_pickling(name: str) -> None:
    kind = getattr(crankwheel, name)
    error = kind(
        "what happened", status_code=409, errors={"sname": ["taken"]}, existing_id=7, retry_after=1.5
    )
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(again) is kind
        assert vars(again) == vars(error)
        assert str(again) == "what happened"
        assert repr(again) == f"{name}('what happened')"


def test_users_can_define_subclasses() -> None:
    class Own(CrankWheelError):
        def __init__(self, message: str, colour: str) -> None:
            super().__init__(message)
            self.colour = colour

    globals()["Own"] = Own
    Own.__qualname__ = "Own"
    again = pickle.loads(pickle.dumps(Own("oops", "red")))
    assert (again.message, again.colour) == ("oops", "red")


def test_a_conflict_has_all_attributes(cw: CrankWheel) -> None:
    taken = cw.clients.create(sname="acmecorp")
    with pytest.raises(crankwheel.ConflictError) as caught:
        cw.clients.create(sname="acmecorp")
    error = caught.value
    assert error.existing_id == taken.id
    assert error.errors == {"sname": ["has already been taken"]}
    assert error.status_code == 409
    assert error.request_id == error.headers["x-request-id"]
    assert error.request_id in error.message
    assert (error.method, error.path) == ("POST", "/ss/rsapi/clients")
    assert error.attempts == 1
    assert error.maybe_applied is False
    assert error.body is not None
    assert pickle.loads(pickle.dumps(error)).existing_id == taken.id


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (302, "APIStatusError"),
        (400, "BadRequestError"),
        (401, "AuthenticationError"),
        (403, "PermissionDeniedError"),
        (404, "NotFoundError"),
        (409, "ConflictError"),
        (418, "APIStatusError"),
        (422, "UnprocessableEntityError"),
        (429, "RateLimitError"),
        (500, "InternalServerError"),
        (599, "InternalServerError"),
    ],
)
def test_every_status_has_its_class(sandbox: Sandbox, status: int, name: str) -> None:
    sandbox.respond("GET", "/ss/rsapi/clients", status=status, headers={"retry-after": "7"})
    with pytest.raises(CrankWheelError) as caught:
        sandbox.client(max_retries=0).clients.list()
    assert type(caught.value).__name__ == name
    assert caught.value.status_code == status
    assert str(status) in str(caught.value)
    assert caught.value.retry_after == 7.0


def test_attempts_are_counted(sandbox: Sandbox) -> None:
    sandbox.respond("GET", "/ss/rsapi/clients", status=503, headers={"retry-after": "0"}, times=2)
    assert sandbox.client(max_retries=2).with_raw_response.clients.list().attempts == 3
    sandbox.respond("GET", "/ss/rsapi/clients", status=503, headers={"retry-after": "0"}, times=2)
    with pytest.raises(crankwheel.InternalServerError) as caught:
        sandbox.client(max_retries=1).clients.list()
    assert caught.value.attempts == 2


def test_the_traceback_ends_in_the_caller_s_call(cw: CrankWheel) -> None:
    def mine() -> Any:
        return cw.clients.get(1)

    with pytest.raises(crankwheel.NotFoundError) as caught:
        mine()
    assert "mine" in [entry.name for entry in caught.traceback]


def test_certificates_of_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """``REQUESTS_CA_BUNDLE`` is used for TLS, and named in the error if its file cannot be read."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    cw = CrankWheel("some-key-123", base_url="https://127.0.0.1:1", max_retries=0)
    with pytest.raises(ConfigurationError, match=r"^REQUESTS_CA_BUNDLE: cannot use .*missing\.pem"):
        cw.clients.list()
    assert "missing.pem" in cw.diagnose()
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(APIConnectionError, match="refused"):
        CrankWheel("some-key-123", base_url="https://127.0.0.1:1", max_retries=0).clients.list()


@pytest.mark.parametrize(
    ("period", "shown"),
    [("x" * 500, "..."), ("a\ud800", r"a\ud800"), ("\udfff" * 90, r"\udfff"), (b"\xff" * 500, "bytes")],
)
def test_what_the_sdk_writes_itself_is_ascii(cw: CrankWheel, period: Any, shown: str) -> None:
    for call in (lambda: cw.reseller.usage(period), lambda: Period.parse(period)):
        with pytest.raises(InvalidRequestError) as caught:
            call()
        assert shown in str(caught.value)
        assert str(caught.value).isascii()
        assert ascii(caught.value.errors) == repr(caught.value.errors)
