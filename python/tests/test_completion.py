"""Editors and consoles complete names; what is printed is short, and fits any terminal."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from crankwheel import CrankWheel
from crankwheel.sandbox import Sandbox

from .results import FEBRUARY, lists, models

jedi = pytest.importorskip("jedi")

START = """from crankwheel import AsyncCrankWheel, CrankWheel
cw = CrankWheel("some-key")
"""
IN_A_FILE = {
    "cw.": "with_raw_response",
    "cw.clients.": "get_or_create",
    "cw.dry_run.": "reseller",
    "cw.dry_run.clients.": "set_plan",
    "cw.dry_run.clients.update(7).": "curl",
    "cw.dry_run.request('GET', '/').": "body",
    "cw.with_raw_response.": "sso",
    "cw.with_raw_response.sso.": "login_options",
    "cw.with_raw_response.clients.list().": "status_code",
    "cw.with_raw_response.clients.list().parse()[0].": "sname",
    "cw.clients.list().": "to_list",
    "cw.clients.list()[0].settings.": "audit_log",
    "cw.clients.get_or_create(sname='a')[0].": "current_plan",
    "cw.clients.find('a').": "lname",
    "cw.sso.grant_token('a@b.example').": "expires_at",
    "cw.request('GET', '/').": "request_id",
    "cw.reseller.billing('2019-02').total_pro_rata['plan_1'].": "units",
    "for client in cw.clients.list():\n    client.": "session_limit",
    "for session in cw.reseller.usage().sessions:\n    session.": "max_viewer_count",
    "for user in cw.reseller.usage().stats.user_stats:\n    user.": "total_sec",
    "for bill in cw.reseller.billing('2019').per_company:\n    for part in bill.periods:\n        part.": "pro_rata",
    "for name, plan in cw.reseller.billing('2019').total_pro_rata.items():\n    plan.": "human_name",
    "async def f(cw: AsyncCrankWheel):\n    for client in await cw.clients.list():\n        client.": "hl",
    "async def f(cw: AsyncCrankWheel):\n    cw.dry_run.clients.": "billing",
}  # fmt: skip


def completed(script: Any, code: str) -> set[str]:
    """Returns the names that jedi offers at the end of the code."""
    lines = code.split("\n")
    return {found.name for found in script.complete(len(lines), len(lines[-1]))}


@pytest.mark.parametrize("code", IN_A_FILE)
def test_names_are_completed_in_a_file(code: str) -> None:
    assert IN_A_FILE[code] in completed(jedi.Script(START + code), START + code)


IN_A_CONSOLE = {
    "cw.clients.": "get_or_create",
    "cw.dry_run.": "clients",
    "cw.dry_run.clients.": "set_plan",
    "cw.with_raw_response.": "reseller",
    "cw.with_raw_response.clients.": "list",
    "clients[0].": "sname",
    "clients[0].settings.": "audit_log",
    "history.sessions[0].": "email",
    "raw.": "parse",
    "dry.": "curl",
}


@pytest.mark.parametrize("code", IN_A_CONSOLE)
def test_names_are_completed_in_a_console(code: str, cw: CrankWheel) -> None:
    names = {
        "cw": cw,
        "clients": cw.clients.list(),
        "history": cw.reseller.usage(FEBRUARY),
        "raw": cw.with_raw_response.clients.list(),
        "dry": cw.dry_run.clients.list(),
    }
    assert IN_A_CONSOLE[code] in completed(jedi.Interpreter(code, [names]), code)


def test_keys_are_completed(cw: CrankWheel) -> None:
    for model in models(cw).values():
        assert model._ipython_key_completions_() == list(model)


def test_a_list_is_printed_with_a_row_on_each_line(cw: CrankWheel) -> None:
    for name, rows in lists(cw).items():
        first, *shown, last = repr(rows).splitlines()
        assert (first, last) == (f"{name}([", "])")
        if len(rows) > 10:
            assert shown.pop() == f"  ... and {len(rows) - 10} more"
        assert shown == [f"  {row!r}," for row in rows[:10]]
        assert all(len(line) <= 120 for line in shown)
    assert repr(cw.reseller.usage("1999-01").sessions) == "SessionList([])"


def test_a_client_is_printed_with_its_plan_and_limits(sandbox: Sandbox, cw: CrankWheel) -> None:
    plans = {"current_plan": "plan_1", "session_limit": 99999999, "license_count": 99999999}
    for sname, most in (("exampleco", 120), ("a" * 32, 120), ("x" * 100_000, 120)):
        sandbox.respond("GET", "/ss/rsapi/clients/7", json={"id": 7, "sname": sname, "lname": "Ex", **plans})
        shown = repr(cw.clients.get(7))
        assert len(shown) <= most
        assert "current_plan='plan_1', session_limit=99999999, license_count=99999999" in shown
    for client in cw.clients.list():
        shown = repr(client)
        assert len(shown) <= 117
        assert f"session_limit={client.session_limit}" in shown
        assert client.license_count is None or f"license_count={client.license_count}" in shown


PRINT = """
from datetime import timedelta
from crankwheel import CrankWheel, Period, NOT_GIVEN
from crankwheel.sandbox import Sandbox
with Sandbox(clients=0, now="2019-03-15T12:00:00Z") as sandbox, sandbox.client() as cw:
    for number in range(12):
        cw.clients.create(sname=f"exampleco{number}" + "x" * 20, lname="A name of more than forty letters and digits")
    clients = cw.clients.list()
    sandbox.add_session(clients[0], "agent@acme.example", "2019-03-10T12:00:00Z", duration=timedelta(seconds=90), viewers=1)
    history, overview = cw.reseller.usage("2019-03"), cw.reseller.billing("2019-03")
    shown = [
        clients, clients[0], clients[0].settings, history, history.sessions, history.sessions[0], history.stats,
        history.stats.user_stats, overview, overview.per_company, overview.per_company[0].periods,
        overview.total_pro_rata, cw.reseller.plans(), cw, cw.clients, cw.dry_run, cw.with_raw_response, sandbox,
        cw.dry_run.clients.list(), cw.with_raw_response.clients.list(), cw.request("GET", "/ss/rsapi/clients"),
        cw.impersonation_key(7), Period.month("2019-02"), Period.last_days(5), NOT_GIVEN, sandbox.clock,
        sandbox.requests[0], dict(clients[0]), clients[0].keys(), clients[0].items(),
    ]
    for value in shown:
        print(value, repr(value), f"{value}")
    assert sandbox.api_key not in "".join(map(repr, shown)), "a key was printed"
"""


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp437", "utf-8"])
def test_everything_can_be_printed_on_any_terminal(encoding: str) -> None:
    environment = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, "-c", PRINT], env=environment, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    assert b"... and 2 more" in done.stdout
    assert done.stdout.isascii()
