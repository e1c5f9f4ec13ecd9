"""The cost of an import and of the first call in a new process, over a process that does nothing.

The variants of `import` and `call` are Python's packages; `require` is the Node package. The runs alternate
with those of a process that does nothing, and the figures are differences of medians.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

from measure import CLIENT, HEADERS, arguments, finish, median

REQUESTS = "response = requests.get({url!r}, headers={headers!r}); response.raise_for_status(); response.json()['id']"
HTTPX = "httpx.get({url!r}, headers={headers!r}).raise_for_status().json()['id']"
PYREQWEST = (
    "from pyreqwest.client import SyncClientBuilder; "
    "SyncClientBuilder().error_for_status(True).default_headers({headers!r}).build()"
    ".get({url!r}).build().send().json()['id']"
)
CALLS = {
    "crankwheel": "import crankwheel; crankwheel.CrankWheel('bench-key', base_url={base!r}).clients.get(27084).id",
    "httpx": "import httpx; " + HTTPX,
    "pyreqwest": PYREQWEST,
    "requests": "import requests; " + REQUESTS,
}


def command(variant: str, base: str) -> tuple[list[str], list[str]]:
    """Returns the command of a variant and that of a process that does nothing."""
    kind, _, name = variant.partition("+")
    if kind == "require":
        node = shutil.which("node") or "node"
        return [node, "-e", f"require({name!r})"], [node, "-e", "0"]
    code = f"import {name}"
    if kind == "call":
        code = CALLS[name].format(base=base, url=base + CLIENT, headers=HEADERS)
    return [sys.executable, "-c", code], [sys.executable, "-c", "pass"]


def run(program: list[str], folder: str) -> tuple[float, float]:
    """Runs a program, and returns its wall clock and its processor time."""
    began = time.perf_counter()
    child = subprocess.Popen(program, cwd=folder)
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise RuntimeError(f"{program} ended with {child.returncode}")
    return wall, used.ru_utime + used.ru_stime


def main() -> None:
    variant, base, count = arguments()
    program, nothing = command(variant, base)
    # `require` finds the package from the folder where it is installed.
    folder = os.environ["BENCH_NODE"] if variant.startswith("require") else os.getcwd()
    for warm in (program, nothing):
        run(warm, folder)
    pairs = [(run(program, folder), run(nothing, folder)) for _ in range(count)]
    wall, cpu = (
        median([with_it[at] for with_it, _ in pairs]) - median([without[at] for _, without in pairs])
        for at in (0, 1)
    )
    finish(wall=wall, cpu=cpu)


main()
