"""Child processes can make calls, also if the parent has calls in flight."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crankwheel.sandbox import Sandbox

from .silent_server import PATIENCE

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

CODE = """
import asyncio, multiprocessing, os, sys, threading, warnings
from crankwheel import AsyncCrankWheel, CrankWheel

# Newer versions of Python warn about forks in programs with threads, which this test needs.
warnings.simplefilter("ignore", DeprecationWarning)
cw, other = CrankWheel(), AsyncCrankWheel()

async def awaited(client):
    return len(await client.clients.list())

def work(client, other):
    return len(client.clients.list()) == 5 and asyncio.run(awaited(other)) == 5

def child(client, other):
    sys.exit(0 if work(client, other) else 1)

def busy(stop, sync):
    while not stop.is_set():
        cw.clients.list() if sync else asyncio.run(awaited(other))

if __name__ == "__main__":
    way, traffic = sys.argv[1:]
    assert work(cw, other)
    stop = threading.Event()
    threads = [threading.Thread(target=busy, args=(stop, sync)) for sync in (True, False)] * (traffic == "busy")
    for thread in threads:
        thread.start()
    for _ in range(3):
        if way == "os":
            number = os.fork()
            if number == 0:
                os._exit(0 if work(cw, other) else 1)
            assert os.waitpid(number, 0)[1] == 0
        else:
            process = multiprocessing.get_context(way).Process(target=child, args=(cw, other))
            process.start()
            process.join()
            assert process.exitcode == 0
        assert work(cw, other)
    stop.set()
    for thread in threads:
        thread.join()
"""


@pytest.mark.parametrize("traffic", ["idle", "busy"])
@pytest.mark.parametrize("way", ["os", "fork", "spawn", "forkserver"])
def test_children_make_calls(sandbox: Sandbox, tmp_path: Path, way: str, traffic: str) -> None:
    program = tmp_path / "program.py"
    program.write_text(CODE, encoding="utf-8")
    environment = {**os.environ, "CRANKWHEEL_API_KEY": sandbox.api_key, "CRANKWHEEL_BASE_URL": sandbox.url}
    if traffic == "busy":
        # Log lines are on, because the child would inherit a lock around standard error, too.
        environment["CRANKWHEEL_LOG"] = "debug"
    command = [sys.executable, str(program), way, traffic]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=3 * PATIENCE)
    assert done.returncode == 0, done.stderr
