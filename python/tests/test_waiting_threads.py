"""Threads that wait for calls run the calls themselves, and share one runtime."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crankwheel import APIConnectionError, APITimeoutError, CrankWheel
from crankwheel.sandbox import Sandbox

from .counting_server import CountingServer
from .silent_server import PATIENCE, SilentServer

unix = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and signals")


def run(code: str, *arguments: str) -> str:
    """Runs a program, and returns what it prints."""
    command = [sys.executable, "-W", "ignore", "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=3 * PATIENCE)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Program:
    """A program whose standard input and output are read and written line by line."""

    def __init__(self, code: str, *arguments: str) -> None:
        command = [sys.executable, "-W", "ignore", "-c", code, *arguments]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)

    def write(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def expect(self, line: str) -> None:
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        assert self.process.stdout.readline() == line + "\n", self.process.stderr.read()

    def end(self) -> None:
        _, errors = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == 0, errors


def test_no_thread_is_started_for_a_call(sandbox: Sandbox) -> None:
    if not os.path.isdir("/proc/self/task"):
        pytest.skip("counts threads in /proc")
    code = """if True:
        import os, sys
        from crankwheel import CrankWheel
        cw = CrankWheel(sys.argv[1], base_url=sys.argv[2])
        for _ in range(3):
            cw.reseller.plans()
        print(len(os.listdir("/proc/self/task")))
    """
    assert run(code, sandbox.api_key, sandbox.url) == "1\n"


@pytest.mark.parametrize("threads", [2, 8, 64])
def test_calls_of_many_threads_get_their_own_responses(sandbox: Sandbox, threads: int) -> None:
    with sandbox.client() as cw:
        ids = [client.id for client in cw.clients.list()] * threads
        with ThreadPoolExecutor(threads) as pool:
            for _ in range(3):
                assert [client.id for client in pool.map(cw.clients.get, ids)] == ids


@pytest.mark.parametrize("delays", [(0.3, 0.0), (0.0, 0.3), (0.15, 0.2, 0.05, 0.1, 0.0, 0.25)])
def test_another_thread_takes_over_when_a_call_ends(delays: tuple[float, ...]) -> None:
    """The thread that watches the sockets does so only until its own call ends."""
    servers = [CountingServer(delay) for delay in delays]
    clients = [CrankWheel("some-key", base_url=server.url) for server in servers]

    def call(number: int) -> float:
        began = time.monotonic()
        clients[number].clients.list()
        return time.monotonic() - began

    with ThreadPoolExecutor(len(delays)) as pool:
        for _ in range(3):
            for delay, took in zip(delays, pool.map(call, range(len(delays))), strict=True):
                assert delay <= took < delay + 1
    for client, server in zip(clients, servers, strict=True):
        client.close()
        server.wait_for_connections(0)


def test_deadlines_hold_while_another_thread_watches_the_sockets() -> None:
    with SilentServer() as silent, CountingServer(0.01) as server:
        patient = CrankWheel("some-key", base_url=silent.url, timeout=PATIENCE)
        hasty = CrankWheel("some-key", base_url=silent.url, timeout=0.2, max_retries=0)
        quick = CrankWheel("some-key", base_url=server.url)
        errors: list[BaseException] = []

        def wait() -> None:
            try:
                patient.clients.list()
            except BaseException as error:
                errors.append(error)

        thread = threading.Thread(target=wait)
        thread.start()
        silent.wait_for_request()
        for _ in range(2):
            began = time.monotonic()
            with pytest.raises(APITimeoutError):
                hasty.clients.list()
            assert 0.2 <= time.monotonic() - began < 1.2
            assert len(quick.clients.list()) == 0
        patient.close(timeout=0)
        thread.join(PATIENCE)
        assert [type(error) for error in errors] == [APITimeoutError]


INTERRUPTED = """
import signal, sys, threading, time
from crankwheel import CrankWheel
signal.signal(signal.SIGINT, signal.default_int_handler)
silent, url = sys.argv[1:]
cw = CrankWheel("some-key", base_url=silent)
others = [threading.Thread(target=cw.clients.list, daemon=True) for _ in range(int(sys.stdin.readline()))]
for other in others:
    other.start()
assert sys.stdin.readline() == "go on\\n"
timer = threading.Timer(0.3, lambda: (began.append(time.monotonic()), signal.raise_signal(signal.SIGINT)))
began = []
timer.start()
try:
    cw.clients.list()
except KeyboardInterrupt:
    late = time.monotonic() - began[0]
