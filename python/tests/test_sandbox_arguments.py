"""The sandbox's methods with odd values: each error names the argument, the value and what to do."""

from __future__ import annotations

import datetime
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import crankwheel
from crankwheel.sandbox import Sandbox

HOUR = datetime.timedelta(hours=1)
NOON = "2019-03-01T12:00:00Z"


@pytest.fixture(scope="module")
def one() -> Iterator[Sandbox]:
    with Sandbox(clients=2, days=60, now="2019-03-15T12:00:00Z") as sandbox:
        yield sandbox


REFUSED: list[tuple[Callable[[Sandbox], object], str]] = [
    (lambda s: s.add_client("no"), 'sname: should be at least 7 character(s), got "no"; write 7 to 32'),
    (lambda s: s.add_client(None), "sname: can't be blank, got None"),  # type: ignore[arg-type]
    (lambda s: s.add_client("acmecorp", lnme="x"), "lnme: unknown field; valid fields are "),
    (lambda s: s.add_client("acmecorp", hl="xx"), 'hl: is invalid, got "xx"; write one of '),
    (lambda s: s.add_client("takenelsewhere"), "sname: has already been taken outside the account"),
    (lambda s: s.add_client("acmecorp", created_at="x"), "created_at: must be an RFC 3339 time"),
    (
        lambda s: s.add_client("acmecorp", created_at=datetime.datetime(2019, 3, 1)),
        "created_at: must have a time zone, got the datetime 2019-03-01 00:00:00",
    ),
    (
        lambda s: s.add_client("acmecorp", current_plan="x"),
        'current_plan: unknown plan "x"; valid plans are ',
    ),
    (
        lambda s: s.add_client("acmecorp", logo=object()),
        "logo: must be a value that JSON can hold, got object",
    ),
    (
        lambda s: s.add_client("acmecorp", settings={"audit_log": 5}),
        "settings.audit_log: is invalid, got 5; write a boolean or None",
    ),
    (lambda s: s.add_user(1, "a@b.is"), "client: unknown client 1; add it first"),
    (
        lambda s: s.add_user(True, "a@b.is"),
        "client: must be ",
    ),
    (lambda s: s.add_user("x", "a@b.is"), "client: must be "),
    (lambda s: s.add_user(2**63, "a@b.is"), "client: must be "),
    (lambda s: s.add_user(27001, "anna"), 'email: not a valid e-mail address, got "anna"'),
    (lambda s: s.add_user(27001, "\ud800"), "email: "),
    (lambda s: s.add_user(27001, "a@b.is", "boss"), 'role: must be user, admin or owner, got "boss"'),  # type: ignore[arg-type]
    (lambda s: s.add_session(27001, "a@b.is", NOON, 60), "duration: must be a timedelta, got 60"),  # type: ignore[arg-type]
    (lambda s: s.add_session(27001, "a@b.is", NOON, -HOUR), "duration: must be between 0 and 2^32 seconds"),
    (lambda s: s.add_session(27001, "a@b.is", "noon", HOUR), "start: must be an RFC 3339 time"),
    (
        lambda s: s.add_session(27001, "a@b.is", NOON, HOUR, -1),
        "viewers: must be an integer of 0 or more, got ",
    ),
    (lambda s: s.add_session(27001, "a@b.is", NOON, HOUR, 1.5), "viewers: must be an integer, got 1.5"),  # type: ignore[arg-type]
    (lambda s: s.add_plan(""), 'api_name: must not be empty or "unset_or_custom", got ""'),
    (lambda s: s.add_plan("p", session_limit=2**64), "session_limit: must be an integer"),
    (lambda s: s.add_plan("p", license_count="5"), "license_count: must be an integer"),  # type: ignore[arg-type]
    (lambda s: s.add_plan_change(27001, "x"), 'plan: unknown plan "x"; valid plans are plan_1'),
    (lambda s: s.add_plan_change(1, "plan_1"), "client: unknown client 1; add it first"),
    (lambda s: s.add_plan_change(27001, 5), "plan: must be the API name of a plan, or a Plan, got 5"),  # type: ignore[arg-type]
    (
        lambda s: s.add_plan_change(27001, "plan_1", "1999-01-01T00:00:00Z"),
        "at: must not be before the client",
    ),
    (lambda s: s.add_key("a b", owner="a@b.is"), "key: must be visible ASCII characters without spaces"),
    (lambda s: s.add_key(5, owner="a@b.is"), "key: must be a string"),  # type: ignore[arg-type]
    (lambda s: s.add_key("k", owner="anna"), 'owner: not a valid e-mail address, got "anna"'),
    (lambda s: s.add_key("k", owner="a@b.is", read_only=1), "read_only: must be "),  # type: ignore[arg-type]
    (lambda s: s.respond("GET", "ss/rsapi/clients"), 'path: must start with "/"'),
    (lambda s: s.respond("DELETE", "/ss/rsapi/clients"), 'method: "/ss/rsapi/clients" has no DELETE; valid'),
    (lambda s: s.respond("GET", "/ss/rsapi/clients/{nr}"), "path: unknown parameter {nr}; write {id}"),
    (lambda s: s.respond("G T", "/x"), 'method: must be an HTTP method such as GET, got "G T"'),
    (
        lambda s: s.respond("GET", "/x", status=70_000),
        "status: must be a status between 200 and 999, got 70000",
    ),
    (lambda s: s.respond("GET", "/x", status=100), "status: must be between 200 and 999, got 100"),
    (
        lambda s: s.respond("GET", "/x", status="200"),  # type: ignore[arg-type]
        'status: must be an integer, got "200"',
    ),
    (lambda s: s.respond("GET", "/x", times=0), "times: must be at least 1, got 0"),
    (lambda s: s.respond("GET", "/x", body=5), "body: must be a string or bytes, got 5"),  # type: ignore[arg-type]
    (lambda s: s.respond("GET", "/x", json={1, 2}), "json: must be a value that JSON can hold, got set"),
    (lambda s: s.respond("GET", "/x", json=1, body="1"), "json: cannot be combined with body"),
    (lambda s: s.respond("GET", "/x", headers={"a": 5}), "headers: must be a mapping of names to values"),  # type: ignore[dict-item]
    (
        lambda s: s.respond("GET", "/x", headers=5),  # type: ignore[arg-type]
        "headers: must be a mapping of names to values, both strings, got 5",
    ),
    (lambda s: s.respond("GET", "/x", headers={"a": "\n"}), 'headers: not a valid value of a, got "\\n"'),
    (lambda s: s.fail("latency"), 'ms: missing; the fault "latency" needs it, must be an integer'),
    (lambda s: s.fail("latency", ms="5"), 'ms: must be an integer of 0 or more, got "5"'),  # type: ignore[arg-type]
    (lambda s: s.fail("latency", ms={5}), "ms: must be a value that JSON can hold, got set"),  # type: ignore[arg-type]
    (
        lambda s: s.fail("status", status=500, headers=5),  # type: ignore[arg-type]
        "headers: must be an object whose values are strings, got 5",
    ),
    (
        lambda s: s.fail("truncate", probability=float("nan")),
        "probability: must be a finite number",
    ),
    (lambda s: s.fail(["latency"]), "kind: must be one of latency"),  # type: ignore[arg-type]
    (lambda s: s.clock.set("noon"), "time: must be an RFC 3339 time"),
    (lambda s: s.clock.advance(60), "by: must be a timedelta, got 60"),  # type: ignore[arg-type]
    (lambda s: s.clock.advance(days="1"), 'days: must be a number, got "1"'),  # type: ignore[arg-type]
    (
        lambda s: s.clock.advance(hours=float("inf")),
        "hours: must be ",
    ),
    (lambda s: s.restore(5), "snapshot: must be a string, got 5"),  # type: ignore[arg-type]
    (lambda s: s.control("POST", "users", {"client_id": "x"}), 'client_id: must be an integer, got "x"'),
    (lambda s: s.control("POST", "users", [{"email": "x"}]), "[0].client_id: missing; must be an integer"),
    (lambda s: s.control("POST", "users"), "body: must not be empty; send a JSON object"),
    (lambda s: s.control("POST", "users", {1}), "body: must be a value that JSON can hold, got set"),
]


