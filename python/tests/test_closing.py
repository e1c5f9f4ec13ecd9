"""Closing a client: the calls in flight end, nothing is retried, further calls are refused."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from crankwheel import (
    APIStatusError,
    APITimeoutError,
    AsyncCrankWheel,
    ConfigurationError,
    CrankWheel,
    InvalidRequestError,
)
from crankwheel.sandbox import Sandbox

from .key_held_back import KeyHeldBack
from .silent_server import PATIENCE, SilentServer


def test_calls_in_flight_are_awaited_and_later_ones_refused(sandbox: Sandbox) -> None:
    async def close() -> None:
        key = KeyHeldBack(sandbox.api_key)
        cw = AsyncCrankWheel(key.coroutine, base_url=sandbox.url)
        copy = cw.with_options(max_retries=0)
        calls = [cw.clients.list(), copy.reseller.plans(), cw.with_raw_response.clients.list()]
        tasks = [asyncio.ensure_future(call) for call in calls]
        await asyncio.to_thread(key.wait_for_calls, 3)
        closing = asyncio.ensure_future(copy.close())
        await asyncio.sleep(0)
        assert cw.closed
        for refused in (cw, copy):
            with pytest.raises(ConfigurationError, match="the client is closed"):
                await refused.clients.list()
        assert not closing.done()
        key.give()
        await closing
        assert all(task.done() for task in tasks)
        assert [task.exception() for task in tasks] == [None] * 3

    asyncio.run(close())


def test_calls_of_the_same_turn_are_not_refused(sandbox: Sandbox) -> None:
    async def close() -> None:
        for _ in range(50):
            cw = sandbox.async_client()
            tasks = [asyncio.ensure_future(cw.clients.list()) for _ in range(3)]
            await asyncio.sleep(0)
            await cw.close()
            assert [task.done() and len(task.result()) for task in tasks] == [5] * 3

    asyncio.run(close())


@pytest.mark.parametrize("timeout", [0, 0.05, timedelta(milliseconds=200)])
def test_calls_that_take_longer_are_dropped(timeout: float | timedelta) -> None:
    seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout

    async def close(server: SilentServer) -> None:
        cw = AsyncCrankWheel("some-key", base_url=server.url)
        calls = [cw.clients.list(), cw.with_raw_response.reseller.plans(), cw.clients.delete(5)]
        tasks = [asyncio.ensure_future(call) for call in calls]
        for _ in tasks:
            await asyncio.to_thread(server.wait_for_request)
        began = time.monotonic()
        await cw.close(timeout)
        assert seconds <= time.monotonic() - began < seconds + 1
        errors = [task.exception() for task in tasks]
        for error in errors:
            assert isinstance(error, APITimeoutError)
            assert str(error).startswith("the client was closed, and the call did not end within")
        assert [getattr(error, "maybe_applied", None) for error in errors] == [None, None, True]

    with SilentServer() as server:
        asyncio.run(close(server))


def wait_for_requests(sandbox: Sandbox, count: int) -> None:
    """Waits until the sandbox has seen this number of requests."""
    until = time.monotonic() + PATIENCE
    while len(sandbox.requests) < count:
        assert time.monotonic() < until, "no request came"
        time.sleep(0.005)


@pytest.mark.parametrize("status", [500, 503, 429])
@pytest.mark.parametrize("kind", ["async", "sync"])
def test_a_call_that_waits_to_retry_ends_at_once_with_its_error(
    sandbox: Sandbox, kind: str, status: int
) -> None:
    sandbox.fail("status", status=status, headers={"retry-after": "30"})

    async def close() -> BaseException | None:
        cw = sandbox.async_client(max_retries=2)
        task = asyncio.ensure_future(cw.clients.list())
        await asyncio.to_thread(wait_for_requests, sandbox, 1)
        await cw.close(PATIENCE)
        return task.exception()

    began = time.monotonic()
    if kind == "async":
        error = asyncio.run(close())
    else:
        with ThreadPoolExecutor() as pool:
            cw = sandbox.client(max_retries=2)
            call = pool.submit(cw.clients.list)
            wait_for_requests(sandbox, 1)
            cw.close(PATIENCE)
            error = call.exception(PATIENCE)
    # It would have waited for 30 s.
    assert time.monotonic() - began < 10
    assert isinstance(error, APIStatusError)
    assert (error.status_code, error.attempts, error.retry_stopped_by) == (status, 1, "closed")
    assert len(sandbox.requests) == 1


def test_closing_twice(sandbox: Sandbox) -> None:
    async def close() -> None:
        key = KeyHeldBack(sandbox.api_key)
        cw = AsyncCrankWheel(key.coroutine, base_url=sandbox.url)
        task = asyncio.ensure_future(cw.clients.list())
        await asyncio.to_thread(key.wait_for_calls, 1)
        both = [asyncio.ensure_future(cw.close()), asyncio.ensure_future(cw.close(PATIENCE))]
        await asyncio.sleep(0)
        assert not any(closing.done() for closing in both)
        key.give()
        await asyncio.gather(*both)
        assert len(task.result()) == 5
        await cw.close()
        await cw.close(0)

    asyncio.run(close())
    cw = sandbox.client()
    for timeout in (None, 0, 5, None):
        cw.close(timeout)
        assert cw.closed


def test_async_with_waits_also_after_an_exception(sandbox: Sandbox) -> None:
    async def leave(error: Exception | None) -> None:
        key = KeyHeldBack(sandbox.api_key)
        task: asyncio.Future[Any] | None = None

        async def block() -> None:
            nonlocal task
            async with AsyncCrankWheel(key.coroutine, base_url=sandbox.url) as cw:
                task = asyncio.ensure_future(cw.clients.list())
                await asyncio.to_thread(key.wait_for_calls, 1)
                asyncio.get_running_loop().call_soon(key.give)
                if error is not None:
                    raise error

        left = (await asyncio.gather(block(), return_exceptions=True))[0]
        assert left is error
        assert task is not None
        assert len(task.result()) == 5

    for error in (None, ValueError("a bug"), RuntimeError("another")):
        asyncio.run(leave(error))


@pytest.mark.parametrize("kind", [asyncio.CancelledError, KeyboardInterrupt, SystemExit])
def test_async_with_does_not_wait_when_it_is_interrupted(kind: type[BaseException]) -> None:
    async def leave(server: SilentServer) -> None:
        cw = AsyncCrankWheel("some-key", base_url=server.url)
        task = asyncio.ensure_future(cw.clients.list())
        await asyncio.to_thread(server.wait_for_request)
        with pytest.raises(kind):
            async with cw:
                raise kind
        assert cw.closed
        assert not task.done()
        task.cancel()

    with SilentServer() as server:
        began = time.monotonic()
        asyncio.run(leave(server))
        assert time.monotonic() - began < 10


def test_a_cancelled_close_leaves_the_calls_in_flight(sandbox: Sandbox) -> None:
    async def close() -> None:
        key = KeyHeldBack(sandbox.api_key)
        cw = AsyncCrankWheel(key.coroutine, base_url=sandbox.url)
        task = asyncio.ensure_future(cw.clients.list())
        await asyncio.to_thread(key.wait_for_calls, 1)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(cw.close(), 0.05)
        assert cw.closed
        assert not task.done()
        key.give()
        assert len(await task) == 5
        await cw.close()

    asyncio.run(close())


def test_a_cancelled_call_does_not_keep_close_waiting() -> None:
    async def close(server: SilentServer) -> None:
        cw = AsyncCrankWheel("some-key", base_url=server.url)
        task = asyncio.ensure_future(cw.clients.list())
        await asyncio.to_thread(server.wait_for_request)
        closing = asyncio.ensure_future(cw.close())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait_for(closing, PATIENCE)

    with SilentServer() as server:
        asyncio.run(close(server))


def test_the_sync_client_waits_only_with_a_timeout(sandbox: Sandbox) -> None:
    key = KeyHeldBack(sandbox.api_key)
    with ThreadPoolExecutor() as pool:
        cw = CrankWheel(key, base_url=sandbox.url)
        calls = [pool.submit(cw.clients.list) for _ in range(3)]
        key.wait_for_calls(3)
        cw.close()
        with cw:
            pass
        assert not any(call.done() for call in calls)
        with pytest.raises(ConfigurationError, match="the client is closed"):
            cw.clients.list()
        closing = pool.submit(cw.close, PATIENCE)
        key.give()
        closing.result(PATIENCE)
        assert [len(call.result(PATIENCE)) for call in calls] == [5] * 3


def test_calls_of_other_threads_are_dropped_after_the_timeout() -> None:
    with SilentServer() as server, ThreadPoolExecutor() as pool:
        cw = CrankWheel("some-key", base_url=server.url)
        calls: list[Future[Any]] = [pool.submit(cw.clients.list), pool.submit(cw.clients.delete, 5)]
        for _ in calls:
            server.wait_for_request()
        cw.close(timedelta(milliseconds=50))
        errors = [call.exception(PATIENCE) for call in calls]
        assert [type(error) for error in errors] == [APITimeoutError] * 2


INTERRUPTED = """
import signal, sys, threading
from crankwheel import CrankWheel
# A shell that runs the tests in the background may ignore SIGINT, and child processes inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
cw = CrankWheel("some-key", base_url=sys.argv[1])
threading.Thread(target=cw.clients.list, daemon=True).start()
sys.stdin.readline()
try:
    print("closing", flush=True)
    cw.close(timeout=3600)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_ctrl_c_ends_the_wait_of_the_sync_client() -> None:
    arguments = [sys.executable, "-c", INTERRUPTED]
    with (
        SilentServer() as server,
        subprocess.Popen(
            [*arguments, server.url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as program,
    ):
        assert program.stdin is not None
        assert program.stdout is not None
        server.wait_for_request()
        program.stdin.write("\n")
        program.stdin.flush()
        # It waits, or begins to: a signal that comes earlier is seen there.
        assert program.stdout.readline() == "closing\n"
        program.send_signal(signal.SIGINT)
        assert program.stdout.readline() == "interrupted\n"
        assert program.wait(PATIENCE) == 0


def test_timeouts_are_checked_before_the_client_is_closed() -> None:
    sync, asynchronous = CrankWheel("some-key"), AsyncCrankWheel("some-key")
    wrong: list[Any] = [-1, -0.5, float("nan"), float("inf"), "5", True, timedelta(days=31), [], 1j]
    for timeout in [*wrong, timedelta(seconds=-1)]:
        with pytest.raises(InvalidRequestError, match=r"^timeout: must (be|not be) .*, got "):
            sync.close(timeout)
        with pytest.raises(InvalidRequestError, match=r"^timeout: must (be|not be) .*, got "):
            asyncio.run(asynchronous.close(timeout))
        assert not sync.closed
        assert not asynchronous.closed
