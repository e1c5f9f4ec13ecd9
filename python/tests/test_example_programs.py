"""The programs in `examples/`, and the demo, as a user runs them."""

from __future__ import annotations

import csv
import http.client
import json
import os
import signal
import subprocess
import sys
import urllib.parse
from pathlib import Path

import pytest

from crankwheel.sandbox import Sandbox

from .conftest import ROOT
from .silent_server import PATIENCE

EXAMPLES = ROOT / "python" / "examples"
LOG_PREFIX = "crankwheel: "


def environment(sandbox: Sandbox) -> dict[str, str]:
    """Returns an environment in which `CrankWheel()` uses the sandbox, and output is UTF-8."""
    variables = {"CRANKWHEEL_API_KEY": sandbox.api_key, "CRANKWHEEL_BASE_URL": sandbox.url}
    return {**os.environ, **variables, "PYTHONUTF8": "1"}


def run(sandbox: Sandbox, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs an example to its end. Shows its log lines, which `CRANKWHEEL_LOG` turns on, and leaves them out."""
    command = [sys.executable, str(EXAMPLES / name), *arguments]
    done = subprocess.run(
        command, env=environment(sandbox), capture_output=True, encoding="utf-8", timeout=PATIENCE
    )
    lines = done.stderr.splitlines(keepends=True)
    print(*(line for line in lines if line.startswith(LOG_PREFIX)), sep="", file=sys.stderr)
    done.stderr = "".join(line for line in lines if not line.startswith(LOG_PREFIX))
    return done


def test_examples_are_short() -> None:
    programs = sorted(EXAMPLES.glob("*.py"))
    assert [program.name for program in programs] == [
        "bulk_usage.py",
        "month_end_bill.py",
        "provision_client.py",
        "sso_redirect.py",
        "test_with_sandbox.py",
    ]
    for program in programs:
        assert len(program.read_text(encoding="utf-8").splitlines()) < 50, program.name


def test_provision_client(sandbox: Sandbox) -> None:
    arguments = ("provision_client.py", "acmecorp", "Acme Corporation", "plan_1")
    created, found = run(sandbox, *arguments), run(sandbox, *arguments)
    client = sandbox.client().clients.find("acmecorp")
    assert client is not None
    assert client.current_plan == "plan_1"
    assert client.settings.audit_log is True
    assert client.settings.provisioning_provider == "reseller"
    assert (created.stdout, created.stderr) == (f"Created acmecorp (id {client.id}) and set plan_1.\n", "")
    assert (found.stdout, found.stderr) == (f"Found acmecorp (id {client.id}) and set plan_1.\n", "")


def test_provision_client_names_the_fields_that_are_refused(sandbox: Sandbox) -> None:
    refused = run(sandbox, "provision_client.py", "a", "Acme Corporation", "plan_1")
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr.startswith("sname: ")
    assert "Traceback" not in refused.stderr


def test_sso_redirect(sandbox: Sandbox) -> None:
    settings = {"provisioning_provider": "reseller"}
    sandbox.add_client("acmecorp", settings=settings)
    command = [sys.executable, str(EXAMPLES / "sso_redirect.py"), "0"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=environment(sandbox), text=True, **pipes) as site:  # type: ignore[call-overload]
        try:
            page = urllib.parse.urlsplit(site.stdout.readline().strip())

            def get(path: str) -> http.client.HTTPResponse:
                connection = http.client.HTTPConnection(page.hostname or "", page.port, timeout=PATIENCE)
                connection.request("GET", path)
                return connection.getresponse()

            redirect = get(page.path)
            assert redirect.status == 302
            assert "/rlogin/agent@acme.example:" in (redirect.getheader("location") or "")
            assert redirect.getheader("cache-control") == "no-store"
            assert get("/elsewhere").status == 404
            sandbox.fail("status", "POST", status=500)
            assert get(page.path).status == 502
        finally:
            site.send_signal(signal.SIGINT)
            log = site.communicate(timeout=PATIENCE)[1]
    assert "500" in log
    assert "/rlogin/" not in log


def test_month_end_bill(sandbox: Sandbox) -> None:
    bill = run(sandbox, "month_end_bill.py", "2019-02")
    assert bill.stderr == ""
    overview = sandbox.client().reseller.billing("2019-02")
    companies, total = bill.stdout.split("\n\nTotal of 2019-02\n")
    assert len(companies.splitlines()) == sum(len(bill.plans_pro_rata) for bill in overview.per_company)
    assert "client " not in companies
    assert total.splitlines() == [
        f"{share.units:.3f} × {plan} ({share.human_name})" for plan, share in overview.total_pro_rata.items()
    ]


def test_bulk_usage(sandbox: Sandbox) -> None:
    usage = run(sandbox, "bulk_usage.py", "2019-02")
    assert usage.stderr == ""
    header, *rows = csv.reader(usage.stdout.splitlines())
    assert header == ["company", "meetings", "hours"]
    cw = sandbox.client()
    assert [(sname, int(meetings)) for sname, meetings, _ in rows] == [
        (client.sname, cw.clients.usage(client, "2019-02").num_sessions) for client in cw.clients.list()
    ]
    total = cw.reseller.usage("2019-02").stats.total_sec
    assert total is not None
    assert sum(float(hours) for *_, hours in rows) == pytest.approx(total / 3600, abs=0.05)


def test_with_sandbox() -> None:
    command = [sys.executable, "-m", "pytest", "-q", str(EXAMPLES / "test_with_sandbox.py")]
    done = subprocess.run(command, cwd=ROOT / "python", capture_output=True, text=True, timeout=3 * PATIENCE)
    assert "2 passed" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0


def test_the_demo(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    demo = [sys.executable, "tests/demo/demo.py", "--today", "2026-11-23", "--figures", str(figures)]
    done = subprocess.run(demo, cwd=ROOT / "python", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(figures.read_text(encoding="utf-8"))
    assert found["month"] == "2026-10"
    assert found["companies"] == 201
    assert sum(found["units"].values()) == pytest.approx(201)
    assert sum(found["created_billing"].values()) == 31 * 86400 - 1
    assert found["sum_of_durations"] == found["total_sec"] > 0
    for shown in ("Billing overview of 2026-10", "plan_2", "all companies", "LoginLink(url=***"):
        assert shown in done.stdout
