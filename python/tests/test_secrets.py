"""No key, impersonation key or login token is printed, logged, pickled or raised."""

from __future__ import annotations

import asyncio
import copy
import io
import json
import logging
import os
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import crankwheel
from crankwheel import AsyncCrankWheel, CrankWheel, CrankWheelError
from crankwheel.sandbox import Sandbox

KEY = "marked-key-4711x"
TOKEN = "marked-token-0815y"
LINK = f"https://meeting.is/ss/auth/rlogin/a@b.c:{TOKEN}"


@pytest.fixture
def marked() -> Iterator[Sandbox]:
    with Sandbox(clients=2, api_key=KEY, now="2019-03-15T12:00:00Z") as sandbox:
        yield sandbox


def shown_forms(value: Any) -> list[str]:
    """Returns every printed, logged and pickled form of an object."""
    seen = [
        repr(value),
        str(value),
        f"{value}",
        ascii(value),
        repr([value]),
        repr(vars_of(value)),
    ]
    if hasattr(value, "to_dict"):
        seen.append(json.dumps(value.to_dict(), default=repr))
    for protocol in (2, pickle.HIGHEST_PROTOCOL):
        try:
            seen.append(pickle.dumps(value, protocol).decode("latin-1"))
        except (TypeError, AttributeError, pickle.PicklingError) as error:
            seen.append(str(error))
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    logger = logging.getLogger("test.secrets")
    logger.addHandler(handler)
    logger.warning("%s %r", value, value)
    logger.removeHandler(handler)
    seen.append(log.getvalue())
    return seen


def vars_of(value: Any) -> Any:
    slots = [slot for kind in type(value).__mro__ for slot in getattr(kind, "__slots__", ())]
    return {**getattr(value, "__dict__", {}), **{slot: getattr(value, slot, None) for slot in slots}}


def assert_hidden(value: Any) -> None:
    for form in shown_forms(value):
        assert KEY not in form
        assert TOKEN not in form


def test_clients(marked: Sandbox) -> None:
    cw = marked.client(timeout=5)
    other = AsyncCrankWheel(lambda: KEY, base_url=marked.url)
    for value in (
        cw,
        other,
        cw.with_options(api_key=KEY),
        cw.clients,
        cw.sso,
        cw.reseller,
        cw.with_raw_response,
        cw.dry_run,
        cw.impersonate(7),
        other.clients,
        other.impersonate(7),
        cw.diagnose(),
        other.diagnose(),
        marked,
        marked.clock,
    ):
        assert_hidden(value)


def test_requests_and_dry_runs(marked: Sandbox) -> None:
    cw = marked.client()
    cw.clients.list()
    dry = cw.dry_run.clients.update(7, lname="Acme", settings={"audit_log": True})
    for value in (*marked.requests, dry, dry.headers, dry.curl, dry.url, dry.body):
        assert_hidden(value)
    assert dry.headers["authorization"] == "Basic ***"
    assert "$CRANKWHEEL_API_KEY" in dry.curl
    assert_hidden(cw.dry_run.request("GET", "/x"))


def test_login_links(marked: Sandbox) -> None:
    cw = marked.client()
    marked.respond("POST", "/ss/rsapi/grant_token/a@b.c", json={"login_url": LINK}, times=None)
    link = cw.sso.grant_token("a@b.c")
    assert link.url == LINK
    assert TOKEN in link.dashboard_only
    assert_hidden(link)
    raw = cw.with_raw_response.sso.grant_token("a@b.c")
    assert TOKEN.encode() in raw.body
    assert_hidden(raw)
    assert_hidden(raw.headers)
    body = cw.request("POST", "/ss/rsapi/grant_token/a@b.c")
    assert_hidden(body)
    for secret in (link, raw, body):
        with pytest.raises(TypeError):
            pickle.dumps(secret)
        with pytest.raises(TypeError):
            copy.deepcopy(secret)


def test_impersonation_keys(marked: Sandbox) -> None:
    cw = marked.client()
    key = cw.impersonation_key(7)
    assert key.reveal() == f"resellerimpersonate-7-{KEY}"
    assert_hidden(key)
    with pytest.raises(TypeError):
        pickle.dumps(key)


ECHOES = [
    {"status": 400, "json": {"errors": {"sname": [f"no good with {KEY} and resellerimpersonate-7-{KEY}"]}}},
    {"status": 401, "body": f"<h1>Basic {KEY} is wrong</h1>", "headers": {"www-authenticate": KEY}},
    {"status": 404, "body": KEY, "headers": {"x-request-id": f"id-{KEY}"}},
    {"status": 503, "body": f"Authorization: Basic {KEY}"},
    {"status": 302, "headers": {"location": f"https://elsewhere.example/{KEY}"}},
    {"status": 200, "body": f"<html>{KEY}"},
    {"status": 200, "json": {"id": KEY, "sname": KEY}},
]


@pytest.mark.parametrize("echo", ECHOES, ids=lambda echo: str(echo["status"]))
def test_servers_that_echo_the_key(marked: Sandbox, echo: dict[str, Any]) -> None:
    marked.respond("GET", "/ss/rsapi/clients/7", times=None, **echo)
    cw = marked.client(max_retries=0)
    with pytest.raises(CrankWheelError) as caught:
        cw.clients.get(7)
    assert_error_hides(caught.value)

    async def awaited() -> CrankWheelError:
        with pytest.raises(CrankWheelError) as caught:
            await marked.async_client(max_retries=0).clients.get(7)
        return caught.value

    assert_error_hides(asyncio.run(awaited()))


