"""The same operations, run another way: ``cw.with_raw_response`` and ``cw.dry_run``."""

from __future__ import annotations

from ._clients import AsyncClients, Clients
from ._request import Requests
from ._reseller import AsyncReseller, Reseller
from ._resource import async_raw, dry, raw, run_dry, run_raw, start_raw
from ._sso import AsyncSso, Sso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ._native import NativeClient


class RawClients:
    """``cw.clients``, with the answer as it came."""

    def __init__(self, clients: Clients) -> None:
        self.list = raw(clients.list)
        self.create = raw(clients.create)
        self.get = raw(clients.get)
        self.update = raw(clients.update)
        self.delete = raw(clients.delete)
        self.set_plan = raw(clients.set_plan)
        self.usage = raw(clients.usage)
        self.billing = raw(clients.billing)
        self.find = raw(clients.find)
        self.get_or_create = raw(clients.get_or_create)


class RawSso:
    """``cw.sso``, with the answer as it came."""

    def __init__(self, sso: Sso) -> None:
        self.grant_token = raw(sso.grant_token)
        self.login_options = raw(sso.login_options)


class RawReseller:
    """``cw.reseller``, with the answer as it came."""

    def __init__(self, reseller: Reseller) -> None:
        self.billing = raw(reseller.billing)
        self.usage = raw(reseller.usage)
        self.plans = raw(reseller.plans)


class AsyncRawClients:
    """``cw.clients``, awaited, with the answer as it came."""

    def __init__(self, clients: AsyncClients) -> None:
        self.list = async_raw(clients.list)
        self.create = async_raw(clients.create)
        self.get = async_raw(clients.get)
        self.update = async_raw(clients.update)
        self.delete = async_raw(clients.delete)
        self.set_plan = async_raw(clients.set_plan)
        self.usage = async_raw(clients.usage)
        self.billing = async_raw(clients.billing)
        self.find = async_raw(clients.find)
        self.get_or_create = async_raw(clients.get_or_create)


class AsyncRawSso:
    """``cw.sso``, awaited, with the answer as it came."""

    def __init__(self, sso: AsyncSso) -> None:
        self.grant_token = async_raw(sso.grant_token)
        self.login_options = async_raw(sso.login_options)


class AsyncRawReseller:
    """``cw.reseller``, awaited, with the answer as it came."""

    def __init__(self, reseller: AsyncReseller) -> None:
        self.billing = async_raw(reseller.billing)
        self.usage = async_raw(reseller.usage)
        self.plans = async_raw(reseller.plans)


class DryClients:
    """``cw.clients``, as the request that would be sent."""

    def __init__(self, clients: Clients) -> None:
        self.list = dry(clients.list)
        self.create = dry(clients.create)
        self.get = dry(clients.get)
        self.update = dry(clients.update)
        self.delete = dry(clients.delete)
        self.set_plan = dry(clients.set_plan)
        self.usage = dry(clients.usage)
        self.billing = dry(clients.billing)
        self.find = dry(clients.find)
        self.get_or_create = dry(clients.get_or_create)


class DrySso:
    """``cw.sso``, as the request that would be sent."""

    def __init__(self, sso: Sso) -> None:
        self.grant_token = dry(sso.grant_token)
        self.login_options = dry(sso.login_options)


class DryReseller:
    """``cw.reseller``, as the request that would be sent."""

    def __init__(self, reseller: Reseller) -> None:
        self.billing = dry(reseller.billing)
        self.usage = dry(reseller.usage)
        self.plans = dry(reseller.plans)


class WithRawResponse:
    """Every operation, with the answer as it came: status, headers, body and ``parse()``."""

    def __init__(self, session: Callable[[], NativeClient]) -> None:
        self.clients = RawClients(Clients(session, run_raw))
        self.sso = RawSso(Sso(session, run_raw))
        self.reseller = RawReseller(Reseller(session, run_raw))


class AsyncWithRawResponse:
    """Every operation, awaited, with the answer as it came: status, headers, body and ``parse()``."""

    def __init__(self, session: Callable[[], NativeClient]) -> None:
        self.clients = AsyncRawClients(AsyncClients(session, start_raw))
        self.sso = AsyncRawSso(AsyncSso(session, start_raw))
        self.reseller = AsyncRawReseller(AsyncReseller(session, start_raw))


class DryRuns:
    """Every operation as the request that would be sent. Nothing is sent at all."""

    def __init__(self, session: Callable[[], NativeClient]) -> None:
        self.clients = DryClients(Clients(session, run_dry))
        self.sso = DrySso(Sso(session, run_dry))
        self.reseller = DryReseller(Reseller(session, run_dry))
        self.request = dry(Requests(session, run_dry).request)
