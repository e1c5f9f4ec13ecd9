"""The entry points: `CrankWheel`, and `AsyncCrankWheel` whose operations are awaited."""

from __future__ import annotations

from ._async_clients import AsyncClients
from ._async_reseller import AsyncReseller
from ._async_sso import AsyncSso
from ._clients import Clients
from ._options import ConfiguredClient
from ._request import AsyncImpersonation, AsyncRequests, Impersonation, Requests
from ._reseller import Reseller
from ._resource import run, start
from ._sso import Sso
from ._views import AsyncWithRawResponse, WithRawResponse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any

    from typing_extensions import Self

    from ._base import BaseClient
    from ._fields import ClientArgument
    from ._native import NativeClient, RawBody
    from ._request import Query


class CrankWheel(ConfiguredClient):
    """A client of the CrankWheel reseller API.

    >>> from crankwheel.sandbox import Sandbox
    >>> with Sandbox(clients=3) as sandbox, CrankWheel(sandbox.api_key, base_url=sandbox.url) as cw:
    ...     len(cw.clients.list())
    3
    """

    __slots__ = ()

    @property
    def clients(self) -> Clients:
        """Client companies: list, create, get, update, delete, plans, usage, bills."""
        return Clients(self._session, run)

    @property
    def sso(self) -> Sso:
        """Single sign-on: login links and log-in options."""
        return Sso(self._session, run)

    @property
    def reseller(self) -> Reseller:
        """The reseller as a whole: billing overview, usage history, plans."""
        return Reseller(self._session, run)

    @property
    def with_raw_response(self) -> WithRawResponse:
        """Every operation, with the answer as it came: status, headers, body and ``parse()``."""
        return WithRawResponse(self._session)

    def request(self, method: str, path: str, query: Query | None = None, json: Any = None) -> RawBody:
        """Sends any request below the base URL, for what the API grows next."""
        return Requests(self._session, run).request(method, path, query, json)

    def impersonate(self, client: ClientArgument) -> Impersonation:
        """Raw requests as an administrator of a client, for the account-level API."""
        return Impersonation(_impersonating(self, client), run)

    def close(self) -> None:
        """Closes idle connections and refuses further calls, on all copies that share the connections."""
        self._base.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class AsyncCrankWheel(ConfiguredClient):
    """A client of the CrankWheel reseller API for asyncio: as `CrankWheel`, its operations are awaited.

    One object can be used from several event loops, one after the other or at once.

    >>> import asyncio
    >>> from crankwheel.sandbox import Sandbox
    >>> async def count(url: str, key: str) -> int:
    ...     async with AsyncCrankWheel(key, base_url=url) as cw:
    ...         return len(await cw.clients.list())
    >>> with Sandbox(clients=3) as sandbox:
    ...     asyncio.run(count(sandbox.url, sandbox.api_key))
    3
    """

    __slots__ = ()

    @property
    def clients(self) -> AsyncClients:
        """Client companies: list, create, get, update, delete, plans, usage, bills."""
        return AsyncClients(self._session, start)

    @property
    def sso(self) -> AsyncSso:
        """Single sign-on: login links and log-in options."""
        return AsyncSso(self._session, start)

    @property
    def reseller(self) -> AsyncReseller:
        """The reseller as a whole: billing overview, usage history, plans."""
        return AsyncReseller(self._session, start)

    @property
    def with_raw_response(self) -> AsyncWithRawResponse:
        """Every operation, with the answer as it came: status, headers, body and ``parse()``."""
        return AsyncWithRawResponse(self._session)

    async def request(self, method: str, path: str, query: Query | None = None, json: Any = None) -> RawBody:
        """Sends any request below the base URL, for what the API grows next."""
        return await AsyncRequests(self._session, start).request(method, path, query, json)

    def impersonate(self, client: ClientArgument) -> AsyncImpersonation:
        """Raw requests as an administrator of a client, for the account-level API."""
        return AsyncImpersonation(_impersonating(self, client), start)

    async def close(self) -> None:
        """Closes idle connections and refuses further calls, on all copies that share the connections."""
        self._base.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()


def _impersonating(owner: BaseClient, client: ClientArgument) -> Callable[[], NativeClient]:
    # Checked at once, and made anew for each call because the key may rotate.
    owner._base.check_client(client)
    return lambda: owner._session().impersonating(client)
