"""Greenlets of gevent and tasks of trio: others go on while one waits."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest
import trio

from crankwheel import AsyncCrankWheel
from crankwheel.sandbox import Sandbox

from .key_held_back import KeyHeldBack

GEVENT = """
{patch}
import contextvars, logging, time
import gevent
from crankwheel import CrankWheel, NotFoundError

cw = CrankWheel({url!r} and {key!r}, base_url={url!r})
name = contextvars.ContextVar("name", default="none")
seen = []

class Handler(logging.Handler):
    def emit(self, record):
        seen.append(name.get())

logger = logging.getLogger("crankwheel")
logger.addHandler(Handler())
logger.setLevel(logging.DEBUG)
ticks = 0

def tick():
    global ticks
    while True:
        ticks += 1
        gevent.sleep(0.01)

def call(number):
    name.set(str(number))
    return len(cw.clients.list())

ticker = gevent.spawn(tick)
began = time.monotonic()
calls = [gevent.spawn(call, number) for number in range(4)]
gevent.joinall(calls, raise_error=True)
took = time.monotonic() - began
assert [one.value for one in calls] == [5] * 4
assert took < 1.5, f"four calls of 0.5 s took {{took}} s"
assert ticks >= 20, f"the other greenlet ran {{ticks}} times"
assert sorted(seen) == ["0", "1", "2", "3"], seen
try:
    gevent.spawn(cw.clients.get, 999_999).get()
except NotFoundError:
    print("not found")
raw = gevent.spawn(cw.with_raw_response.clients.list).get()
print(raw.status_code, gevent.get_hub().threadpool.apply(cw.clients.list)[0].id > 0)
with gevent.Timeout(0.1, False):
    cw.clients.list()
    print("no timeout")
"""


@pytest.mark.parametrize(
    "patch", ["from gevent import monkey; monkey.patch_all()", "", "import gevent.monkey"]
)
def test_greenlets_go_on_while_one_waits(sandbox: Sandbox, patch: str) -> None:
    sandbox.fail("latency", "GET", "/ss/rsapi/clients", ms=500)
    code = GEVENT.format(patch=patch, url=sandbox.url, key=sandbox.api_key)
    environment = {name: value for name, value in os.environ.items() if name != "CRANKWHEEL_LOG"}
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "not found\n200 True\n"


def test_tasks_of_trio_go_on_while_one_waits(sandbox: Sandbox) -> None:
    sandbox.fail("latency", "GET", "/ss/rsapi/clients", ms=500)

    async def main() -> None:
        async with AsyncCrankWheel(sandbox.api_key, base_url=sandbox.url) as cw:
            ends: list[int] = []

            async def call() -> None:
                ends.append(len(await cw.clients.list()))

            began = trio.current_time()
            async with trio.open_nursery() as nursery:
                for _ in range(4):
                    nursery.start_soon(call)
            assert trio.current_time() - began < 1.5
            assert ends == [5] * 4
            assert (await cw.with_raw_response.clients.list()).status_code == 200
            with trio.move_on_after(0.1) as scope:
                await cw.clients.list()
            assert scope.cancelled_caught
            client = await cw.clients.create(sname="acmecorp")
            assert (await cw.clients.get(client)).sname == "acmecorp"

    trio.run(main)


def test_a_client_of_trio_can_go_on_with_asyncio(sandbox: Sandbox) -> None:
    """Its connections are served also while no thread waits."""
    cw = AsyncCrankWheel(sandbox.api_key, base_url=sandbox.url, timeout=5, max_retries=0)

    async def count() -> int:
        return len(await cw.clients.list())

    for _ in range(3):
        assert trio.run(count) == 5
        assert asyncio.run(count()) == 5


def test_without_a_loop_the_error_names_what_is_supported(sandbox: Sandbox) -> None:
    cw = AsyncCrankWheel(sandbox.api_key, base_url=sandbox.url)
    call = cw.clients.list()
    with pytest.raises(RuntimeError, match="asyncio or trio"):
        call.send(None)


def test_closing_waits_for_tasks_of_trio(sandbox: Sandbox) -> None:
    key = KeyHeldBack(sandbox.api_key)
    counts: list[int] = []

    async def main() -> None:
        cw = AsyncCrankWheel(key, base_url=sandbox.url)
        closed = trio.Event()

        async def call() -> None:
            counts.append(len(await cw.clients.list()))

        async def close() -> None:
            await cw.close()
            closed.set()

        async with trio.open_nursery() as nursery:
            nursery.start_soon(call)
            await trio.to_thread.run_sync(key.wait_for_calls, 1)
            nursery.start_soon(close)
            while not cw.closed:
                await trio.sleep(0.001)
            assert not closed.is_set()
            key.give()
        async with cw:
            pass

    trio.run(main)
    assert counts == [5]
