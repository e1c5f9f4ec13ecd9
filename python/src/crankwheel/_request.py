"""Raw requests, for operations that this SDK does not have, and the same under an impersonation key."""

from __future__ import annotations

from . import _native
from ._lazy import types, typing
from ._native import RawBody
from ._resource import AsyncResource, Resource


class Requests(Resource):
    """Raw requests below the base URL."""

    __slots__ = ()

    def request(
        self, method: str, path: str, query: types.Query | None = None, json: typing.Any = None
    ) -> RawBody:
        """Sends any request below the base URL, for operations that this SDK does not have.

        `GET` and `HEAD` count as reads, all other methods as writes.

        Args:
            method (str): The HTTP method.
            path (str): The path below the base URL, such as `/ss/rsapi/clients`.
            query (Mapping or Sequence, optional): The query: names with their values, or pairs. A list
                as a value repeats the name, `None` leaves it out.
            json (optional): The body, sent as JSON. Defaults to no body.

        Returns:
            The response, whatever its body is.

        Raises:
            InvalidRequestError: An argument is not valid. Nothing was sent.
            CrankWheelError: Any other failure. Each kind of failure has its own subclass.

        Example:
            >>> response = cw.request("GET", "/ss/rsapi/clients")
            >>> response.status_code
            200
        """
        return self._run(_native.raw_request(self._native_client(), method, path, query, json))


class AsyncRequests(AsyncResource):
    """Raw requests below the base URL; awaited."""

    __slots__ = ()

    async def request(
        self, method: str, path: str, query: types.Query | None = None, json: typing.Any = None
    ) -> RawBody:
        """Sends any request below the base URL, for operations that this SDK does not have.

        `GET` and `HEAD` count as reads, all other methods as writes.

        Args:
            method (str): The HTTP method.
            path (str): The path below the base URL, such as `/ss/rsapi/clients`.
            query (Mapping or Sequence, optional): The query: names with their values, or pairs. A list
                as a value repeats the name, `None` leaves it out.
            json (optional): The body, sent as JSON. Defaults to no body.

        Returns:
            The response, whatever its body is.

        Raises:
            InvalidRequestError: An argument is not valid. Nothing was sent.
            CrankWheelError: Any other failure. Each kind of failure has its own subclass.

        Example:
            >>> response = await cw.request("GET", "/ss/rsapi/clients")
            >>> response.status_code
            200
        """
        return await self._run(_native.raw_request(self._native_client(), method, path, query, json))


class Impersonation(Requests):
    """Raw requests as an administrator of one client, created by `cw.impersonate(client)`."""

    __slots__ = ()


class AsyncImpersonation(AsyncRequests):
    """Raw requests as an administrator of one client, awaited; created by `cw.impersonate(client)`."""

    __slots__ = ()
