"""Client companies: ``cw.clients``."""

from __future__ import annotations

from . import _native
from ._fields import NOT_GIVEN, NotGiven, given
from ._resource import AsyncResource, Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ._fields import ClientArgument, Moment, PeriodArgument, PlanArgument, SettingsArgument
    from ._native import Client, ClientBilling, ClientList, ClientUsage


class Clients(Resource):
    """Client companies of the reseller: ``cw.clients``."""

    __slots__ = ()

    def list(self) -> ClientList:
        """All clients of the reseller (``GET /ss/rsapi/clients``).

        The answer is a sequence; rows are made when they are asked for.
        """
        return self._run(_native.clients_list(self._session()))

    def create(
        self,
        *,
        sname: str,
        lname: str | NotGiven | None = NOT_GIVEN,
        smsname: str | NotGiven | None = NOT_GIVEN,
        host: str | NotGiven | None = NOT_GIVEN,
        hl: str | NotGiven | None = NOT_GIVEN,
        geo: str | NotGiven | None = NOT_GIVEN,
        logo: str | NotGiven | None = NOT_GIVEN,
        post_session_url: str | NotGiven | None = NOT_GIVEN,
        remove_cw_branding: bool | NotGiven | None = NOT_GIVEN,
        api_access_enabled: bool | NotGiven | None = NOT_GIVEN,
        integrations_enabled: bool | NotGiven | None = NOT_GIVEN,
        first_exceeded_soft_limit: Moment | NotGiven | None = NOT_GIVEN,
        hard_limit_starts: Moment | NotGiven | None = NOT_GIVEN,
        settings: SettingsArgument | NotGiven = NOT_GIVEN,
        extra: Mapping[str, Any] | NotGiven = NOT_GIVEN,
    ) -> Client:
        """Creates a client and gives it back with its id (``POST /ss/rsapi/clients``).

        Field rules (``sname``: 7 to 32 lower-case letters and digits, and so on) are checked before sending. A field
        that is left out is not sent, ``None`` is sent as null. ``extra`` carries fields newer than this SDK, unchecked.
        """
        fields = given(locals())
        return self._run(_native.clients_create(self._session(), fields))

    def get(self, client: ClientArgument) -> Client:
        """One client (``GET /ss/rsapi/clients/{id}``)."""
        return self._run(_native.clients_get(self._session(), client))

    def update(
        self,
        client: ClientArgument,
        *,
        sname: str | NotGiven = NOT_GIVEN,
        lname: str | NotGiven | None = NOT_GIVEN,
        smsname: str | NotGiven | None = NOT_GIVEN,
        host: str | NotGiven | None = NOT_GIVEN,
        hl: str | NotGiven | None = NOT_GIVEN,
        geo: str | NotGiven | None = NOT_GIVEN,
        logo: str | NotGiven | None = NOT_GIVEN,
        post_session_url: str | NotGiven | None = NOT_GIVEN,
        remove_cw_branding: bool | NotGiven | None = NOT_GIVEN,
        api_access_enabled: bool | NotGiven | None = NOT_GIVEN,
        integrations_enabled: bool | NotGiven | None = NOT_GIVEN,
        first_exceeded_soft_limit: Moment | NotGiven | None = NOT_GIVEN,
        hard_limit_starts: Moment | NotGiven | None = NOT_GIVEN,
        settings: SettingsArgument | NotGiven = NOT_GIVEN,
        extra: Mapping[str, Any] | NotGiven = NOT_GIVEN,
    ) -> None:
        """Changes a client (``PATCH /ss/rsapi/clients/{id}``): what is left out stays, ``None`` becomes null.

        Settings need their own id: it is taken from ``client`` if that is a `Client`, else looked up by one request.
        """
        fields = given(locals())
        return self._run(_native.clients_update(self._session(), client, fields))

    def delete(self, client: ClientArgument) -> None:
        """Deletes a client (``DELETE /ss/rsapi/clients/{id}``)."""
        return self._run(_native.clients_delete(self._session(), client))

    def set_plan(self, client: ClientArgument, plan: PlanArgument) -> None:
        """Sets a client's plan (``POST /ss/rsapi/clients/{id}/plan/{plan}``), by its API name or as a `Plan`."""
        return self._run(_native.clients_set_plan(self._session(), client, plan))

    def usage(
        self, client: ClientArgument, period: PeriodArgument | None = None, *, min_seconds: int | None = None
    ) -> ClientUsage:
        """How many meetings a client had (``GET /ss/rsapi/clients/{id}/usage``).

        By default those of the last 28 days that lasted at least 40 seconds (``min_seconds``).
        """
        return self._run(_native.clients_usage(self._session(), client, period, min_seconds))

    def billing(self, client: ClientArgument, period: PeriodArgument) -> ClientBilling:
        """Which plans a client had in a period (``GET /ss/rsapi/clients/{id}/billing``). The API has no default period."""
        return self._run(_native.clients_billing(self._session(), client, period))

    def find(self, sname: str) -> Client | None:
        """The client with this ``sname``, or ``None``. Reads the whole list."""
        return self._run(_native.clients_find(self._session(), sname))

    def get_or_create(
        self,
        *,
        sname: str,
        lname: str | NotGiven | None = NOT_GIVEN,
        smsname: str | NotGiven | None = NOT_GIVEN,
        host: str | NotGiven | None = NOT_GIVEN,
        hl: str | NotGiven | None = NOT_GIVEN,
        geo: str | NotGiven | None = NOT_GIVEN,
        logo: str | NotGiven | None = NOT_GIVEN,
        post_session_url: str | NotGiven | None = NOT_GIVEN,
        remove_cw_branding: bool | NotGiven | None = NOT_GIVEN,
        api_access_enabled: bool | NotGiven | None = NOT_GIVEN,
        integrations_enabled: bool | NotGiven | None = NOT_GIVEN,
        first_exceeded_soft_limit: Moment | NotGiven | None = NOT_GIVEN,
        hard_limit_starts: Moment | NotGiven | None = NOT_GIVEN,
        settings: SettingsArgument | NotGiven = NOT_GIVEN,
        extra: Mapping[str, Any] | NotGiven = NOT_GIVEN,
    ) -> tuple[Client, bool]:
        """The client with this ``sname``, and whether it was created now. An existing one is never changed."""
        fields = given(locals())
        return self._run(_native.clients_get_or_create(self._session(), fields))