assert late < 0.2, f"Ctrl-C took effect after {late} s"
# The others go on, and so do new calls.
assert all(other.is_alive() for other in others)
assert len(CrankWheel("some-key", base_url=url).clients.list()) == 0
print("interrupted", flush=True)
sys.stdin.readline()
"""


@unix
@pytest.mark.parametrize("others", [0, 1, 7])
def test_ctrl_c_ends_a_call_while_other_threads_wait(others: int) -> None:
    with SilentServer() as silent, CountingServer() as server:
        program = Program(INTERRUPTED, silent.url, server.url)
        program.write(str(others))
        for _ in range(others):
            silent.wait_for_request()
        program.write("go on")
        program.expect("interrupted")
        # Only the request of the interrupted call was dropped.
        silent.wait_for_departure()
        assert not silent.left.acquire(blocking=False)
        program.end()


FORK = """
import os, sys, threading
from crankwheel import CrankWheel
silent, url = sys.argv[1:]
waiting, cw = CrankWheel("some-key", base_url=silent), CrankWheel("some-key", base_url=url)
cw.clients.list()
threads = [threading.Thread(target=waiting.clients.list, daemon=True) for _ in range(3)]
for thread in threads:
    thread.start()
print("started", flush=True)
sys.stdin.readline()
for _ in range(3):
    child = os.fork()
    if child == 0:
        # In threads, too.
        counts = []
        more = [threading.Thread(target=lambda: counts.append(len(cw.clients.list()))) for _ in range(4)]
        for thread in more:
            thread.start()
        counts.append(len(cw.clients.list()))
        for thread in more:
            thread.join()
        cw.close(timeout=5)
        os._exit(0 if counts == [0] * 5 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert len(cw.clients.list()) == 0
assert all(thread.is_alive() for thread in threads)
print("fine", flush=True)
sys.stdin.readline()
"""


@unix
def test_a_child_that_is_forked_while_another_thread_waits_makes_calls() -> None:
    with SilentServer() as silent, CountingServer() as server:
        program = Program(FORK, silent.url, server.url)
        program.expect("started")
        for _ in range(3):
            silent.wait_for_request()
        program.write("")
        program.expect("fine")
        # The connections of the parent survived the children.
        assert not silent.left.acquire(blocking=False)
        program.end()


FORKING_HANDLER = """
import os, signal, sys
from crankwheel import CrankWheel
cw = CrankWheel("some-key", base_url=sys.argv[1])
cw.clients.list()
children = []

def fork(*_):
    children.append(os.fork())

signal.signal(signal.SIGALRM, fork)
signal.setitimer(signal.ITIMER_REAL, 0.1)
try:
    count = len(cw.clients.list())
except RuntimeError as error:
    assert children == [0] and "forked" in str(error), error
    os._exit(7 if len(cw.clients.list()) == 0 else 1)
assert count == 0
print(os.waitstatus_to_exitcode(os.waitpid(children[0], 0)[1]))
"""


@unix
def test_a_signal_handler_can_fork_during_a_call() -> None:
    """The call goes on in the parent. In the child it fails, and new calls work."""
    with CountingServer(0.5) as server:
        assert run(FORKING_HANDLER, server.url) == "7\n"


@unix
def test_a_signal_handler_can_make_a_call_during_a_call() -> None:
    with CountingServer(0.3) as server, CrankWheel("some-key", base_url=server.url) as cw:
        counts: list[int] = []
        before = signal.signal(signal.SIGALRM, lambda *_: counts.append(len(cw.clients.list())))
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            counts.append(len(cw.clients.list()))
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        assert counts == [0, 0]
        assert server.requests == 2


class Hook(logging.Handler):
    """A hook that makes a call of the client whose call it belongs to."""

    def __init__(self, cw: CrankWheel) -> None:
        super().__init__(logging.DEBUG)
        self.cw = cw
        self.calls = 0

    def emit(self, record: logging.LogRecord) -> None:
        self()

    def __call__(self, *_: object) -> None:
        self.calls += 1
        assert len(self.cw.clients.list()) == 5


@pytest.fixture
def logged() -> Iterator[Callable[[logging.Handler], None]]:
    logger = logging.getLogger("crankwheel")
    handlers: list[logging.Handler] = []

    def add(handler: logging.Handler) -> None:
        handlers.append(handler)
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)

    yield add
    for handler in handlers:
        logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


def test_a_log_handler_calls_the_client(
    cw: CrankWheel, logged: Callable[[logging.Handler], None], recwarn: pytest.WarningsRecorder
) -> None:
    hook = Hook(cw)
    logged(hook)
    with ThreadPoolExecutor(4) as pool:
        assert [len(plans) for plans in pool.map(lambda _: cw.reseller.plans(), range(8))]
    assert hook.calls == 8
    assert not recwarn.list


def test_a_progress_function_calls_the_client(cw: CrankWheel, sandbox: Sandbox) -> None:
    sandbox.fail("slow_body", "GET", "/ss/rsapi/clients_usage", pieces=8, pause_ms=60)
    hook = Hook(cw)
    assert len(cw.reseller.usage(progress=hook).sessions) > 0
    assert hook.calls > 0


def test_a_key_function_calls_the_client(cw: CrankWheel, sandbox: Sandbox) -> None:
    hook = Hook(cw)

    def key() -> str:
        hook()
        return sandbox.api_key

    other = cw.with_options(api_key=key)
    with ThreadPoolExecutor(4) as pool:
        assert [len(plans) for plans in pool.map(lambda _: other.reseller.plans(), range(8))]
    assert hook.calls == 8


def test_a_destructor_calls_the_client(cw: CrankWheel, sandbox: Sandbox) -> None:
    counts: list[int] = []

    class Last:
        def __del__(self) -> None:
            counts.append(len(cw.clients.list()))

    Last()
    cycle: list[object] = [Last()]
    cycle.append(cycle)
    del cycle
    gc.collect()

    async def freed_on_a_loop() -> None:
        other = sandbox.async_client()
        await asyncio.gather(*(other.clients.list() for _ in range(4)))
        Last()

    asyncio.run(freed_on_a_loop())
    assert counts == [5] * 3


def test_sync_and_async_calls_in_one_thread(cw: CrankWheel, sandbox: Sandbox) -> None:
    async def both() -> None:
        async with sandbox.async_client() as other:
            for _ in range(5):
                tasks = [asyncio.ensure_future(other.clients.list()) for _ in range(8)]
                await asyncio.sleep(0)
                # The loop stands still, the calls on the worker threads do not.
                assert len(cw.clients.list()) == 5
                assert [len(rows) for rows in await asyncio.gather(*tasks)] == [5] * 8
                assert len(await asyncio.to_thread(cw.clients.list)) == 5

    asyncio.run(both())


@pytest.mark.parametrize("pause", [0.001, 0.05, 0.3])
def test_connections_that_the_server_has_closed_are_replaced(pause: float) -> None:
    with CountingServer() as server, CrankWheel("some-key", base_url=server.url, max_retries=0) as cw:
        for number in range(5):
            response = cw.with_raw_response.clients.list()
            assert (response.status_code, server.opened) == (200, number + 1)
            server.close_idle_connections()
            time.sleep(pause)
        # One that the server keeps open is used again.
        for _ in range(5):
            cw.clients.list()
            time.sleep(pause)
        assert server.opened == 6


def open_sockets() -> int:
    links = [os.path.join("/proc/self/fd", name) for name in os.listdir("/proc/self/fd")]
    return sum(os.readlink(link).startswith("socket:") for link in links if os.path.lexists(link))


@pytest.mark.parametrize("way", ["close", "close and wait", "with", "free"])
def test_the_connections_of_a_client_are_closed_with_it(way: str) -> None:
    with CountingServer() as server:
        cw = CrankWheel("some-key", base_url=server.url)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: cw.clients.list(), range(16)))
        cw.clients.list()
        assert server.opened >= 1
        # A copy has the same connections.
        copy = cw.with_options(max_retries=0)
        if way == "close":
            copy.close()
        elif way == "close and wait":
            cw.close(timeout=PATIENCE)
        elif way == "with":
            with copy:
                copy.clients.list()
        else:
            del cw, copy
            gc.collect()
        # No further call is needed.
        server.wait_for_connections(0)


def test_the_connection_of_a_write_is_closed_after_it() -> None:
    with CountingServer() as server, CrankWheel("some-key", base_url=server.url) as cw:
        cw.clients.list()
        for number in range(3):
            cw.clients.delete(7)
            server.wait_for_connections(1)
            assert server.opened == number + 2


def test_calls_in_flight_of_a_closed_client_close_their_connections() -> None:
    with CountingServer(0.2) as server:
        cw = CrankWheel("some-key", base_url=server.url)
        with ThreadPoolExecutor(4) as pool:
            calls = [pool.submit(cw.clients.list) for _ in range(4)]
            deadline = time.monotonic() + PATIENCE
            while server.requests < 4:
                assert time.monotonic() < deadline
                time.sleep(0.001)
            cw.close()
            assert [len(call.result()) for call in calls] == [0] * 4
        server.wait_for_connections(0)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_clients_that_are_not_closed_leave_no_sockets() -> None:
    with CountingServer() as server:
        CrankWheel("some-key", base_url=server.url).clients.list()
        server.wait_for_connections(0)
        before = open_sockets()
        for _ in range(30):
            CrankWheel("some-key", base_url=server.url).clients.list()
        server.wait_for_connections(0)
        assert open_sockets() <= before


@pytest.mark.parametrize("size", [256 * 1024, 1024 * 1024])
def test_threads_with_small_stacks_make_calls(sandbox: Sandbox, size: int) -> None:
    before = threading.stack_size(size)
    try:
        with sandbox.client() as cw, ThreadPoolExecutor(4) as pool:
            counts = pool.map(lambda _: len(cw.reseller.usage("2019-02").sessions), range(8))
            assert len(set(counts)) == 1
            with socket.create_server(("127.0.0.1", 0)) as unused:
                url = f"http://127.0.0.1:{unused.getsockname()[1]}"
            with pytest.raises(APIConnectionError):
                pool.submit(CrankWheel("some-key", base_url=url, max_retries=0).clients.list).result()
    finally:
        threading.stack_size(before)
