"""The sandbox: data, snapshots, the control path, and the exception that each fault causes."""

from __future__ import annotations

import asyncio
import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest

import crankwheel
from crankwheel import AsyncCrankWheel, CrankWheel, CrankWheelError
from crankwheel.sandbox import Sandbox
from crankwheel.sandbox._faults import MEMBERS

UTC = datetime.timezone.utc

Ask = Callable[..., Any]
"""A function that runs an operation, by name, on a client of the sandbox."""


@pytest.fixture(params=["sync", "async"])
def ask(request: pytest.FixtureRequest, sandbox: Sandbox) -> Ask:
    """Returns a function that runs one operation with the sync or the async client."""

    def waiting(operation: str, *arguments: Any, fields: Any = None, **options: Any) -> Any:
        with sandbox.client(**options) as cw:
            return named(cw, operation)(*arguments, **(fields or {}))

    def awaited(operation: str, *arguments: Any, fields: Any = None, **options: Any) -> Any:
        async def run() -> Any:
            async with sandbox.async_client(**options) as cw:
                return await named(cw, operation)(*arguments, **(fields or {}))

        return asyncio.run(run())

    return waiting if request.param == "sync" else awaited


def named(cw: CrankWheel | AsyncCrankWheel, operation: str) -> Callable[..., Any]:
    resource, method = operation.split(".")
    found: Callable[..., Any] = getattr(getattr(cw, resource), method)
    return found


def test_every_kind_of_fault_is_tested() -> None:
    tested = {kind for kind, *_ in READS} | {kind for kind, *_ in WRITES} | {kind for kind, *_ in HARMLESS}
    assert tested == set(MEMBERS)


READS: list[tuple[str, dict[str, Any], type[CrankWheelError]]] = [
    ("status", {"status": 503}, crankwheel.InternalServerError),
    ("status", {"status": 429, "headers": {"retry-after": "0"}}, crankwheel.RateLimitError),
    ("status", {"status": 403, "json": {"errors": {"detail": "No"}}}, crankwheel.PermissionDeniedError),
    ("latency", {"ms": 60_000}, crankwheel.APITimeoutError),
    ("slow_body", {"pause_ms": 60_000}, crankwheel.APITimeoutError),
    ("reset_before", {}, crankwheel.APIConnectionError),
    ("reset_after", {}, crankwheel.APIConnectionError),
    ("reset_during", {}, crankwheel.APIConnectionError),
    ("truncate", {}, crankwheel.APIConnectionError),
    ("wrong_length", {"by": 5}, crankwheel.APITimeoutError),
    ("wrong_length", {"by": -5}, crankwheel.APIResponseError),
    ("corrupt", {}, crankwheel.APIResponseError),
    ("broken_gzip", {"how": "cut"}, crankwheel.APIConnectionError),
    ("broken_gzip", {"how": "corrupt"}, crankwheel.APIConnectionError),
]


@pytest.mark.parametrize(("kind", "fields", "expected"), READS)
def test_faults_of_reads(
    ask: Ask, sandbox: Sandbox, kind: Any, fields: dict[str, Any], expected: type[CrankWheelError]
) -> None:
    sandbox.fail(kind, "GET", "/ss/rsapi/clients", **fields)
    with pytest.raises(CrankWheelError) as caught:
        ask("clients.list", max_retries=0, attempt_timeout=0.2)
    assert type(caught.value) is expected, caught.value
    assert caught.value.attempts == 1
    if kind != "latency":
        assert sandbox.requests[-1].fault is not None
        assert sandbox.requests[-1].fault["kind"] == kind
    sandbox.clear_faults()
    assert sandbox.faults == []
    assert len(ask("clients.list")) == 5


WRITES: list[tuple[str, dict[str, Any], type[CrankWheelError], bool]] = [
    ("status", {"status": 503}, crankwheel.InternalServerError, False),
    ("status", {"status": 503, "processed": True}, crankwheel.InternalServerError, True),
    ("reset_before", {}, crankwheel.APIConnectionError, False),
    ("reset_after", {}, crankwheel.APIConnectionError, True),
    ("reset_during", {}, crankwheel.APIConnectionError, True),
]


@pytest.mark.parametrize(("kind", "fields", "expected", "applied"), WRITES)
def test_writes_say_that_they_may_have_been_applied(
    ask: Ask,
    sandbox: Sandbox,
    kind: Any,
    fields: dict[str, Any],
    expected: type[CrankWheelError],
    applied: bool,
) -> None:
    sandbox.fail(kind, "POST", "/ss/rsapi/clients", times=1, **fields)
    with pytest.raises(CrankWheelError) as caught:
        ask("clients.create", fields={"sname": "acmecorp"})
    assert type(caught.value) is expected, caught.value
    assert caught.value.maybe_applied is True
    assert (ask("clients.find", "acmecorp") is not None) is applied


HARMLESS: list[tuple[str, dict[str, Any]]] = [
    ("latency", {"ms": 20}),
    ("slow_body", {"pieces": 3, "pause_ms": 5}),
    ("split_204", {"pieces": 3, "pause_ms": 5}),
]