class AsyncClients(AsyncResource):
    """Client companies of the reseller: ``cw.clients``. Its methods are awaited."""

    __slots__ = ()

    async def list(self) -> ClientList:
        """All clients of the reseller (``GET /ss/rsapi/clients``).

        The answer is a sequence; rows are made when they are asked for.
        """
        return await self._run(_native.clients_list(self._session()))

    async def create(
        self,
        *,
        sname: str,
        lname: str | NotGiven | None = NOT_GIVEN,
        smsname: str | NotGiven | None = NOT_GIVEN,
        host: str | NotGiven | None = NOT_GIVEN,
        hl: str | NotGiven | None = NOT_GIVEN,
        geo: str | NotGiven | None = NOT_GIVEN,
        logo: str | NotGiven | None = NOT_GIVEN,
        post_session_url: str | NotGiven | None = NOT_GIVEN,
        remove_cw_branding: bool | NotGiven | None = NOT_GIVEN,
        api_access_enabled: bool | NotGiven | None = NOT_GIVEN,
        integrations_enabled: bool | NotGiven | None = NOT_GIVEN,
        first_exceeded_soft_limit: Moment | NotGiven | None = NOT_GIVEN,
        hard_limit_starts: Moment | NotGiven | None = NOT_GIVEN,
        settings: SettingsArgument | NotGiven = NOT_GIVEN,
        extra: Mapping[str, Any] | NotGiven = NOT_GIVEN,
    ) -> Client:
        """Creates a client and gives it back with its id (``POST /ss/rsapi/clients``).

        Field rules (``sname``: 7 to 32 lower-case letters and digits, and so on) are checked before sending. A field
        that is left out is not sent, ``None`` is sent as null. ``extra`` carries fields newer than this SDK, unchecked.
        """
        fields = given(locals())
        return await self._run(_native.clients_create(self._session(), fields))

    async def get(self, client: ClientArgument) -> Client:
        """One client (``GET /ss/rsapi/clients/{id}``)."""
        return await self._run(_native.clients_get(self._session(), client))

    async def update(
        self,
        client: ClientArgument,
        *,
        sname: str | NotGiven = NOT_GIVEN,
        lname: str | NotGiven | None = NOT_GIVEN,
        smsname: str | NotGiven | None = NOT_GIVEN,
        host: str | NotGiven | None = NOT_GIVEN,
        hl: str | NotGiven | None = NOT_GIVEN,
        geo: str | NotGiven | None = NOT_GIVEN,
        logo: str | NotGiven | None = NOT_GIVEN,
        post_session_url: str | NotGiven | None = NOT_GIVEN,
        remove_cw_branding: bool | NotGiven | None = NOT_GIVEN,
        api_access_enabled: bool | NotGiven | None = NOT_GIVEN,
        integrations_enabled: bool | NotGiven | None = NOT_GIVEN,
        first_exceeded_soft_limit: Moment | NotGiven | None = NOT_GIVEN,
        hard_limit_starts: Moment | NotGiven | None = NOT_GIVEN,
        settings: SettingsArgument | NotGiven = NOT_GIVEN,
        extra: Mapping[str, Any] | NotGiven = NOT_GIVEN,
    ) -> None:
        """Changes a client (``PATCH /ss/rsapi/clients/{id}``): what is left out stays, ``None`` becomes null.

        Settings need their own id: it is taken from ``client`` if that is a `Client`, else looked up by one request.
        """
        fields = given(locals())
        return await self._run(_native.clients_update(self._session(), client, fields))

    async def delete(self, client: ClientArgument) -> None:
        """Deletes a client (``DELETE /ss/rsapi/clients/{id}``)."""
        return await self._run(_native.clients_delete(self._session(), client))

    async def set_plan(self, client: ClientArgument, plan: PlanArgument) -> None:
        """Sets a client's plan (``POST /ss/rsapi/clients/{id}/plan/{plan}``), by its API name or as a `Plan`."""
        return await self._run(_native.clients_set_plan(self._session(), client, plan))

    async def usage(
        self, client: ClientArgument, period: PeriodArgument | None = None, *, min_seconds: int | None = None
    ) -> ClientUsage:
        """How many meetings a client had (``GET /ss/rsapi/clients/{id}/usage``).

        By default those of the last 28 days that lasted at least 40 seconds (``min_seconds``).
        """
        return await self._run(_native.clients_usage(self._session(), client, period, min_seconds))

    async def billing(self, client: ClientArgument, period: PeriodArgument) -> ClientBilling:
        """Which plans a client had in a period (``GET /ss/rsapi/clients/{id}/billing``). The API has no default period."""
        return await self._run(_native.clients_billing(self._session(), client, period))

    async def find(self, sname: str) -> Client | None:
        """The client with this ``sname``, or ``None``. Reads the whole list."""
        return await self._run(_native.clients_find(self._session(), sname))

    async def get_or_create(
        self,
        *,
        sname: str,
        lname: str | NotGiven | None = NOT_GIVEN,
        smsname: str | NotGiven | None = NOT_GIVEN,
        host: str | NotGiven | None = NOT_GIVEN,
        hl: str | NotGiven | None = NOT_GIVEN,
        geo: str | NotGiven | None = NOT_GIVEN,
        logo: str | NotGiven | None = NOT_GIVEN,
        post_session_url: str | NotGiven | None = NOT_GIVEN,
        remove_cw_branding: bool | NotGiven | None = NOT_GIVEN,
        api_access_enabled: bool | NotGiven | None = NOT_GIVEN,
        integrations_enabled: bool | NotGiven | None = NOT_GIVEN,
        first_exceeded_soft_limit: Moment | NotGiven | None = NOT_GIVEN,
        hard_limit_starts: Moment | NotGiven | None = NOT_GIVEN,
        settings: SettingsArgument | NotGiven = NOT_GIVEN,
        extra: Mapping[str, Any] | NotGiven = NOT_GIVEN,
    ) -> tuple[Client, bool]:
        """The client with this ``sname``, and whether it was created now. An existing one is never changed."""
        fields = given(locals())
        return await self._run(_native.clients_get_or_create(self._session(), fields))
