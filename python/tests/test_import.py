"""Importing the package starts no thread and loads no large module; the licences."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from .conftest import ROOT

CODE = """
import os, sys
sys.path[:0] = sys.argv[1:]
before = set(sys.modules)
import crankwheel
crankwheel.CrankWheel("some-key")
loaded = set(sys.modules) - before
print(sorted(name for name in loaded if not name.startswith("crankwheel")))
print(len(os.listdir("/proc/self/task")))
"""


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="counts threads in /proc")
def test_importing_and_constructing_start_nothing() -> None:
    # -I and -S: the start-up files of site-packages may load any module.
    arguments = [sys.executable, "-I", "-S", "-c", CODE, *filter(None, sys.path)]
    done = subprocess.run(arguments, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    loaded, threads = done.stdout.splitlines()
    assert threads == "1"
    for heavy in ("asyncio", "dataclasses", "logging", "json", "datetime", "typing", "inspect", "enum", "re"):
        assert f"'{heavy}'" not in loaded


def test_the_licences_are_those_of_the_project() -> None:
    for name in ("LICENSE-APACHE", "LICENSE-MIT"):
        assert (ROOT / "python" / name).read_bytes() == (ROOT / name).read_bytes()