@pytest.mark.parametrize(("call", "expected"), REFUSED)
def test_each_refused_argument_is_named(
    one: Sandbox, call: Callable[[Sandbox], object], expected: str
) -> None:
    with pytest.raises((ValueError, TypeError)) as caught:
        call(one)
    message = str(caught.value)
    assert message.startswith(expected), message
    assert len(message) < 1200


def test_values_that_mean_the_same_are_taken(sandbox: Sandbox) -> None:
    cw = sandbox.client()
    client = cw.clients.list()[0]
    plan = cw.reseller.plans()[1]
    forms: list[crankwheel.Client | int | str] = [client, client.id, str(client.id)]
    for user, given in enumerate(forms):
        sandbox.add_user(given, f"user{user}@acme.example")
    added = sandbox.add_client("acmecorp", current_plan=plan, created_at="2019-01-01T00:00:00Z")
    assert cw.clients.get(added).current_plan == plan.api_name
    bodies: list[Any] = ["text", b"text", bytearray(b"text"), memoryview(b"text")]
    for body in bodies:
        sandbox.respond("get", "/x", body=body)
        assert cw.request("GET", "/x").text == "text"
    sandbox.respond("PATCH", "/ss/rsapi/clients/{id}", status=503, headers={"retry-after": "0"}, times=None)
    with pytest.raises(crankwheel.InternalServerError):
        cw.clients.update(client, lname="Acme")
    before = sandbox.clock.now
    sandbox.clock.advance(HOUR, minutes=30, seconds=-1)
    assert sandbox.clock.now - before == datetime.timedelta(minutes=90, seconds=-1)


