"""Fixtures of all tests: a sandbox, a client of it, and an environment without an API key."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from crankwheel import CrankWheel
from crankwheel.sandbox import Sandbox

from . import shown

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[2]
CONTRACT_FILE = ROOT / "crates" / "crankwheel" / "openapi.json"


shown.start()


@pytest.fixture(autouse=True)
def _no_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRANKWHEEL_API_KEY", raising=False)
    monkeypatch.delenv("CRANKWHEEL_BASE_URL", raising=False)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Returns a sandbox with a small reseller account, whose clock is stopped."""
    with Sandbox(clients=5, days=60, now="2019-03-15T12:00:00Z") as sandbox:
        yield sandbox


@pytest.fixture
def cw(sandbox: Sandbox) -> Iterator[CrankWheel]:
    """Returns a client of the sandbox."""
    with sandbox.client() as cw:
        yield cw


@pytest.fixture(scope="session")
def conformance() -> Iterator[str]:
    """Builds and starts the conformance server, and returns its control URL."""
    build = ["cargo", "build", "--quiet", "--message-format=json", "-p", "crankwheel-conformance", "--bins"]
    lines = subprocess.run(build, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    messages = [json.loads(line) for line in lines]
    program = next(
        str(message["executable"])
        for message in messages
        if message.get("executable") and message["target"]["name"] == "conformance-server"
    )
    with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        control = json.loads(server.stdout.readline())["control"]
        assert isinstance(control, str)
        yield control
        server.stdin.close()
