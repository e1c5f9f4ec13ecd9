"""Log lines belong to their caller: context variables, the id of the call, cancelled calls."""

from __future__ import annotations

import asyncio
import gc
import logging
import pickle
import signal
import threading
import weakref
from collections.abc import Iterator
from contextvars import ContextVar, copy_context
from typing import Any

import pytest

import crankwheel
from crankwheel import (
    AsyncCrankWheel,
    Client,
    ClientList,
    CrankWheel,
    InvalidRequestError,
)
from crankwheel.sandbox import Sandbox

from .silent_server import SilentServer

LOGGER = logging.getLogger("crankwheel")
CALLER: ContextVar[Any] = ContextVar("caller", default=None)


class Seeing(logging.Handler):
    """A handler that keeps each record with the caller that its context names."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.seen: list[tuple[Any, dict[str, Any]]] = []
        self.levels: list[int] = []
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append((CALLER.get(), vars(record).get("crankwheel", {})))
        self.levels.append(record.levelno)
        self.texts.append(record.getMessage())

    def callers(self) -> list[Any]:
        return [caller for caller, _ in self.seen]

    def calls(self) -> list[int]:
        return [fields["call_id"] for _, fields in self.seen]


@pytest.fixture
def handler() -> Iterator[Seeing]:
    handler = Seeing()
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.DEBUG)
    yield handler
    LOGGER.removeHandler(handler)
    LOGGER.setLevel(logging.NOTSET)


async def as_caller(cw: AsyncCrankWheel, caller: object) -> None:
    CALLER.set(caller)
    await cw.reseller.plans()


def test_lines_of_concurrent_tasks_have_their_own_callers(sandbox: Sandbox, handler: Seeing) -> None:
    async def calls() -> None:
        async with sandbox.async_client() as cw:
            await as_caller(cw, "first")
            await asyncio.gather(*(as_caller(cw, number) for number in range(64)))

    asyncio.run(calls())
    assert handler.callers()[0] == "first"
    assert sorted(handler.callers()[1:]) == list(range(64))
    assert len(set(handler.calls())) == 65


def test_retries_and_errors_are_logged_for_their_caller(sandbox: Sandbox, handler: Seeing) -> None:
    async def calls() -> None:
        async with sandbox.async_client() as cw:
            await as_caller(cw, "first")
            sandbox.fail("status", status=429, headers={"retry-after": "0"}, times=3)
            with pytest.raises(Exception, match="429"):
                await as_caller(cw, "second")

    asyncio.run(calls())
    assert handler.callers() == ["first", "second", "second", "second"]
    assert len(set(handler.calls()[1:])) == 1
    assert [fields["attempt"] for _, fields in handler.seen[1:]] == [1, 2, 3]


def test_warnings_are_logged_for_their_caller(sandbox: Sandbox, handler: Seeing) -> None:
    sandbox.respond("GET", "/ss/rsapi/clients/7", json={"id": 7, "settings": {"id": "s", "stay_in_lobby": 3}})

    async def read(cw: AsyncCrankWheel) -> None:
        CALLER.set("reader")
        await cw.clients.get(7)

    async def calls() -> None:
        async with sandbox.async_client() as cw:
            await as_caller(cw, "first")
            await asyncio.create_task(read(cw))

    asyncio.run(calls())
    warned = [
        caller
        for caller, level in zip(handler.callers(), handler.levels, strict=True)
        if level == logging.WARNING
    ]
    assert warned == ["reader"]


# Each program reports a field once, so each test has its own fields.
DEVIATING: list[tuple[str, Any]] = [
    ("Client.sname", lambda: Client.from_dict({"id": 7, "sname": 5, "settings": {"id": "s"}})),
    ("Client.settings", lambda: Client.from_dict({"id": 7, "sname": "a", "settings": False})),
    ("Settings.id", lambda: ClientList.from_list([{"id": 7, "sname": "a", "settings": {"id": 5}}])),
    ("Client.lname", lambda: pickle.loads(pickled("Client", '{"id": 7, "lname": false}'))),
    ("Plan.human_name", lambda: pickle.loads(pickled("PlanList", PLANS))),
]
PLANS = '[{"api_name": "plan_1", "human_name": []}]'


class Pickled:
    """Its pickle is that of a response with this raw JSON."""

    def __init__(self, name: str, wire: str) -> None:
        self.read = getattr(crankwheel, name)._from_wire
        self.wire = wire

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return self.read, (self.wire,)


def pickled(name: str, wire: str) -> bytes:
    return pickle.dumps(Pickled(name, wire))


@pytest.mark.parametrize(("field", "create"), DEVIATING, ids=[field for field, _ in DEVIATING])
def test_objects_created_outside_a_call_are_logged_at_once(
    cw: CrankWheel, handler: Seeing, field: str, create: Any
) -> None:
    def creates() -> None:
        CALLER.set("creator")
        create()

    copy_context().run(creates)
    assert [text for text in handler.texts if text.startswith(f"{field}: expected ")], handler.texts
    assert set(handler.callers()) == {"creator"}
    del handler.seen[:], handler.levels[:]
    cw.clients.list()
    assert handler.levels == [logging.DEBUG]


def test_a_refused_object_is_not_logged_and_a_call_reports_its_field(
    cw: CrankWheel, sandbox: Sandbox, handler: Seeing
) -> None:
    wire = {"id": 7, "sname": "a", "settings": {"id": "s", "audit_log": "sometimes"}}
    for rows in (lambda: Client.from_dict(wire), lambda: ClientList.from_list([wire, wire])):
        with pytest.raises(InvalidRequestError, match="audit_log"):
            rows()
    assert not handler.seen
    sandbox.respond("GET", "/ss/rsapi/clients/7", json=wire)
    CALLER.set("caller")
    cw.clients.get(7)
    assert handler.levels == [logging.DEBUG, logging.WARNING]
    assert handler.callers() == ["caller", "caller"]


def test_concurrent_calls_have_their_own_warnings(sandbox: Sandbox, handler: Seeing) -> None:
    fields = ["enable_remote_control", "window", "tab", "screen"]
    for number, field in enumerate(fields, 1):
        path = f"/ss/rsapi/clients/{number}"
        sandbox.respond("GET", path, json={"id": number, "settings": {"id": "s", field: "maybe"}})

    async def read(cw: AsyncCrankWheel, number: int, field: str) -> None:
        CALLER.set(field)
        await cw.clients.get(number)

    async def calls() -> None:
        async with sandbox.async_client() as cw:
            await asyncio.gather(*(read(cw, number, field) for number, field in enumerate(fields, 1)))

    asyncio.run(calls())
    warned = {
        text.partition(":")[0]: caller
        for text, caller, level in zip(handler.texts, handler.callers(), handler.levels, strict=True)
        if level == logging.WARNING
    }
    assert warned == {f"Settings.{field}": field for field in fields}


class Request:
    """Something that a server keeps in a context variable."""


@pytest.mark.parametrize("level", [logging.DEBUG, logging.WARNING])
def test_no_context_outlives_its_call(sandbox: Sandbox, handler: Seeing, level: int) -> None:
    LOGGER.setLevel(level)

    async def calls() -> list[weakref.ref[Request]]:
        async with sandbox.async_client() as cw:
            kept = []
            for _ in range(3):
                request = Request()
                kept.append(weakref.ref(request))
                await asyncio.create_task(as_caller(cw, request))
                handler.seen.clear()
                del request
                # The step of the loop that ended the task refers to it.
                await asyncio.sleep(0)
                gc.collect()
            return [reference for reference in kept if reference() is not None]

    assert asyncio.run(calls()) == []


def test_blocking_calls_have_the_context_of_their_thread(cw: CrankWheel, handler: Seeing) -> None:
    def call(number: int) -> None:
        CALLER.set(number)
        cw.reseller.plans()

    threads = [threading.Thread(target=call, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(handler.callers()) == list(range(8))


def test_all_requests_of_a_call_have_one_id(cw: CrankWheel, handler: Seeing) -> None:
    client = cw.clients.list()[0].id
    cw.clients.update(client, settings={"audit_log": True})
    listed, looked_up, updated = handler.calls()
    assert looked_up == updated != listed


def test_cancelled_calls_are_logged(handler: Seeing) -> None:
    async def calls(url: str) -> None:
        cw = AsyncCrankWheel("some-key", base_url=url)
        task = asyncio.create_task(as_caller(cw, "cancelled"))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(as_caller(cw, "timed out"), 0.2)
        gathered = [asyncio.create_task(as_caller(cw, "gathered")) for _ in range(3)]
        await asyncio.sleep(0.2)
        for task in gathered:
            task.cancel()
        await asyncio.gather(*gathered, return_exceptions=True)

    with SilentServer() as server:
        asyncio.run(calls(server.url))
    assert handler.callers() == ["cancelled", "timed out", "gathered", "gathered", "gathered"]
    assert len(set(handler.calls())) == 5
    for _, fields in handler.seen:
        assert fields["problem"] == fields["attributes"]["error.type"] == "cancelled"
        assert fields["duration"] > 0


def test_interrupted_calls_are_logged(handler: Seeing) -> None:
    with SilentServer() as server:
        cw = CrankWheel("some-key", base_url=server.url)
        main = threading.main_thread().ident
        assert main is not None
        interrupt = threading.Timer(0.3, signal.pthread_kill, (main, signal.SIGINT))
        interrupt.start()
        with pytest.raises(KeyboardInterrupt):
            cw.clients.list()
    ((_, fields),) = handler.seen
    assert fields["problem"] == "cancelled"


def test_a_call_that_ended_is_not_reported_as_cancelled(sandbox: Sandbox, handler: Seeing) -> None:
    async def calls() -> None:
        async with sandbox.async_client() as cw:
            task = asyncio.create_task(as_caller(cw, "done"))
            await task
            task.cancel()
            await asyncio.sleep(0.05)

    asyncio.run(calls())
    assert [fields.get("status_code") for _, fields in handler.seen] == [200]