def read(url: str, host: str) -> int:
    request = urllib.request.Request(url, headers={"Host": host})
    try:
        with urllib.request.urlopen(request) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


@pytest.mark.parametrize(
    ("host", "allowed", "status"),
    [
        ("localhost", (), 200),
        ("evil.example", (), 403),
        ("evil.example", ["sandbox.example"], 403),
        ("sandbox.example", ["other", "sandbox.example"], 200),
        ("sandbox.example:8080", ("sandbox.example",), 200),
    ],
)
def test_allowed_hosts(host: str, allowed: Any, status: int) -> None:
    with Sandbox(allowed_hosts=allowed) as sandbox:
        assert read(f"{sandbox.url}/_sandbox/state", host) == status


@pytest.mark.parametrize(
    ("allowed", "message"),
    [
        ("sandbox", 'allowed_hosts: must be a list of host names such as ["sandbox"], got "sandbox"'),
        (5, "allowed_hosts: must be a list of host names"),
        ([5], "allowed_hosts: must be a list of host names"),
        (["http://sandbox:8080"], "allowed_hosts: must be host names without scheme and port"),
    ],
)
def test_hosts_that_are_not_names_are_refused(allowed: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        Sandbox(allowed_hosts=allowed)


PROGRAM = [sys.executable, "-m", "crankwheel.sandbox", "--port", "0", "--clients", "2"]


def greeted(command: list[str]) -> subprocess.Popen[str]:
    """Starts the program and waits until it serves."""
    program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    for line in program.stdout:
        if "Ctrl-C" in line:
            return program
    raise AssertionError("the program did not start")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("first_process", [False, True])
def test_each_signal_ends_the_program_at_once(name: str, first_process: bool) -> None:
    unshare = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"]
    contained = first_process and possible([*unshare, "true"])
    program = greeted([*unshare, *PROGRAM] if contained else PROGRAM)
    target = program.pid
    if contained:
        target = int(Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text())
    elif first_process:
        # Without the right to create a container, the handlers themselves show it.
        status = Path(f"/proc/{target}/status").read_text()
        caught = int(re.findall(r"SigCgt:\s*(\w+)", status)[0], 16)
        assert caught >> (getattr(signal, name) - 1) & 1
    before = time.monotonic()
    os.kill(target, getattr(signal, name))
    assert program.wait(10) == 0
    assert time.monotonic() - before < 3
    assert program.stdout is not None
    program.stdout.close()


def possible(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def test_the_program_has_exit_codes_for_wrong_arguments() -> None:
    for arguments, code in ((["--nothing"], 2), (["--allow-host", "http://x"], 1), (["--help"], 0)):
        done = subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr


def test_a_refused_client_over_http_is_explained_in_words(sandbox: Sandbox) -> None:
    body = json.dumps({"sname": "no"}).encode()
    request = urllib.request.Request(f"{sandbox.url}/_sandbox/clients", data=body)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    with caught.value as error:
        detail = json.loads(error.read())["errors"]["detail"]
    assert (
        detail
        == 'sname: should be at least 7 character(s), got "no"; write 7 to 32 lowercase letters and digits'
    )
