"""Code with mistakes that type checkers must find, one in each line marked `wrong`."""

from __future__ import annotations

import datetime

from crankwheel import AsyncCrankWheel, CrankWheel, Period


def sync(cw: CrankWheel) -> None:
    CrankWheel(7)  # wrong
    CrankWheel("some-key", colour="red")  # wrong
    CrankWheel("some-key", timeout="5")  # wrong
    cw.clients.create()  # wrong
    cw.clients.create(sname=None)  # wrong
    cw.clients.create(sname="acmecorp", nickname="Acme")  # wrong
    cw.clients.update(7, id=8)  # wrong
    cw.clients.update(7, remove_cw_branding="yes")  # wrong
    cw.clients.get(7.5)  # wrong
    cw.clients.get(None)  # wrong
    cw.clients.billing(7)  # wrong
    cw.reseller.billing(datetime.date(2019, 2, 1))  # wrong
    cw.clients.get(7).nickname  # wrong
    cw.clients.get(7).lname.upper()  # wrong
    cw.clients.get(7).lname = "Acme"  # wrong
    cw.clients.list()["0"]  # wrong
    cw.with_raw_response.clients.get(7).sname  # wrong
    cw.dry_run.clients.get()  # wrong
    cw.sso.grant_token("a@b.c", 7)  # wrong
    Period("2019-02-01")  # wrong


async def awaited(cw: AsyncCrankWheel) -> None:
    cw.clients.list()[0]  # wrong
    (await cw.clients.get(7)).settings.audit_log.upper()  # wrong
    with cw:  # wrong
        pass
