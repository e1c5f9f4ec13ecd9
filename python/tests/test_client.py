"""The client: options, keys, raw responses, dry runs, raw requests, impersonation, closing."""

from __future__ import annotations

import datetime
import inspect
import pickle
from pathlib import Path
from typing import Any

import pytest

import crankwheel
from crankwheel import (
    NOT_GIVEN,
    APIConnectionError,
    APITimeoutError,
    AsyncCrankWheel,
    AuthenticationError,
    ConfigurationError,
    CrankWheel,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
)
from crankwheel.sandbox import Sandbox

from .silent_server import SilentServer


def test_key_and_url_from_the_environment(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="CRANKWHEEL_API_KEY"):
        CrankWheel()
    monkeypatch.setenv("CRANKWHEEL_API_KEY", sandbox.api_key)
    monkeypatch.setenv("CRANKWHEEL_BASE_URL", sandbox.url + "/")
    cw = CrankWheel()
    assert cw.base_url == sandbox.url
    assert len(cw.clients.list()) == 5
    assert CrankWheel(base_url="https://gate.example/cw/").base_url == "https://gate.example/cw"


@pytest.mark.parametrize(
    "options",
    [
        {"api_key": ""},
        {"api_key": 7},
        {"api_key": b"bytes"},
        {"base_url": "meeting.is"},
        {"base_url": "http://meeting.is"},
        {"timeout": 0},
        {"timeout": -1},
        {"timeout": True},
        {"timeout": "5"},
        {"timeout": float("nan")},
        {"timeout": float("inf")},
        {"connect_timeout": datetime.timedelta(0)},
        {"max_retries": -1},
        {"max_retries": True},
        {"max_retries": 1.5},
        {"read_only": "yes"},
        {"proxy": "no url"},
        {"ca_file": 7},
        {"user_agent_suffix": "line\nbreak"},
    ],
    ids=repr,
)
def test_invalid_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        CrankWheel(**{"api_key": "some-key", **options})
    assert isinstance(caught.value, ValueError)
    assert next(iter(options)).split("_")[-1] in str(caught.value).lower().replace(" ", "_")
    with pytest.raises(TypeError):
        CrankWheel("some-key", colour="red")  # type: ignore[call-arg]


def test_the_signature_shows_the_options() -> None:
    for kind in (CrankWheel, AsyncCrankWheel):
        parameters = inspect.signature(kind).parameters
        assert parameters["api_key"].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        assert parameters["timeout"].kind is inspect.Parameter.KEYWORD_ONLY
        changed = inspect.signature(kind.with_options).parameters
        assert set(changed) - {"self"} == set(parameters)
        for documented in (kind.__init__, kind.with_options):
            # Python 3.13 and later remove the indentation themselves.
            assert all(f"\n    {name} (" in inspect.cleandoc(documented.__doc__ or "") for name in parameters)


def test_valid_options(sandbox: Sandbox) -> None:
    cw = sandbox.client(
        timeout=datetime.timedelta(seconds=20),
        connect_timeout=2,
        attempt_timeout=2.5,
        max_retries=0,
        read_only=False,
        user_agent_suffix="acme-sync/1.2",
        max_idle_connections=4,
        idle_timeout=1,
        allow_insecure_http=False,
    )
    cw.clients.list()
    agent = sandbox.requests[-1].headers["user-agent"]
    assert agent.startswith(f"crankwheel/{crankwheel.__version__} (python 3.")
    assert agent.endswith("acme-sync/1.2")


def test_with_options_changes_a_copy(sandbox: Sandbox, cw: CrankWheel) -> None:
    careful = cw.with_options(read_only=True, timeout=5)
    assert careful.read_only
    assert not cw.read_only
    assert repr(careful) == f"CrankWheel(base_url='{sandbox.url}', timeout=5, read_only=True)"
    with pytest.raises(InvalidRequestError, match="read-only"):
        careful.clients.delete(cw.clients.list()[0])
    with pytest.raises(AuthenticationError):
        cw.with_options(api_key="another-key").clients.list()
    with pytest.raises(PermissionDeniedError):
        cw.with_options(api_key=sandbox.read_only_key).clients.delete(cw.clients.list()[0])
    assert len(cw.clients.list()) == 5
    assert type(sandbox.async_client().with_options(timeout=3)) is AsyncCrankWheel


def test_timeout_errors_name_the_option() -> None:
    with SilentServer() as server:
        cw = CrankWheel("some-key", base_url=server.url, max_retries=0)
        with pytest.raises(APITimeoutError, match="`timeout`") as caught:
            cw.with_options(timeout=0.05).clients.list()
        assert isinstance(caught.value, TimeoutError)
        assert isinstance(caught.value, ConnectionError)
        with pytest.raises(APITimeoutError, match="attempt_timeout") as caught:
            cw.with_options(attempt_timeout=0.05).clients.delete(7)
        assert caught.value.maybe_applied is True


