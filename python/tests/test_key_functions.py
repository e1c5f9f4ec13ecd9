"""API keys from functions: deadlines, Ctrl-C, the caller's context, and keys that the API refuses."""

from __future__ import annotations

import asyncio
import gc
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import pytest

from crankwheel import (
    APITimeoutError,
    AsyncCrankWheel,
    AuthenticationError,
    ConfigurationError,
    CrankWheel,
)
from crankwheel.sandbox import Sandbox

from .silent_server import PATIENCE

CALLER: ContextVar[Any] = ContextVar("caller", default=None)


def hangs() -> str:
    time.sleep(PATIENCE)
    return "never"


async def hangs_async() -> str:
    await asyncio.sleep(PATIENCE)
    return "never"


CALLS: list[Callable[[CrankWheel], object]] = [
    lambda cw: cw.clients.list(),
    lambda cw: cw.with_raw_response.clients.list(),
    lambda cw: cw.clients.delete(7),
    lambda cw: cw.request("POST", "/ss/rsapi/clients", json={}),
    lambda cw: cw.impersonate(7).request("GET", "/x"),
]


@pytest.mark.parametrize("call", CALLS)
def test_a_function_that_hangs_ends_with_the_deadline(
    sandbox: Sandbox, call: Callable[[CrankWheel], object]
) -> None:
    began = time.monotonic()
    with pytest.raises(
        APITimeoutError, match=r"^api_key: the function .* 300ms, the call's `timeout`"
    ) as caught:
        call(CrankWheel(hangs, base_url=sandbox.url, timeout=0.3))
    assert time.monotonic() - began < 0.6
    assert caught.value.attempts == 0
    assert caught.value.maybe_applied is (None if caught.value.method == "GET" else False)
    assert not sandbox.requests


def test_an_asynchronous_function_that_hangs_ends_with_the_deadline(sandbox: Sandbox) -> None:
    cancelled = []

    async def key() -> str:
        try:
            return await hangs_async()
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    async def calls() -> None:
        cw = AsyncCrankWheel(key, base_url=sandbox.url, timeout=0.3)
        began = time.monotonic()
        for call in (cw.clients.list, cw.reseller.plans):
            with pytest.raises(APITimeoutError, match="api_key: the function"):
                await call()
        assert time.monotonic() - began < 1.0
        # Cancelling the call cancels the function.
        task = asyncio.create_task(cw.with_options(timeout=30).clients.list())
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0.05)
        assert cancelled == [True] * 3

    asyncio.run(calls())


def test_ctrl_c_ends_a_call_whose_function_hangs(sandbox: Sandbox) -> None:
    main = threading.main_thread().ident
    assert main is not None
    interrupt = threading.Timer(0.3, signal.pthread_kill, (main, signal.SIGINT))
    interrupt.start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        CrankWheel(hangs, base_url=sandbox.url).clients.list()
    assert time.monotonic() - began < 2


