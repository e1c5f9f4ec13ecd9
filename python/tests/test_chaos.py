"""No write is lost or applied twice behind a proxy that breaks 30 % of all connections.

``CHAOS_SEEDS`` and ``CHAOS_CLIENTS`` in the environment are the numbers of seeds and of clients.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple

import pytest

from crankwheel import AsyncCrankWheel, CrankWheel, CrankWheelError
from crankwheel.sandbox import Sandbox

from .conftest import ROOT

SEEDS = range(1, int(os.environ.get("CHAOS_SEEDS", "1")) + 1)
CLIENTS = int(os.environ.get("CHAOS_CLIENTS", "100"))
AT_ONCE = 16
# Short, so that stalled connections do not slow down the test; other options keep their defaults.
PATIENCE = 0.25


class Provisioned(NamedTuple):
    """One client, and the number of calls that its plan took."""

    number: int
    id: int
    plan_calls: int
    denied: int
    """The number of failed writes that were certainly not applied."""


def sname(number: int) -> str:
    return f"client{number:05}"


def plan(number: int) -> str:
    return f"plan_{number % 3 + 1}"


@pytest.fixture(scope="session")
def chaos_program() -> str:
    build = ["cargo", "build", "--quiet", "--message-format=json", "-p", "crankwheel-chaos", "--bins"]
    lines = subprocess.run(build, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return next(str(made["executable"]) for line in lines if (made := json.loads(line)).get("executable"))


@contextmanager
def chaos(program: str, sandbox: Sandbox, seed: int) -> Iterator[str]:
    port = sandbox.url.rpartition(":")[2]
    with subprocess.Popen(
        [program, port, str(seed)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as proxy:
        assert proxy.stdin is not None
        assert proxy.stdout is not None
        yield proxy.stdout.readline().strip()
        proxy.stdin.close()


def check(sandbox: Sandbox, provisioned: list[Provisioned]) -> None:
    listed = sandbox.client().clients.list()
    assert len(provisioned) == len(listed) == CLIENTS
    assert {client.sname: client.current_plan for client in listed} == {
        sname(number): plan(number) for number in range(CLIENTS)
    }
    # Each call sets a plan at most once: a write is not retried if it may have been applied.
    done = Counter(
        request.path for request in sandbox.requests if "/plan/" in request.path and request.status == 204
    )
    assert sum(client.denied for client in provisioned) > 0, "no failed write was certainly not applied"
    for number, id, plan_calls, _ in provisioned:
        assert 1 <= done[f"/ss/rsapi/clients/{id}/plan/{plan(number)}"] <= plan_calls


def busy(sandbox: Sandbox, seed: int) -> None:
    """Refuses four in ten writes with 429: of some writes, all attempts are refused."""
    sandbox.fail("status", "POST", status=429, headers={"retry-after": "0"}, probability=0.4, seed=seed)


def provision(cw: CrankWheel, direct: CrankWheel, number: int) -> Provisioned:
    """Creates one client and sets its plan; checks every ``maybe_applied=False``."""
    unknown, denied = False, 0
    while True:
        try:
            client, _ = cw.clients.get_or_create(sname=sname(number), lname="Chaos & Co")
            break
        except CrankWheelError as error:
            if error.maybe_applied is False and not unknown:
                denied += 1
                assert direct.clients.find(sname(number)) is None, error
            unknown |= error.maybe_applied is not False
    unknown, plan_calls = False, 0
    while True:
        plan_calls += 1
        try:
            cw.clients.set_plan(client, plan(number))
            return Provisioned(number, client.id, plan_calls, denied)
        except CrankWheelError as error:
            if error.maybe_applied is False and not unknown:
                denied += 1
                assert direct.clients.get(client).current_plan == "unset_or_custom", error
            unknown |= error.maybe_applied is not False


async def provision_async(cw: AsyncCrankWheel, direct: AsyncCrankWheel, number: int) -> Provisioned:
    """Does the same as `provision`, with the async client."""
    unknown, denied = False, 0
    while True:
        try:
            client, _ = await cw.clients.get_or_create(sname=sname(number), lname="Chaos & Co")
            break
        except CrankWheelError as error:
            if error.maybe_applied is False and not unknown:
                denied += 1
                assert await direct.clients.find(sname(number)) is None, error
            unknown |= error.maybe_applied is not False
    unknown, plan_calls = False, 0
    while True:
        plan_calls += 1
        try:
            await cw.clients.set_plan(client, plan(number))
            return Provisioned(number, client.id, plan_calls, denied)
        except CrankWheelError as error:
            if error.maybe_applied is False and not unknown:
                denied += 1
                assert (await direct.clients.get(client)).current_plan == "unset_or_custom", error
            unknown |= error.maybe_applied is not False


@pytest.mark.parametrize("seed", SEEDS)
def test_threads(chaos_program: str, seed: int) -> None:
    with (
        Sandbox() as sandbox,
        chaos(chaos_program, sandbox, seed) as url,
        sandbox.client(base_url=url, attempt_timeout=PATIENCE) as cw,
        sandbox.client() as direct,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        busy(sandbox, seed)
        provisioned = list(pool.map(lambda number: provision(cw, direct, number), range(CLIENTS)))
        check(sandbox, provisioned)


@pytest.mark.parametrize("seed", SEEDS)
def test_tasks(chaos_program: str, seed: int) -> None:
    async def run(sandbox: Sandbox, url: str) -> list[Provisioned]:
        slots = asyncio.Semaphore(AT_ONCE)
        async with (
            sandbox.async_client(base_url=url, attempt_timeout=PATIENCE) as cw,
            sandbox.async_client() as direct,
        ):

            async def one(number: int) -> Provisioned:
                async with slots:
                    return await provision_async(cw, direct, number)

            return await asyncio.gather(*map(one, range(CLIENTS)))

    with Sandbox() as sandbox, chaos(chaos_program, sandbox, seed) as url:
        busy(sandbox, seed)
        check(sandbox, asyncio.run(run(sandbox, url)))
