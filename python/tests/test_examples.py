"""Every example in the documentation runs: doctests, operations, code blocks of the README."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import datetime
import doctest
import importlib
import inspect
import io
import logging
import re
import signal
import subprocess
import sys
from typing import Any

import pytest

import crankwheel
from crankwheel import Period
from crankwheel._request import AsyncRequests, Requests
from crankwheel.sandbox import Sandbox

from .conftest import ROOT
from .silent_server import PATIENCE

PACKAGE = ROOT / "python"


@pytest.mark.parametrize("name", ["crankwheel", "crankwheel.sandbox"])
def test_doctests_of_a_module(name: str) -> None:
    results = doctest.testmod(importlib.import_module(name))
    assert results.attempted
    assert not results.failed


@pytest.mark.parametrize(
    "documented",
    [
        crankwheel.CrankWheel,
        crankwheel.AsyncCrankWheel,
        Period,
        Period.month,
        Period.months,
        Period.last_days,
        Period.parse,
    ],
    ids=lambda documented: documented.__name__,
)
def test_doctests_of_a_class_or_function(documented: Any) -> None:
    names = vars(crankwheel).copy()
    test = doctest.DocTestParser().get_doctest(documented.__doc__ or "", names, "example", None, None)
    assert test.examples
    assert not doctest.DocTestRunner().run(test).failed


METHODS: list[tuple[type, str]] = [
    (resource, name)
    for resource in (
        crankwheel.Clients,
        crankwheel.Sso,
        crankwheel.Reseller,
        crankwheel.AsyncClients,
        crankwheel.AsyncSso,
        crankwheel.AsyncReseller,
        Requests,
        AsyncRequests,
    )
    for name in vars(resource)
    if not name.startswith("_")
]
METHODS += [
    (client, name)
    for client in (crankwheel.CrankWheel, crankwheel.AsyncCrankWheel)
    for name in ("request", "impersonate", "impersonation_key", "diagnose", "dry_run")
]


@pytest.mark.parametrize(("resource", "name"), METHODS, ids=lambda value: getattr(value, "__name__", value))
def test_the_example_of_an_operation(resource: type, name: str) -> None:
    doc = getattr(resource, name).__doc__
    examples = doctest.DocTestParser().get_examples(doc)
    assert examples
    with example_account() as sandbox:
        acme = sandbox.client().clients.find("acmecorp")
        cw = sandbox.async_client() if resource.__name__.startswith("Async") else sandbox.client()
        names = {"cw": cw, "acme": acme}

        async def run() -> None:
            for example in examples:
                shown = io.StringIO()
                with contextlib.redirect_stdout(shown):
                    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
                    started = eval(compile(example.source, name, "single", flags=flags), names)
                    if inspect.iscoroutine(started):
                        await started
                assert shown.getvalue() == example.want, example.source

        asyncio.run(run())


def example_account() -> Sandbox:
    """Returns the account that the examples use; npm/test/docs.test.mjs has the same."""
    sandbox = Sandbox(now="2019-03-15T12:00:00Z")
    acme = sandbox.add_client(
        "acmecorp",
        created_at="2019-01-01T00:00:00Z",
        current_plan="plan_1",
        lname="Acme",
        settings={"provisioning_provider": "reseller"},
    )
    sandbox.add_user(acme, "agent@acme.example")
    for start, seconds in (("2019-02-05T10:00:00Z", 600), ("2019-02-06T10:00:00Z", 45)):
        duration = datetime.timedelta(seconds=seconds)
        sandbox.add_session(acme, "agent@acme.example", start, duration)
    return sandbox


def test_the_readme(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    # One block enables the logger; pytest restores its level.
    caplog.set_level(logging.DEBUG, logger="crankwheel")
    logger = logging.getLogger("crankwheel")
    monkeypatch.setattr(logger, "handlers", list(logger.handlers))
    text = (PACKAGE / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) >= 6
    with Sandbox(clients=3, now="2019-03-15T12:00:00Z") as sandbox:
        monkeypatch.setenv("CRANKWHEEL_API_KEY", sandbox.api_key)
        monkeypatch.setenv("CRANKWHEEL_BASE_URL", sandbox.url)
        names: dict[str, Any] = {"__name__": "readme"}
        for block in blocks:
            exec(compile(block, "README.md", "exec", dont_inherit=True), names)
    shown = capsys.readouterr().out
    assert "LoginLink(url=***" in shown
    assert "curl -X PATCH" in shown


def test_the_page_on_testing(capsys: pytest.CaptureFixture[str]) -> None:
    text = (PACKAGE / "TESTING.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {"__name__": "testing"}
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) >= 4
    for block in blocks:
        exec(compile(block, "TESTING.md", "exec", dont_inherit=True), names)
    assert "sname" in capsys.readouterr().out


def test_the_readme_names_every_operation() -> None:
    text = (PACKAGE / "README.md").read_text(encoding="utf-8")
    for resource in (crankwheel.Clients, crankwheel.Sso, crankwheel.Reseller):
        for name in vars(resource):
            if not name.startswith("_"):
                assert f"cw.{resource.__name__.lower()}.{name}(" in text


def test_the_sandbox_as_a_program() -> None:
    arguments = [sys.executable, "-m", "crankwheel.sandbox", "--port", "0", "--clients", "2"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        lines = iter(program.stdout.readline, "")
        url = next(found[0] for line in lines if (found := re.search(r"http://127\.0\.0\.1:\d+", line)))
        assert len(crankwheel.CrankWheel("sandbox-reseller-key", base_url=url).clients.list()) == 2
        program.send_signal(signal.SIGINT)
        assert program.wait(PATIENCE) == 0
        assert program.stderr is not None
        assert program.stderr.read() == ""
    done = subprocess.run([*arguments[:3], "--colour", "red"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "--colour" in done.stderr