def test_keys_that_rotate(sandbox: Sandbox) -> None:
    asked: list[int] = []

    def key() -> str:
        asked.append(len(asked))
        return sandbox.api_key if len(asked) != 3 else "stale-key"

    cw = CrankWheel(key, base_url=sandbox.url)
    assert not asked
    cw.clients.list()
    cw.with_options(timeout=5).clients.list()
    # The API refuses the third key, so the function is called once more.
    cw.clients.list()
    assert len(asked) == 4
    cw.dry_run.clients.list()
    assert len(asked) == 4
    assert cw.impersonation_key(7).reveal() == f"resellerimpersonate-7-{sandbox.api_key}"

    def fails() -> str:
        raise LookupError("the vault is closed")

    with pytest.raises(LookupError, match="vault"):
        CrankWheel(fails, base_url=sandbox.url).clients.list()
    with pytest.raises(ConfigurationError):
        CrankWheel(lambda: "", base_url=sandbox.url).clients.list()


def test_closing(sandbox: Sandbox) -> None:
    with sandbox.client() as cw:
        copy = cw.with_options(timeout=5)
        cw.clients.list()
        assert not cw.closed
    assert cw.closed
    for one in (cw, copy):
        with pytest.raises(ConfigurationError, match="closed"):
            one.clients.list()


def test_pickles_do_not_contain_the_key(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TypeError, match="CRANKWHEEL_API_KEY"):
        pickle.dumps(sandbox.client())
    monkeypatch.setenv("CRANKWHEEL_API_KEY", sandbox.api_key)
    for kind in (CrankWheel, AsyncCrankWheel):
        text = pickle.dumps(kind(base_url=sandbox.url, max_retries=1))
        assert sandbox.api_key.encode() not in text
        assert repr(pickle.loads(text)) == f"{kind.__name__}(base_url='{sandbox.url}', max_retries=1)"
    assert len(pickle.loads(pickle.dumps(CrankWheel(base_url=sandbox.url))).clients.list()) == 5
    with pytest.raises(TypeError):
        pickle.dumps(CrankWheel().with_options(api_key=sandbox.api_key))


def test_client_and_plan_arguments(sandbox: Sandbox, cw: CrankWheel) -> None:
    client = cw.clients.list()[0]
    plan = cw.reseller.plans()[1]

    class Indexed:
        def __index__(self) -> int:
            return client.id

    good: tuple[Any, ...] = (client, client.id, str(client.id), Indexed())
    for argument in good:
        assert cw.clients.get(argument).id == client.id
    cw.clients.set_plan(client, plan)
    assert cw.clients.get(client).current_plan == plan.api_name
    sandbox.clear_requests()
    bad: tuple[Any, ...] = (True, False, None, 1.0, "", "x", -1, 0, 10**30, [client.id], {}, plan)
    for argument in bad:
        with pytest.raises(InvalidRequestError, match="client") as caught:
            cw.clients.get(argument)
        assert isinstance(caught.value, ValueError)
    for wrong in (None, 7, client, True):
        with pytest.raises(InvalidRequestError, match="plan"):
            cw.clients.set_plan(client, wrong)  # type: ignore[arg-type]
    assert not sandbox.requests


def test_fields_of_create_and_update(sandbox: Sandbox, cw: CrankWheel) -> None:
    client = cw.clients.create(
        sname="acmecorp", lname=None, settings={"audit_log": True}, extra={"new": [1, 2.5]}
    )
    assert sandbox.requests[-1].json() == {
        "sname": "acmecorp",
        "lname": None,
        "settings": {"audit_log": True},
        "new": [1, 2.5],
    }
    cw.clients.update(client, lname="Acme", smsname=None)
    assert sandbox.requests[-1].json() == {"lname": "Acme", "smsname": None}
    again, created = cw.clients.get_or_create(sname="acmecorp")
    assert (again.id, created) == (client.id, False)
    found = cw.clients.find("acmecorp")
    assert found is not None
    assert found.lname == "Acme"
    assert cw.clients.find("nobodyhere") is None
    for name, value in (("lname", object()), ("lname", 7), ("settings", 7), ("settings", {7: True})):
        with pytest.raises(InvalidRequestError):
            cw.clients.update(client, **{name: value})  # type: ignore[arg-type]
    with pytest.raises(InvalidRequestError) as caught:
        cw.clients.update(client, extra={"a": [{"b": {1, 2}}]})
    assert list(caught.value.errors) == ["extra.a[0].b"]
    endless: dict[str, Any] = {}
    endless["more"] = [endless]
    with pytest.raises(InvalidRequestError, match="nested") as caught:
        cw.clients.update(client, extra=endless)
    assert list(caught.value.errors) == ["extra"]
    assert repr(NOT_GIVEN) == "NOT_GIVEN"
    assert pickle.loads(pickle.dumps(NOT_GIVEN)) is NOT_GIVEN


def test_the_signature_shows_the_fields() -> None:
    parameters = inspect.signature(CrankWheel("some-key").clients.create).parameters
    assert list(parameters)[:2] == ["sname", "lname"]
    assert parameters["lname"].default is NOT_GIVEN
    for method in ("create", "update", "get_or_create"):
        ours = inspect.signature(getattr(crankwheel.Clients, method))
        theirs = inspect.signature(getattr(crankwheel.AsyncClients, method))
        assert ours.parameters == theirs.parameters