def test_a_function_that_hangs_does_not_keep_the_program_from_ending(sandbox: Sandbox) -> None:
    code = """if True:
        import sys, time
        from crankwheel import APITimeoutError, CrankWheel
        cw = CrankWheel(lambda: time.sleep(60), base_url=sys.argv[1], timeout=0.2)
        try:
            cw.clients.list()
        except APITimeoutError:
            print("ended")
    """
    began = time.monotonic()
    program = [sys.executable, "-c", code, sandbox.url]
    done = subprocess.run(program, check=True, timeout=PATIENCE, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("ended\n", "")
    assert time.monotonic() - began < PATIENCE / 2


def test_functions_see_the_context_of_their_caller(sandbox: Sandbox) -> None:
    seen: list[Any] = []

    def key() -> str:
        seen.append(CALLER.get())
        return sandbox.api_key

    async def key_async() -> str:
        await asyncio.sleep(0.01)
        return key()

    def call(cw: CrankWheel, caller: object) -> None:
        CALLER.set(caller)
        cw.reseller.plans()

    async def call_async(cw: AsyncCrankWheel, caller: object) -> None:
        CALLER.set(caller)
        await cw.reseller.plans()

    async def calls(function: Callable[[], Any]) -> None:
        cw = AsyncCrankWheel(function, base_url=sandbox.url)
        await call_async(cw, -1)
        await asyncio.gather(*(call_async(cw, number) for number in range(32)))

    cw = CrankWheel(key, base_url=sandbox.url)
    threads = [threading.Thread(target=call, args=(cw, number)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == list(range(8))
    for function in (key, key_async):
        seen.clear()
        asyncio.run(calls(function))
        assert sorted(seen) == list(range(-1, 32))


def test_key_ttl_shares_one_key(sandbox: Sandbox) -> None:
    asked: list[int] = []

    async def key_async() -> str:
        asked.append(1)
        await asyncio.sleep(0.02)
        return sandbox.api_key

    def key() -> str:
        asked.append(1)
        time.sleep(0.02)
        return sandbox.api_key

    async def calls(cw: AsyncCrankWheel) -> None:
        await asyncio.gather(*(cw.reseller.plans() for _ in range(50)))

    for function in (key, key_async):
        asked.clear()
        asyncio.run(calls(AsyncCrankWheel(function, base_url=sandbox.url, key_ttl=60)))
        assert len(asked) == 1
        asyncio.run(calls(AsyncCrankWheel(function, base_url=sandbox.url)))
        assert len(asked) == 51
    asked.clear()
    cw = CrankWheel(key, base_url=sandbox.url, key_ttl=60)
    threads = [threading.Thread(target=cw.clients.list) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cw.impersonate(7)
    cw.with_options(max_retries=0).clients.list()
    assert len(asked) == 1


@pytest.mark.parametrize("ttl", [None, 60])
def test_a_refused_key_is_asked_for_once_more(sandbox: Sandbox, ttl: int | None) -> None:
    keys = ["stale-key"]

    def key() -> str:
        return keys.pop() if keys else sandbox.api_key

    async def key_async() -> str:
        return key()

    cw = CrankWheel(key, base_url=sandbox.url, key_ttl=ttl)
    raw = cw.with_raw_response.clients.list()
    assert raw.attempts == 2
    keys.append("stale-key")
    client = raw.parse()[0]
    if ttl is None:
        cw.clients.set_plan(client, "plan_1")
        assert not keys

    async def call() -> int:
        keys[:] = ["stale-key"]
        return len(await AsyncCrankWheel(key_async, base_url=sandbox.url, key_ttl=ttl).clients.list())

    assert asyncio.run(call()) == len(raw.parse())
    with pytest.raises(AuthenticationError, match="called again, and returned the same key"):
        CrankWheel(lambda: "stale-key", base_url=sandbox.url, key_ttl=ttl).clients.delete(client)


def test_what_a_function_raises_is_raised(sandbox: Sandbox) -> None:
    class VaultError(Exception):
        pass

    def fails() -> str:
        raise VaultError("the vault is closed")

    async def fails_async() -> str:
        await asyncio.sleep(0)
        raise VaultError("the vault is closed")

    with pytest.raises(VaultError, match="closed"):
        CrankWheel(fails, base_url=sandbox.url).clients.list()
    with pytest.raises(VaultError, match="closed"):
        CrankWheel(fails, base_url=sandbox.url).impersonation_key(7)
    for function in (fails, fails_async):
        with pytest.raises(VaultError, match="closed"):
            asyncio.run(AsyncCrankWheel(function, base_url=sandbox.url).clients.list())
    # After a 401, the error of the API stays.
    keys: list[str | Exception] = [VaultError("the vault is closed"), "stale-key"]

    def fails_later() -> str:
        key = keys.pop()
        if isinstance(key, Exception):
            raise key
        return key

    with pytest.raises(AuthenticationError, match="called again, and failed") as caught:
        CrankWheel(fails_later, base_url=sandbox.url).clients.list()
    assert isinstance(caught.value.__cause__, VaultError)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("value", "got"),
    [(None, "NoneType"), (5, "int"), (b"key", "bytes"), (["key"], "list"), ("\ud800", "str")],
)
def test_what_is_not_a_key_is_named(sandbox: Sandbox, value: Any, got: str) -> None:
    async def key_async() -> Any:
        return value

    message = f"^api_key: the function must return a string, got {got}$"
    with pytest.raises(ConfigurationError, match=message):
        CrankWheel(lambda: value, base_url=sandbox.url).clients.list()
    for function in (lambda: value, key_async):
        with pytest.raises(ConfigurationError, match=message):
            asyncio.run(AsyncCrankWheel(function, base_url=sandbox.url).clients.list())
    with pytest.raises(ConfigurationError, match="got coroutine; use AsyncCrankWheel"):
        CrankWheel(key_async, base_url=sandbox.url).clients.list()
    with pytest.raises(ConfigurationError, match="got coroutine; use AsyncCrankWheel"):
        AsyncCrankWheel(key_async, base_url=sandbox.url).impersonation_key(7)
    gc.collect()


def test_functions_are_replaced_by_copies(sandbox: Sandbox) -> None:
    asked: list[str] = []

    def key(name: str) -> Callable[[], str]:
        def function() -> str:
            asked.append(name)
            return sandbox.api_key

        return function

    cw = CrankWheel(key("a"), base_url=sandbox.url)
    cw.with_options(api_key=key("b")).clients.list()
    cw.with_options(timeout=20).clients.list()
    cw.with_options(api_key=sandbox.api_key).clients.list()
    cw.with_options(api_key=sandbox.api_key).with_options(api_key=key("c")).clients.list()
    assert asked == ["b", "a", "c"]


def test_a_client_and_its_function_are_collected(sandbox: Sandbox) -> None:
    class Tenant:
        def __init__(self) -> None:
            self.cw = CrankWheel(self.key, base_url=sandbox.url)
            self.other = AsyncCrankWheel(self.key, base_url=sandbox.url)

        def key(self) -> str:
            return sandbox.api_key

    async def call(tenant: Tenant) -> None:
        await tenant.other.clients.list()

    tenant = Tenant()
    tenant.cw.clients.list()
    asyncio.run(call(tenant))
    gone = weakref.ref(tenant)
    del tenant
    gc.collect()
    assert gone() is None
