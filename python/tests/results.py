"""One object of every class of results, from a sandbox."""

from __future__ import annotations

from typing import Any

from crankwheel import CrankWheel

FEBRUARY = "2019-02"


def lists(cw: CrankWheel) -> dict[str, Any]:
    """Returns one list of each class, with rows, by the name of the class."""
    clients = cw.clients.list()
    history = cw.reseller.usage(FEBRUARY)
    found = [
        clients,
        cw.reseller.plans(),
        cw.sso.login_options(history.sessions[0].email or ""),
        cw.reseller.billing(FEBRUARY).per_company,
        cw.clients.billing(clients[0], FEBRUARY).periods,
        history.sessions,
        history.stats.user_stats,
    ]
    return {type(rows).__name__: rows for rows in found}


def models(cw: CrankWheel) -> dict[str, Any]:
    """Returns one model of each class by the name of the class."""
    clients = cw.clients.list()
    billing = cw.clients.billing(clients[0], FEBRUARY)
    history = cw.reseller.usage(FEBRUARY)
    found = [
        *(rows[0] for rows in lists(cw).values()),
        clients[0].settings,
        cw.clients.usage(clients[0], FEBRUARY),
        next(iter(billing.plans_pro_rata.values())),
        cw.reseller.billing(FEBRUARY),
        history,
        history.stats,
    ]
    return {type(model).__name__: model for model in found}
