"""Code that must pass the type checkers: the types users see."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from typing_extensions import assert_type

from crankwheel import (
    AsyncCrankWheel,
    BillingOverview,
    BillingPeriod,
    Client,
    ClientBilling,
    ClientList,
    ConflictError,
    CrankWheel,
    DryRun,
    LoginLink,
    Period,
    Plan,
    PlanProRata,
    RawBody,
    RawResponse,
    Session,
    Settings,
    UsageHistory,
)
from crankwheel.sandbox import Sandbox


def sync(cw: CrankWheel) -> None:
    clients = cw.clients.list()
    assert_type(clients, ClientList)
    assert_type(clients[0], Client)
    assert_type(clients[1:], list[Client])
    rows: Sequence[Client] = clients
    client = rows[0]
    assert_type(client.id, int)
    assert_type(client.sname, str)
    assert_type(client.lname, "str | None")
    assert_type(client.hard_limit_starts, "datetime.datetime | None")
    assert_type(client.settings, Settings)
    assert_type(client.settings.audit_log, "bool | None")
    assert_type(cw.clients.create(sname="acmecorp", lname=None, settings={"audit_log": True}), Client)
    cw.clients.update(client, smsname=None, settings={**client.settings, "audit_log": True})
    cw.clients.update("27084", settings=client.settings, extra={"new": [1]})
    cw.clients.set_plan(27084, cw.reseller.plans()[0])
    assert_type(cw.clients.find("acmecorp"), "Client | None")
    found, created = cw.clients.get_or_create(sname="acmecorp")
    assert_type(found, Client)
    assert_type(created, bool)
    billing = cw.clients.billing(client, Period.month("2019-02", tz="Europe/Berlin"))
    assert_type(billing, ClientBilling)
    assert_type(billing.periods[0], BillingPeriod)
    assert_type(billing.plans_pro_rata["plan_2"], PlanProRata)
    assert_type(cw.reseller.billing("2019-02"), BillingOverview)
    assert_type(cw.reseller.billing().per_company[0], ClientBilling)
    history = cw.reseller.usage(Period("2019-02-01", datetime.date(2019, 2, 28)))
    assert_type(history, UsageHistory)
    assert_type(history.sessions[0], Session)
    assert_type([plan.api_name for plan in cw.reseller.plans()], list[str])
    plans: list[Plan] = list(cw.reseller.plans())
    assert plans
    assert_type(cw.sso.grant_token("a@b.c", create_in=client), LoginLink)
    assert_type(cw.with_options(timeout=datetime.timedelta(seconds=5)), CrankWheel)
    assert_type(cw.with_raw_response.clients.get(1), RawResponse[Client])
    assert_type(cw.with_raw_response.clients.get(1).parse(), Client)
    assert_type(cw.dry_run.clients.update(1, lname="Acme"), DryRun)
    assert_type(cw.request("GET", "/x", query={"a": [1, 2]}), RawBody)
    assert_type(cw.impersonate(client).request("GET", "/x", query=[("a", 1)]), RawBody)
    try:
        cw.clients.create(sname="acmecorp")
    except ConflictError as error:
        assert_type(error.existing_id, "int | None")
        assert_type(error.status_code, int)


async def awaited(cw: AsyncCrankWheel) -> None:
    async with cw:
        assert_type(await cw.clients.list(), ClientList)
        assert_type(await cw.clients.get(1), Client)
        assert_type(await cw.with_raw_response.clients.get(1), RawResponse[Client])
        assert_type(cw.dry_run.clients.get(1), DryRun)
        assert_type(await cw.impersonate(1).request("GET", "/x"), RawBody)
        assert_type(cw.with_options(max_retries=1), AsyncCrankWheel)


with Sandbox(clients=3, now="2019-03-15T12:00:00Z") as sandbox, sandbox.client() as made:
    assert_type(made, CrankWheel)
    sandbox.clock.advance(days=3)
