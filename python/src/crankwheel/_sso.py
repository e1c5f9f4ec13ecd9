"""Single sign-on: ``cw.sso``."""

from __future__ import annotations

from . import _native
from ._resource import AsyncResource, Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._fields import ClientArgument
    from ._native import LoginLink, LoginOptionList


class Sso(Resource):
    """Login links and log-in options: ``cw.sso``."""

    __slots__ = ()

    def grant_token(
        self,
        email: str,
        *,
        create_in: ClientArgument | None = None,
        dest_url: str | None = None,
        multi_login: bool = False,
    ) -> LoginLink:
        """Makes a link that logs a user in, valid for two minutes (``POST /ss/rsapi/grant_token/{email}``).

        The user's company must have ``settings.provisioning_provider`` set to ``reseller``. ``create_in`` names the client
        that an unknown address becomes a user of (``clientid`` on the wire); not with ``multi_login``, which lets the
        user choose among all accounts of the address. ``dest_url`` is where the user ends up.
        """
        return self._run(_native.sso_grant_token(self._session(), email, create_in, dest_url, multi_login))

    def login_options(self, email: str) -> LoginOptionList:
        """The accounts that this address can log in as (``GET /ss/rsapi/grant_token/{email}/list_clients``)."""
        return self._run(_native.sso_login_options(self._session(), email))


class AsyncSso(AsyncResource):
    """Login links and log-in options: ``cw.sso``. Its methods are awaited."""

    __slots__ = ()

    async def grant_token(
        self,
        email: str,
        *,
        create_in: ClientArgument | None = None,
        dest_url: str | None = None,
        multi_login: bool = False,
    ) -> LoginLink:
        """Makes a link that logs a user in, valid for two minutes (``POST /ss/rsapi/grant_token/{email}``).

        The user's company must have ``settings.provisioning_provider`` set to ``reseller``. ``create_in`` names the client
        that an unknown address becomes a user of (``clientid`` on the wire); not with ``multi_login``, which lets the
        user choose among all accounts of the address. ``dest_url`` is where the user ends up.
        """
        return await self._run(
            _native.sso_grant_token(self._session(), email, create_in, dest_url, multi_login)
        )

    async def login_options(self, email: str) -> LoginOptionList:
        """The accounts that this address can log in as (``GET /ss/rsapi/grant_token/{email}/list_clients``)."""
        return await self._run(_native.sso_login_options(self._session(), email))
