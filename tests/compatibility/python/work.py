"""The work that each version does: a month of a client, errors, pickles, threads, asyncio, a fork."""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
import threading

from crankwheel import AsyncCrankWheel, ConflictError, CrankWheel, NotFoundError, Period
from crankwheel.sandbox import Sandbox

FREE_THREADED = hasattr(sys, "_is_gil_enabled") and "free-threading" in sys.version


def month(sandbox: Sandbox) -> None:
    cw = sandbox.client()
    acme = cw.clients.create(sname="acmecorp", lname="Acme")
    cw.clients.set_plan(acme, "plan_1")
    sandbox.clock.advance(days=14)
    cw.clients.set_plan(acme, "plan_2")
    sandbox.clock.advance(days=14)
    units = cw.reseller.billing("2019-02").total_pro_rata
    assert {name: round(plan.units, 3) for name, plan in units.items() if plan.units} == {
        "plan_1": 0.5,
        "plan_2": 0.5,
    }
    try:
        cw.clients.create(sname="acmecorp")
    except ConflictError as error:
        assert error.existing_id == acme.id
        assert pickle.loads(pickle.dumps(error)).status_code == 409
    else:
        raise AssertionError("no error")
    for value in (acme, Period.month("2019-02"), cw.clients.list()):
        assert pickle.loads(pickle.dumps(value)) == value


def threads(sandbox: Sandbox) -> None:
    """Eight threads use one client and the same objects."""
    cw = sandbox.client()
    clients, history = cw.clients.list(), cw.reseller.usage("2019-01")
    billing, period = cw.reseller.billing("2019-01"), Period.last_days(28)
    failures: list[BaseException] = []

    def use(number: int) -> None:
        try:
            for turn in range(20):
                assert len(cw.clients.list()) >= len(clients)
                assert [client.sname for client in clients] == [client.sname for client in clients[:]]
                assert sum(1 for session in history.sessions if session.email) <= len(history.sessions)
                assert pickle.loads(pickle.dumps(period)) == period
                assert billing.per_company[0].to_dict()
                assert repr(clients[turn % len(clients)].settings)
                assert cw.dry_run.clients.list().curl
                assert cw.diagnose()
                try:
                    cw.with_options(timeout=20).clients.get(10**9 + number)
                except NotFoundError as error:
                    assert str(error)
        except BaseException as error:
            failures.append(error)

    running = [threading.Thread(target=use, args=(number,)) for number in range(8)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    if failures:
        raise failures[0]
    if FREE_THREADED:
        assert not sys._is_gil_enabled(), "the import has enabled the interpreter lock"


async def tasks(sandbox: Sandbox) -> None:
    async with AsyncCrankWheel(sandbox.api_key, base_url=sandbox.url) as cw:
        lists = await asyncio.gather(*(cw.clients.list() for _ in range(64)))
        assert len({len(one) for one in lists}) == 1
        sandbox.fail("latency", "GET", "/ss/rsapi/reseller/plans", ms=10_000)
        try:
            await asyncio.wait_for(cw.reseller.plans(), 0.05)
        except asyncio.TimeoutError:
            sandbox.clear_faults()
        else:
            raise AssertionError("no timeout")


def fork(sandbox: Sandbox) -> None:
    cw = CrankWheel(sandbox.api_key, base_url=sandbox.url)
    expected = len(cw.clients.list())
    child = os.fork()
    if child == 0:
        os._exit(0 if len(cw.clients.list()) == expected else 1)
    assert os.waitpid(child, 0)[1] == 0


with Sandbox(clients=20, days=60, now="2019-02-01T00:00:00Z") as sandbox:
    threads(sandbox)
with Sandbox(now="2019-02-01T00:00:00Z") as sandbox:
    month(sandbox)
    for _ in range(2):
        asyncio.run(tasks(sandbox))
    if hasattr(os, "fork"):
        fork(sandbox)
print("ok")
