"""Memory, open files and threads do not grow over many calls; ``LEAK_CALLS`` is their number."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CALLS = int(os.environ.get("LEAK_CALLS", "2000"))
MIB = 1024 * 1024

# The sandbox is a separate process, because its list of requests grows by design.
CODE = """
import asyncio, gc, os, sys
from pathlib import Path
from crankwheel import AsyncCrankWheel, CrankWheel, NotFoundError

kind, url, key, calls = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])

def usage():
    gc.collect()
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmRSS"].split()[0]) * 1024, len(os.listdir("/proc/self/fd")), int(status["Threads"])

def sync(cw, count):
    for number in range(count // 4):
        cw.clients.list()
        cw.reseller.plans()
        cw.with_raw_response.reseller.plans().parse()
        try:
            cw.clients.get(1)
        except NotFoundError:
            pass

async def awaited(cw, count):
    for number in range(count // 4):
        task = asyncio.ensure_future(cw.clients.list())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(
            cw.clients.list(), cw.reseller.plans(), cw.clients.get(1), task, return_exceptions=True
        )

async def both(cw):
    await awaited(cw, max(2000, calls // 4))
    before = usage()
    await awaited(cw, calls)
    return before, usage()

if kind == "sync":
    with CrankWheel(key, base_url=url) as cw:
        sync(cw, max(2000, calls // 4))
        before = usage()
        sync(cw, calls)
        after = usage()
else:
    before, after = asyncio.run(both(AsyncCrankWheel(key, base_url=url)))
print(*before, *after)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_memory_files_and_threads_do_not_grow(kind: str) -> None:
    program = [sys.executable, "-m", "crankwheel.sandbox", "--port", "0", "--clients", "20", "--days", "5"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as sandbox:
        try:
            assert sandbox.stdout is not None
            url = next(word for line in sandbox.stdout for word in line.split() if word.startswith("http://"))
            arguments = [sys.executable, "-c", CODE, kind, url, "sandbox-reseller-key", str(CALLS)]
            done = subprocess.run(arguments, capture_output=True, text=True)
        finally:
            sandbox.terminate()
    assert done.returncode == 0, done.stderr
    memory, files, threads, memory_after, files_after, threads_after = map(int, done.stdout.split())
    print(f"{kind}: {CALLS} calls, {(memory_after - memory) // 1024} KiB more of {memory // MIB} MiB")
    assert memory_after - memory < 2 * MIB
    # The connection of a cancelled call may still be closing while another one is already open.
    assert files_after <= files + 4
    assert threads_after <= threads
