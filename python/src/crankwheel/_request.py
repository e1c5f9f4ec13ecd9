"""Raw requests, for what the API grows next, and the same under an impersonation key."""

from __future__ import annotations

from . import _native
from ._resource import AsyncResource, Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, TypeAlias

    from ._native import RawBody

    Query: TypeAlias = Mapping[str, Any] | Sequence[tuple[str, Any]]
    """A query by names; a list as a value repeats the name, ``None`` leaves it out."""


class Requests(Resource):
    """Raw requests below the base URL."""

    __slots__ = ()

    def request(self, method: str, path: str, query: Query | None = None, json: Any = None) -> RawBody:
        """Sends any request below the base URL, such as ``("GET", "/ss/rsapi/clients")``.

        ``GET`` and ``HEAD`` count as reads, all else as writes. Other hosts are refused.
        """
        return self._run(_native.raw_request(self._session(), method, path, query, json))


class AsyncRequests(AsyncResource):
    """Raw requests below the base URL; awaited."""

    __slots__ = ()

    async def request(self, method: str, path: str, query: Query | None = None, json: Any = None) -> RawBody:
        """Sends any request below the base URL, such as ``("GET", "/ss/rsapi/clients")``.

        ``GET`` and ``HEAD`` count as reads, all else as writes. Other hosts are refused.
        """
        return await self._run(_native.raw_request(self._session(), method, path, query, json))


class Impersonation(Requests):
    """Raw requests as an administrator of one client; made by ``cw.impersonate(client)``."""

    __slots__ = ()


class AsyncImpersonation(AsyncRequests):
    """Raw requests as an administrator of one client, awaited; made by ``cw.impersonate(client)``."""

    __slots__ = ()
