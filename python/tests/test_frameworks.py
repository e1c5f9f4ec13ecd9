"""The examples for web frameworks and task queues, as their users start them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from crankwheel.sandbox import Sandbox

from .conftest import ROOT
from .silent_server import PATIENCE

EXAMPLES = ROOT / "python" / "examples" / "frameworks"


@pytest.fixture
def environment(sandbox: Sandbox, tmp_path: Path) -> dict[str, str]:
    """The environment of a program that calls the sandbox."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CRANKWHEEL_")}
    return {
        **kept,
        "CRANKWHEEL_API_KEY": sandbox.api_key,
        "CRANKWHEEL_BASE_URL": sandbox.url,
        "CELERY_BROKER_URL": "filesystem://",
        "CELERY_RESULT_BACKEND": f"file://{tmp_path}/results",
        "PYTHONPATH": str(EXAMPLES),
        "PYTHONUTF8": "1",
    }


def python(environment: dict[str, str], code: str) -> Any:
    """Runs code to its end and returns the JSON that it printed last."""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def program(environment: dict[str, str], ready: str, *arguments: str) -> Iterator[str]:
    """Runs a module until the end of the block; yields the line of its output that has `ready`."""
    command = [sys.executable, "-m", *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, env=environment, stdout=pipe, stderr=subprocess.STDOUT, text=True
    ) as running:
        assert running.stdout is not None
        lines = []
        try:
            for line in running.stdout:
                lines.append(line)
                if ready in line:
                    yield line
                    break
            else:
                raise AssertionError("".join(lines))
        finally:
            running.send_signal(signal.SIGTERM)
            # A program must end although it has open connections.
            running.communicate(timeout=PATIENCE)
        assert running.returncode in (0, -signal.SIGTERM), "".join(lines)


def test_fastapi(sandbox: Sandbox, environment: dict[str, str]) -> None:
    sandbox.client().clients.create(sname="acmecorp", lname="Acme")
    code = """
import json
from fastapi.testclient import TestClient
from fastapi_app import app

with TestClient(app) as web:
    found = [web.get(path) for path in ("/clients/acmecorp", "/clients/missing", "/units/2019-02", "/units/soon")]
    paths = web.get("/openapi.json").json()["paths"]
    response = paths["/clients/{sname}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
statuses = [one.status_code for one in found]
print(json.dumps([statuses, found[0].json()["lname"], found[2].json(), sorted(response.get("properties", response))]))
"""
    statuses, lname, units, fields = python(environment, code)
    assert statuses == [200, 404, 200, 422]
    assert lname == "Acme"
    overview = sandbox.client().reseller.billing("2019-02")
    assert units == {name: plan.units for name, plan in overview.total_pro_rata.items()}
    assert "sname" in fields


def test_django(sandbox: Sandbox, environment: dict[str, str]) -> None:
    sandbox.client().clients.create(sname="acmecorp", lname="Acme")
    code = """
import asyncio, json
import django_app
from django.test import AsyncClient, Client

sync = [Client().get(path) for path in ("/clients", "/units/2019-02")]

async def both():
    web = AsyncClient()
    return await asyncio.gather(web.get("/clients"), *(web.get("/units/2019-02") for _ in range(8)))

loops = asyncio.run(both()) + asyncio.run(both())
print(json.dumps([[one.status_code for one in sync + loops], sync[0].json(), sync[1].json() == loops[1].json()]))
"""
    statuses, clients, same = python(environment, code)
    assert statuses == [200] * 20
    assert clients["acmecorp"] == "Acme"
    assert same


def test_gunicorn_with_preload(sandbox: Sandbox, environment: dict[str, str]) -> None:
    arguments = ("gunicorn", "--preload", "--workers", "2", "--bind", "127.0.0.1:0", "gunicorn_app:app")
    with program(environment, "Listening at", *arguments) as line:
        url = line.split("Listening at: ")[1].split()[0]
        until = time.monotonic() + PATIENCE
        workers: dict[int, Any] = {}
        while len(workers) < 2:
            assert time.monotonic() < until, workers
            with urllib.request.urlopen(url, timeout=PATIENCE) as response:
                body = json.load(response)
            workers[body["worker"]] = body
    for body in workers.values():
        assert body["clients"] == len(sandbox.client().clients.list())
        assert "plan_1" in body["plans"]


def test_celery_with_forked_workers(sandbox: Sandbox, environment: dict[str, str], tmp_path: Path) -> None:
    folders = {name: tmp_path / name for name in ("queue", "processed", "control", "results")}
    for folder in folders.values():
        folder.mkdir()
    # The broker is a folder, so that no server is needed.
    options = {f"data_folder_{way}": str(folders["queue"]) for way in ("in", "out")}
    options |= {f"{name}_folder": str(folders[name]) for name in ("processed", "control")}
    (tmp_path / "worker.py").write_text(
        f"from celery_app import app, month_end_bill\napp.conf.broker_transport_options = {options!r}\n"
    )
    environment = {**environment, "PYTHONPATH": f"{EXAMPLES}{os.pathsep}{tmp_path}"}
    command = ("celery", "--app", "worker", "worker", "--concurrency", "2", "--loglevel", "info")
    code = """
import json
from worker import month_end_bill

started = [month_end_bill.delay("2019-02") for _ in range(4)]
print(json.dumps([one.get(timeout=20) for one in started]))
"""
    with program(environment, "ready.", *command, "--without-gossip", "--without-mingle"):
        bills = python(environment, code)
    expected = {
        name: plan.units for name, plan in sandbox.client().reseller.billing("2019-02").total_pro_rata.items()
    }
    assert bills == [expected] * 4