def test_raw_responses(sandbox: Sandbox, cw: CrankWheel) -> None:
    raw = cw.with_raw_response.clients.list()
    assert raw.status_code == 200
    assert raw.request_id == raw.headers["x-request-id"]
    assert raw.attempts == 1
    assert raw.parse() is raw.parse()
    assert raw.parse() == cw.clients.list()
    assert raw.body.startswith(b"[")
    assert "RawResponse" in repr(crankwheel.RawResponse[int])
    sandbox.respond("GET", "/ss/rsapi/clients/7", body="<html>")
    broken = cw.with_raw_response.clients.get(7)
    assert broken.body == b"<html>"
    assert broken.text == "<html>"
    assert raw.json() == raw.parse().to_list()
    assert isinstance(raw, crankwheel.RawBody)
    assert (
        repr(raw) == f"RawResponse(status_code=200, request_id='{raw.request_id}', <{len(raw.body)} bytes>)"
    )
    with pytest.raises(crankwheel.APIResponseError, match="JSON"):
        broken.json()
    with pytest.raises(crankwheel.APIResponseError):
        broken.parse()
    with pytest.raises(NotFoundError):
        cw.with_raw_response.clients.get(1)


def test_dry_runs_send_nothing(sandbox: Sandbox, cw: CrankWheel) -> None:
    dry = cw.dry_run
    update = dry.clients.update(27084, settings={"audit_log": True})
    assert (update.method, update.url) == ("PATCH", f"{sandbox.url}/ss/rsapi/clients/27084")
    assert update.json() == {"settings": {"audit_log": True, "id": "<settings.id of client 27084>"}}
    assert dry.clients.delete(7).json() is None
    assert dry.clients.create(sname="acmecorp").body == '{"sname":"acmecorp"}'
    assert dry.sso.grant_token("a b@c.d", create_in=7).url.endswith("/grant_token/a%20b@c.d?clientid=7")
    assert dry.reseller.usage("2019-02").url.endswith("to=2019-02-28T23%3A59%3A59.999999Z")
    assert dry.request("POST", "/new", json={"a": 1}).curl.startswith("curl -X POST")
    assert dry.clients.delete(7) == dry.clients.delete("7")
    with pytest.raises(InvalidRequestError):
        dry.clients.get(True)
    assert not sandbox.requests


def test_raw_requests(sandbox: Sandbox, cw: CrankWheel) -> None:
    response = cw.request("get", "/ss/rsapi/clients", query={"a": 1, "b": [True, None, "x y"], "c": None})
    assert sandbox.requests[-1].query == [("a", "1"), ("b", "true"), ("b", "null"), ("b", "x y")]
    assert response.status_code == 200
    assert response.json() == cw.clients.list().to_list()
    assert response.text.encode() == response.body
    assert response.attempts == 1
    assert repr(response).startswith("RawBody(status_code=200, ")
    assert response.request_id == response.headers["x-request-id"]
    cw.request("GET", "/ss/rsapi/clients", query=[("x", "1"), ("x", "2")])
    assert sandbox.requests[-1].query == [("x", "1"), ("x", "2")]
    sandbox.respond("POST", "/new/thing", status=200, body="fine")
    with pytest.raises(crankwheel.APIResponseError):
        cw.request("POST", "/new/thing", json={"when": datetime.date(2019, 2, 1)}).json()
    assert sandbox.requests[-1].json() == {"when": "2019-02-01T00:00:00Z"}
    sandbox.respond("POST", "/new/thing", status=200)
    assert cw.request("POST", "/new/thing").json() is None
    for path in ("https://evil.example/", "//evil.example", "/a/../b"):
        with pytest.raises(InvalidRequestError):
            cw.request("GET", path)
    with pytest.raises(InvalidRequestError):
        cw.request("BREW", "/coffee")


def test_impersonation(sandbox: Sandbox, cw: CrankWheel) -> None:
    client = cw.clients.list()[0]
    sandbox.respond("GET", "/ss/api/users", json=[])
    assert cw.impersonate(client).request("GET", "/ss/api/users").json() == []
    with pytest.raises(PermissionDeniedError):
        cw.impersonate(client.id).request("GET", "/ss/rsapi/reseller/plans")
    for wrong in (True, "x", None):
        with pytest.raises(InvalidRequestError):
            cw.impersonate(wrong)  # type: ignore[arg-type]


def test_connection_refused(sandbox: Sandbox) -> None:
    sandbox.stop()
    with pytest.raises(APIConnectionError, match="refused") as caught:
        sandbox.client(max_retries=0).clients.delete(7)
    assert isinstance(caught.value, ConnectionError)
    assert caught.value.maybe_applied is False


def test_a_missing_ca_file(tmp_path: Path) -> None:
    cw = CrankWheel("some-key", ca_file=tmp_path / "none.pem", base_url="https://127.0.0.1:1", max_retries=0)
    with pytest.raises(ConfigurationError, match=r"none\.pem"):
        cw.clients.list()
