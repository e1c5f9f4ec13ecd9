"""Calls that block: signals, running event loops, threads, forks, the interpreter's exit."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from crankwheel import APIConnectionError, CrankWheel
from crankwheel.sandbox import Sandbox

from .silent_server import PATIENCE, SilentServer

unix = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and signals")


@unix
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_ctrl_c_ends_a_call_at_once(kind: str) -> None:
    program = {
        "sync": "CrankWheel('some-key', base_url=url).clients.list()",
        "async": "asyncio.run(AsyncCrankWheel('some-key', base_url=url).clients.list())",
    }[kind]
    code = f"""
import asyncio, signal, sys
from crankwheel import AsyncCrankWheel, CrankWheel
# A shell that runs the tests in the background may ignore SIGINT, and child processes inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
url = sys.argv[1]
try:
    {program}
except KeyboardInterrupt:
    print("interrupted", flush=True)
    sys.stdin.read()
"""
    with SilentServer() as server:
        arguments = [sys.executable, "-c", code, server.url]
        with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdin is not None
            server.wait_for_request()
            process.send_signal(signal.SIGINT)
            # This is long before any deadline; the request is dropped while the process continues.
            assert process.stdout.readline() == "interrupted\n"
            server.wait_for_departure()
            process.stdin.close()
            assert process.wait(PATIENCE) == 0


def test_other_signals_are_handled_while_a_call_waits() -> None:
    if not hasattr(signal, "setitimer"):
        pytest.skip("needs interval timers")

    class Alarm(Exception):
        pass

    def ring(*_: object) -> None:
        raise Alarm

    before = signal.signal(signal.SIGALRM, ring)
    try:
        with SilentServer() as server, CrankWheel("some-key", base_url=server.url) as cw:
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            with pytest.raises(Alarm):
                cw.clients.list()
            server.wait_for_departure()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_a_sync_call_in_a_running_event_loop(cw: CrankWheel) -> None:
    async def cell() -> int:
        return len(cw.clients.list())

    assert asyncio.run(cell()) == 5


def test_one_client_in_many_threads(cw: CrankWheel) -> None:
    ids = [client.id for client in cw.clients.list()] * 8
    with ThreadPoolExecutor(16) as pool:
        assert [client.id for client in pool.map(cw.clients.get, ids)] == ids


def test_other_threads_run_while_a_call_waits() -> None:
    with SilentServer() as server:
        cw = CrankWheel("some-key", base_url=server.url)

        def wait() -> None:
            with contextlib.suppress(APIConnectionError):
                cw.clients.list()

        thread = threading.Thread(target=wait, daemon=True)
        thread.start()
        # This thread continues while the other one waits for a response.
        server.wait_for_request()
        assert thread.is_alive()


FORK = """
import asyncio, os, sys
from crankwheel import AsyncCrankWheel, CrankWheel
url, key = sys.argv[1:]
sync, other = CrankWheel(key, base_url=url), AsyncCrankWheel(key, base_url=url)

def counts():
    return len(sync.clients.list()), asyncio.run(count())

async def count():
    many = await asyncio.gather(*(other.clients.list() for _ in range(4)))
    return len(many[0])

loop = asyncio.new_event_loop()
loop.run_until_complete(count())
before = counts()
child = os.fork()
if child == 0:
    grandchild = os.fork()
    if grandchild == 0:
        os._exit(0 if counts() == before else 1)
    ended = os.waitstatus_to_exitcode(os.waitpid(grandchild, 0)[1])
    os._exit(ended or (0 if counts() == before else 1))
assert counts() == before
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert counts() == before
loop.run_until_complete(count())
loop.close()
print("fine")
"""


@unix
def test_forked_children_make_calls(sandbox: Sandbox) -> None:
    arguments = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORK, sandbox.url, sandbox.api_key]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.returncode) == ("fine\n", 0), done.stderr


EXIT = """
import asyncio, sys, threading
from crankwheel import AsyncCrankWheel, CrankWheel
url, kind = sys.argv[1:]
if kind == "thread":
    cw = CrankWheel("some-key", base_url=url)
    threading.Thread(target=cw.clients.list, daemon=True).start()
else:
    cw = AsyncCrankWheel("some-key", base_url=url)
    loop = asyncio.new_event_loop()
    tasks = [loop.create_task(cw.clients.list()) for _ in range(16)]
    loop.run_until_complete(asyncio.wait(tasks, timeout=0))
print("going", flush=True)
sys.stdin.readline()
"""


@pytest.mark.parametrize("kind", ["thread", "tasks"])
def test_the_interpreter_exits_with_calls_in_flight(kind: str) -> None:
    with SilentServer() as server:
        arguments = [sys.executable, "-W", "ignore", "-c", EXIT, server.url, kind]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(arguments, text=True, **pipes) as process:  # type: ignore[call-overload]
            assert process.stdout.readline() == "going\n"
            server.wait_for_request()
            process.stdin.write("\n")
            process.stdin.close()
            assert process.wait(PATIENCE) == 0
