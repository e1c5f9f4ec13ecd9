"""The async client: several event loops, cancellation, many calls at once."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from typing import Any

import pytest

from crankwheel import AsyncCrankWheel, NotFoundError
from crankwheel.sandbox import Sandbox

from .silent_server import PATIENCE, SilentServer


def test_one_client_in_several_loops_one_after_the_other(sandbox: Sandbox) -> None:
    cw = sandbox.async_client()

    async def count() -> int:
        return len(await cw.clients.list())

    assert [asyncio.run(count()) for _ in range(5)] == [5] * 5


def test_one_client_in_several_loops_at_once(sandbox: Sandbox) -> None:
    cw = sandbox.async_client()
    counts: list[int] = []
    together = threading.Barrier(4)

    async def count() -> int:
        together.wait(PATIENCE)
        results = await asyncio.gather(*(cw.clients.list() for _ in range(20)))
        return sum(map(len, results))

    threads = [threading.Thread(target=lambda: counts.append(asyncio.run(count()))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert counts == [100] * 4


def test_many_calls_at_once(sandbox: Sandbox) -> None:
    async def many() -> None:
        async with sandbox.async_client() as cw:
            ids = [client.id for client in await cw.clients.list()] * 100
            results = await asyncio.gather(*map(cw.clients.get, ids))
            assert [response.id for response in results] == ids

    asyncio.run(many())


def test_errors_arrive_where_the_call_is_awaited(sandbox: Sandbox) -> None:
    async def calls() -> None:
        async with sandbox.async_client() as cw:
            good, bad = await asyncio.gather(cw.reseller.plans(), cw.clients.get(1), return_exceptions=True)
            assert not isinstance(good, BaseException)
            assert isinstance(bad, NotFoundError)
            with pytest.raises(NotFoundError):
                await cw.clients.delete(1)

    asyncio.run(calls())


def test_cancelling_drops_the_request() -> None:
    async def cancel(server: SilentServer) -> None:
        cw = AsyncCrankWheel("some-key", base_url=server.url)
        task = asyncio.ensure_future(cw.clients.list())
        await asyncio.to_thread(server.wait_for_request)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.to_thread(server.wait_for_departure)

    with SilentServer() as server:
        asyncio.run(cancel(server))


def test_a_timeout_of_asyncio_drops_the_request() -> None:
    async def wait(server: SilentServer) -> None:
        cw = AsyncCrankWheel("some-key", base_url=server.url)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(cw.clients.list(), 0.05)
        await asyncio.to_thread(server.wait_for_departure)

    with SilentServer() as server:
        asyncio.run(wait(server))


def test_a_loop_that_ends_drops_its_requests() -> None:
    async def begin(server: SilentServer) -> None:
        cw = AsyncCrankWheel("some-key", base_url=server.url)
        task = asyncio.ensure_future(cw.clients.list())
        await asyncio.to_thread(server.wait_for_request)
        assert not task.done()

    with SilentServer() as server:
        asyncio.run(begin(server))
        server.wait_for_departure()


def test_a_loop_that_cannot_watch_sockets(sandbox: Sandbox) -> None:
    """Uses a loop like the proactor loop of Windows."""

    class Blind(asyncio.SelectorEventLoop):
        def add_reader(self, *_: object) -> None:
            raise NotImplementedError

    async def many() -> int:
        async with sandbox.async_client() as cw:
            results = await asyncio.gather(*(cw.clients.list() for _ in range(50)))
            return sum(map(len, results))

    loop = Blind.__new__(Blind)
    # The loop registers its own wake-up by a method that is not overridden.
    asyncio.SelectorEventLoop.__init__(loop)
    try:
        assert loop.run_until_complete(many()) == 250
    finally:
        loop.close()


def test_loops_are_not_kept_alive(sandbox: Sandbox) -> None:
    import weakref

    cw = sandbox.async_client()
    loop = asyncio.new_event_loop()
    loop.run_until_complete(cw.clients.list())
    loop.close()
    gone = weakref.ref(loop)
    del loop
    gc.collect()
    assert gone() is None


def test_raw_responses_and_dry_runs(sandbox: Sandbox) -> None:
    async def look() -> None:
        async with sandbox.async_client() as cw:
            raw = await cw.with_raw_response.clients.list()
            assert raw.status_code == 200
            assert len(raw.parse()) == 5
            assert cw.dry_run.clients.delete(7).method == "DELETE"
            response = await cw.request("GET", "/ss/rsapi/reseller/plans")
            assert response.json() == (await cw.reseller.plans()).to_list()
            with pytest.raises(NotFoundError):
                await cw.impersonate(raw.parse()[0]).request("GET", "/ss/nothing/here")

    asyncio.run(look())


class InterruptedLoop(asyncio.SelectorEventLoop):
    """A loop that raises KeyboardInterrupt once, when a future that was set wakes a task."""

    armed = False

    def call_soon(self, callback: Any, *args: Any, **kwargs: Any) -> asyncio.Handle:  # type: ignore[override]
        handle = super().call_soon(callback, *args, **kwargs)
        completed = args and isinstance(args[0], asyncio.Future) and not isinstance(args[0], asyncio.Task)
        if self.armed and completed:
            self.armed = False
            raise KeyboardInterrupt
        return handle


def test_ctrl_c_does_not_lose_the_results_of_other_calls(sandbox: Sandbox) -> None:
    loop = InterruptedLoop()
    cw = sandbox.async_client()

    async def begin() -> list[asyncio.Task[Any]]:
        await cw.reseller.plans()
        return [asyncio.ensure_future(cw.reseller.plans()) for _ in range(8)]

    tasks = loop.run_until_complete(begin())
    # The tasks send their requests in this iteration; their results are delivered in the next one.
    loop.run_until_complete(asyncio.sleep(0))
    late = time.monotonic() + PATIENCE
    while len(sandbox.requests) < 9:
        assert time.monotonic() < late
        threading.Event().wait(0.001)
    loop.armed = True
    with pytest.raises(KeyboardInterrupt):
        loop.run_until_complete(asyncio.wait(tasks))
    loop.run_until_complete(asyncio.wait_for(asyncio.gather(*tasks), PATIENCE))
    assert all(len(task.result()) == len(tasks[0].result()) for task in tasks)
    loop.close()
