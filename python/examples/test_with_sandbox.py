"""Tests code that uses this package, without network access or an account.

`python -m pytest examples/test_with_sandbox.py`
"""

from __future__ import annotations

import pytest

from crankwheel import CrankWheel, InternalServerError
from crankwheel.sandbox import Sandbox


def migrate(old: str, new: str) -> int:
    """The code under test: moves every client from one plan to another, and returns their number."""
    with CrankWheel() as cw:
        clients = [client for client in cw.clients.list() if client.current_plan == old]
        for client in clients:
            cw.clients.set_plan(client, new)
    return len(clients)


# The fixture comes with the package. The environment variables name the sandbox, so `CrankWheel()` uses it.
pytestmark = pytest.mark.crankwheel_sandbox(now="2019-02-01T00:00:00Z")


def test_every_client_on_the_old_plan_is_moved_and_billed_for_both(crankwheel_sandbox: Sandbox) -> None:
    for sname in ("acmecorp", "globex1"):
        crankwheel_sandbox.add_client(sname, current_plan="plan_1")
    crankwheel_sandbox.clock.advance(days=14)
    assert migrate("plan_1", "plan_2") == 2
    crankwheel_sandbox.clock.set("2019-03-01T00:00:00Z")
    units = crankwheel_sandbox.client().reseller.billing("2019-02").total_pro_rata
    assert {plan: round(share.units, 3) for plan, share in units.items()} == {"plan_1": 1.0, "plan_2": 1.0}


def test_a_failure_is_passed_on(crankwheel_sandbox: Sandbox) -> None:
    crankwheel_sandbox.add_client("acmecorp", current_plan="plan_1")
    crankwheel_sandbox.fail("status", "POST", status=503)
    with pytest.raises(InternalServerError):
        migrate("plan_1", "plan_2")