@pytest.mark.parametrize(("kind", "fields"), HARMLESS)
def test_slow_responses_do_not_fail(ask: Ask, sandbox: Sandbox, kind: Any, fields: dict[str, Any]) -> None:
    sandbox.fail(kind, **fields)
    client = ask("clients.list")[0]
    ask("clients.update", client, fields={"lname": "Acme"})
    ask("clients.set_plan", client, "plan_2")
    assert ask("clients.get", client).current_plan == "plan_2"


def test_invalid_fault_rules_are_refused() -> None:
    with Sandbox() as sandbox:
        for arguments, fields in (
            (("fire",), {}),
            (("latency",), {"status": 500}),
            (("status",), {}),
            (("status",), {"status": 99}),
            (("reset_after",), {"probability": 2.0}),
            (("reset_after", "GET", "clients"), {}),
        ):
            with pytest.raises(ValueError, match=r"."):
                sandbox.fail(*arguments, **fields)
        assert sandbox.faults == []
        sandbox.fail("latency", "GET", "/x/{any}", ms=5, times=3)
        sandbox.fail("status", status=503, json={"a": 1}, probability=0.5, seed=3)
        ordered = sandbox.faults
        scope = {"method": "GET", "path": "/x/{any}", "times": 3, "probability": None, "seed": 0}
        assert ordered[0] == {"kind": "latency", "ms": 5, **scope}
        assert ordered[1]["body"] == '{"a":1}'
        sandbox.clear_faults()
        for rule in ordered:
            sandbox.fail(**rule)
        assert sandbox.faults == ordered
        sandbox.reset()
        assert sandbox.faults == []


def test_added_data_and_snapshots(sandbox: Sandbox) -> None:
    cw = sandbox.client()
    founded = datetime.datetime(2019, 1, 1, tzinfo=UTC)
    number = sandbox.add_client("acmecorp", created_at=founded, current_plan="plan_1", lname="Acme")
    sandbox.add_plan_change(number, "plan_3", at="2019-02-15T00:00:00Z", set_by="me@acme.example")
    sandbox.add_key("second-key", owner="second@reseller.example", read_only=True)
    sandbox.add_session(number, "me@acme.example", founded, datetime.timedelta(minutes=5))
    acme = cw.clients.get(number)
    sandbox.add_user(acme, "owner@acme.example", "owner")
    sandbox.add_plan("plan_x")
    plan = cw.reseller.plans()[-1]
    assert (plan.api_name, plan.human_name) == ("plan_x", "plan_x")
    assert (acme.lname, acme.current_plan) == ("Acme", "plan_3")
    assert len(sandbox.client(api_key="second-key").clients.list()) == 6
    before = sandbox.control("GET", "state")
    assert before["clients"] == 6

    snapshot = sandbox.snapshot()
    cw.clients.delete(number)
    sandbox.clock.advance(days=3)
    sandbox.restore(snapshot)
    assert cw.clients.get(number) == acme
    with Sandbox() as other:
        other.restore(snapshot)
        assert other.clock.now == sandbox.clock.now
        assert other.client().clients.list() == cw.clients.list()
    with pytest.raises(ValueError, match=r"."):
        sandbox.restore("{}")
    with pytest.raises(ValueError, match="no /_sandbox/nothing"):
        sandbox.control("GET", "nothing")
    with pytest.raises(ValueError, match=r"."):
        sandbox.add_plan_change(number, "plan_1", at=datetime.datetime(2019, 3, 1))


def test_the_options_sessions_and_host() -> None:
    with Sandbox(clients=2, days=30, sessions=12, host="127.0.0.1") as sandbox:
        assert sandbox.control("GET", "state")["sessions"] == 12
        before = sandbox.clock.now
        sandbox.clock.freeze()
        sandbox.clock.advance(minutes=90, milliseconds=500)
        assert sandbox.clock.now - before >= datetime.timedelta(minutes=90, milliseconds=500)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"clients": -1}, "clients: must be an integer of 0 or more, got -1"),
        ({"clients": "3"}, 'clients: must be an integer of 0 or more, got "3"'),
        ({"sessions": 10**9}, "sessions: must be at most 10000000, got 1000000000"),
        ({"port": 70_000}, "port: must be at most 65535, got 70000"),
        ({"host": "nowhere"}, 'host: must be an IP address such as 127.0.0.1, got "nowhere"'),
        (
            {"now": datetime.datetime(2019, 3, 1)},
            "now: must have a time zone, got the datetime 2019-03-01 00:00:00",
        ),
        ({"body_on_204": 1}, "body_on_204: must be a boolean, got 1"),
    ],
)
def test_invalid_options_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        Sandbox(**options)


def test_the_pytest_plugin(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        from crankwheel import CrankWheel

        pytestmark = pytest.mark.crankwheel_sandbox(now="2019-03-15T12:00:00Z")

        @pytest.mark.crankwheel_sandbox(clients=2)
        def test_own_client(crankwheel_sandbox):
            assert len(CrankWheel().clients.list()) == 2
            assert crankwheel_sandbox.clock.now.year == 2019

        def test_new_for_each_test(crankwheel_sandbox):
            assert len(crankwheel_sandbox.client().clients.list()) == 0
        """
    )
    pytester.runpytest_subprocess("--strict-markers").assert_outcomes(passed=2)