def test_broken_grant_token_responses(marked: Sandbox) -> None:
    path = "/ss/rsapi/grant_token/a@b.c"
    responses: list[dict[str, Any]] = [
        {"json": {"login_link": LINK}},
        {"json": [LINK]},
        {"body": LINK},
        {"status": 500, "body": LINK},
    ]
    for response in responses:
        marked.respond("POST", path, **response)
        with pytest.raises(CrankWheelError) as caught:
            marked.client(max_retries=0).sso.grant_token("a@b.c")
        assert_error_hides(caught.value)


def test_invalid_keys_and_urls() -> None:
    for key in (f"Basic {KEY}", f"{KEY}\n", f"{KEY} x", f"{KEY}ü"):
        with pytest.raises(crankwheel.ConfigurationError) as caught:
            CrankWheel(key)
        assert_error_hides(caught.value)
    with pytest.raises(crankwheel.ConfigurationError) as caught:
        CrankWheel("some-key", proxy=f"http://user:{KEY}@[")
    assert_error_hides(caught.value)
    with pytest.raises(crankwheel.ConfigurationError) as caught:
        CrankWheel("some-key", base_url=f"https://user:{KEY}@meeting.is")
    assert_error_hides(caught.value)


def test_connection_errors(marked: Sandbox) -> None:
    marked.stop()
    cw = marked.client(max_retries=0, connect_timeout=1)
    for call in (
        cw.clients.list,
        lambda: cw.clients.delete(7),
        lambda: cw.impersonate(7).request("GET", "/x"),
    ):
        with pytest.raises(crankwheel.APIConnectionError) as caught:
            call()
        assert_error_hides(caught.value)


def assert_error_hides(error: CrankWheelError) -> None:
    assert_hidden(error)
    assert_hidden(error.headers)
    text = "".join(traceback.format_exception(error))
    # The source lines in a traceback are those of this file.
    shown = [line for line in text.splitlines() if not line.startswith("    ")]
    assert not any(KEY in line or TOKEN in line for line in shown)
    for note in (error.body, error.path, error.request_id, json.dumps(error.errors)):
        assert KEY not in str(note)
        assert TOKEN not in str(note)


LOGGED = """
import os, sys
from crankwheel import CrankWheel
cw = CrankWheel(sys.argv[1], base_url=sys.argv[2], max_retries=0)
cw.clients.list()
cw.sso.grant_token("a@b.c")
cw.impersonate(7).request("GET", "/ss/api/users")
try:
    cw.clients.get(7)
except Exception as error:
    print(error)
"""


def test_log_lines(marked: Sandbox) -> None:
    marked.respond("POST", "/ss/rsapi/grant_token/a@b.c", json={"login_url": LINK})
    marked.respond("GET", "/ss/api/users", json=[], headers={"x-request-id": f"id-{KEY}"})
    marked.respond("GET", "/ss/rsapi/clients/7", status=500, body=KEY)
    done = subprocess.run(
        [sys.executable, "-c", LOGGED, KEY, marked.url],
        env={**os.environ, "CRANKWHEEL_LOG": "debug"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "500" in done.stdout
    assert "/ss/rsapi/clients" in done.stderr
    for secret in (KEY, TOKEN, "resellerimpersonate", "a@b.c"):
        assert secret not in done.stdout + done.stderr


def test_proxy_passwords_are_not_pickled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRANKWHEEL_API_KEY", KEY)
    for kind in (CrankWheel, AsyncCrankWheel):
        cw = kind(proxy=f"http://me:{TOKEN}@proxy.example:3128")
        for copying in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="HTTPS_PROXY") as caught:
                copying(cw)
            assert TOKEN not in str(caught.value)
        assert TOKEN.encode() not in pickle.dumps(kind(proxy="http://proxy.example:3128"))


def test_variables_of_the_packages_frames(marked: Sandbox) -> None:
    """Error trackers and debuggers show the local variables of every frame."""
    proxy = f"ftp://me:{TOKEN}@127.0.0.1:1"
    cw = CrankWheel(lambda: KEY, base_url=marked.url)

    async def awaited() -> None:
        async with AsyncCrankWheel(KEY, base_url=marked.url) as other:
            await other.clients.get(999)

    for call in (
        lambda: CrankWheel(f"Basic {KEY}"),
        lambda: CrankWheel(KEY, proxy=proxy),
        lambda: cw.with_options(api_key=f"{KEY}\n"),
        lambda: cw.with_options(proxy=proxy),
        lambda: cw.clients.get(999),
        lambda: cw.impersonate(7).request("GET", "/ss/x"),
        lambda: asyncio.run(awaited()),
    ):
        with pytest.raises(CrankWheelError) as raised:
            call()
        frames = traceback.TracebackException.from_exception(raised.value, capture_locals=True).stack
        ours = [frame for frame in frames if f"{os.sep}crankwheel{os.sep}" in frame.filename]
        assert ours
        shown = repr([frame.locals for frame in ours])
        assert KEY not in shown
        assert TOKEN not in shown


def test_secrets_passed_as_other_arguments(marked: Sandbox) -> None:
    """Errors do not show a secret that was passed as another argument."""
    for key in (KEY, lambda: KEY):
        cw = CrankWheel(key, base_url=marked.url)
        careful = cw.with_options(read_only=True)
        calls: list[tuple[Callable[..., Any], tuple[str, ...]]] = [
            (cw.clients.get, (KEY,)),
            (cw.impersonate, (KEY,)),
            (cw.impersonation_key, (f"resellerimpersonate-5-{KEY}",)),
            (cw.request, ("GET", LINK)),
            (cw.request, (KEY, "/x")),
            (cw.dry_run.request, ("GET", f"/x y {KEY}")),
            (careful.sso.grant_token, (KEY,)),
            (careful.request, ("POST", f"/ss/{KEY}")),
        ]
        for call, arguments in calls:
            with pytest.raises(CrankWheelError) as raised:
                call(*arguments)
            assert_hidden(raised.value)
