"""The entry points: `CrankWheel`, and `AsyncCrankWheel`, whose operations are awaited."""

from __future__ import annotations

from ._async_clients import AsyncClients
from ._async_reseller import AsyncReseller
from ._async_sso import AsyncSso
from ._clients import Clients
from ._closing import drain, start_draining
from ._lazy import abc, builtin_types, types, typing
from ._native import NativeClient, RawBody
from ._options import ConfiguredClient
from ._request import AsyncImpersonation, AsyncRequests, Impersonation, Requests
from ._reseller import Reseller
from ._resource import namespace, run, start
from ._sso import Sso
from ._views import AsyncWithRawResponse, WithRawResponse

# For `False`, jedi would ignore the block (see `_resource.py`).
TYPE_CHECKING = bool()  # noqa: UP018
if TYPE_CHECKING:
    from ._base import BaseClient


class CrankWheel(ConfiguredClient):
    """A client of the CrankWheel reseller API.

    One object can be used from many threads. `__init__` documents the options.

    Example:
        >>> from crankwheel.sandbox import Sandbox
        >>> with Sandbox(clients=3) as sandbox, CrankWheel(sandbox.api_key, base_url=sandbox.url) as cw:
        ...     len(cw.clients.list())
        3
    """

    __slots__ = ()

    @namespace
    def clients(self) -> Clients:
        """Client companies: list, get, create, update, delete, set plan, usage, billing."""
        return Clients(self._native_client, run)

    @namespace
    def sso(self) -> Sso:
        """Single sign-on: login links and login options."""
        return Sso(self._native_client, run)

    @namespace
    def reseller(self) -> Reseller:
        """The reseller as a whole: billing overview, usage history, plans."""
        return Reseller(self._native_client, run)

    @namespace
    def with_raw_response(self) -> WithRawResponse:
        """Every operation, returning the raw response: status, headers, body and ``parse()``."""
        return WithRawResponse(self._native_client)

    def request(
        self, method: str, path: str, query: types.Query | None = None, json: typing.Any = None
    ) -> RawBody:
        """Sends any request below the base URL, for operations that this SDK does not have.

        Args:
            method (str): The HTTP method, such as `GET`.
            path (str): The path below the base URL, such as `/ss/rsapi/clients`.
            query (Mapping or Sequence, optional): The query: names with their values, or pairs. A list
                as a value repeats the name, `None` leaves it out.
            json (optional): The body, sent as JSON. Defaults to no body.

        Returns:
            The response, whatever its body is.

        Raises:
            InvalidRequestError: An argument is not valid. Nothing was sent.
            CrankWheelError: typing.Any other failure. Each kind of failure has its own subclass.

        Example:
            >>> response = cw.request("GET", "/ss/rsapi/reseller/plans")
            >>> response.status_code
            200
        """
        return Requests(self._native_client, run).request(method, path, query, json)

    def impersonate(self, client: types.ClientArgument) -> Impersonation:
        """Returns an object that sends raw requests as an administrator of a client.

        The account-level API accepts these requests.

        Args:
            client (int, str or Client): The client: an id, a string of digits, or a `Client`.

        Raises:
            InvalidRequestError: The argument is not a client.

        Example:
            >>> admin = cw.impersonate(acme)
            >>> admin  # call admin.request("GET", "/ss/api/users")
            <Impersonation>
        """
        return Impersonation(_impersonating(self, client), run)

    def close(self, timeout: types.Seconds | None = None) -> None:
        """Closes the client: refuses further calls, also of all copies that share its connections.

        Calls that other threads have begun go on, but are not retried any more: one that waits to retry
        ends at once with the error of its last attempt. Idle connections are closed when the last call
        has ended. A client can be closed more than once.

        Args:
            timeout (seconds or timedelta, optional): The time to wait for the calls in flight. Those
                that have not ended then are dropped, and raise `APITimeoutError`; 0 drops them at once.
                Ctrl-C ends the wait. Defaults to not waiting.

        Raises:
            InvalidRequestError: `timeout` is not valid. The client is not closed.

        Example:
            >>> cw = CrankWheel("some-key")
            >>> cw.close(timeout=10)
            >>> cw.closed
            True
        """
        if timeout is None:
            self._base.close()
        else:
            drain(self._base, timeout)

    def __enter__(self) -> types.Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: builtin_types.TracebackType | None,
    ) -> None:
        self.close()


class AsyncCrankWheel(ConfiguredClient):
    """A client of the CrankWheel reseller API for asyncio. Its operations are awaited.

    One object can be used from several event loops, one after the other or at once.

    Example:
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

    @namespace
    def clients(self) -> AsyncClients:
        """Client companies: list, get, create, update, delete, set plan, usage, billing."""
        return AsyncClients(self._native_client, start)

    @namespace
    def sso(self) -> AsyncSso:
        """Single sign-on: login links and login options."""
        return AsyncSso(self._native_client, start)

    @namespace
    def reseller(self) -> AsyncReseller:
        """The reseller as a whole: billing overview, usage history, plans."""
        return AsyncReseller(self._native_client, start)

    @namespace
    def with_raw_response(self) -> AsyncWithRawResponse:
        """Every operation, returning the raw response: status, headers, body and ``parse()``."""
        return AsyncWithRawResponse(self._native_client)

    async def request(
        self, method: str, path: str, query: types.Query | None = None, json: typing.Any = None
    ) -> RawBody:
        """Sends any request below the base URL, for operations that this SDK does not have.

        Args:
            method (str): The HTTP method, such as `GET`.
            path (str): The path below the base URL, such as `/ss/rsapi/clients`.
            query (Mapping or Sequence, optional): The query: names with their values, or pairs. A list
                as a value repeats the name, `None` leaves it out.
            json (optional): The body, sent as JSON. Defaults to no body.

        Returns:
            The response, whatever its body is.

        Raises:
            InvalidRequestError: An argument is not valid. Nothing was sent.
            CrankWheelError: typing.Any other failure. Each kind of failure has its own subclass.

        Example:
            >>> response = await cw.request("GET", "/ss/rsapi/reseller/plans")
            >>> response.status_code
            200
        """
        return await AsyncRequests(self._native_client, start).request(method, path, query, json)

    def impersonate(self, client: types.ClientArgument) -> AsyncImpersonation:
        """Returns an object that sends raw requests as an administrator of a client.

        The account-level API accepts these requests.

        Args:
            client (int, str or Client): The client: an id, a string of digits, or a `Client`.

        Raises:
            InvalidRequestError: The argument is not a client.

        Example:
            >>> admin = cw.impersonate(acme)
            >>> admin  # call await admin.request("GET", "/ss/api/users")
            <AsyncImpersonation>
        """
        return AsyncImpersonation(_impersonating(self, client), start)

    async def close(self, timeout: types.Seconds | None = None) -> None:
        """Closes the client, and waits until the calls in flight have ended.

        Further calls are refused at once, also of all copies that share the connections. Calls that began
        before go on, but are not retried any more: one that waits to retry ends at once with the error
        of its last attempt. If the task that waits is cancelled, the client stays closed, and the calls
        go on. A client can be closed more than once.

        At the end of ``async with``, the calls in flight are awaited, too, unless it is left because of
        a cancellation, Ctrl-C or another exception that is not an `Exception`.

        Args:
            timeout (seconds or timedelta, optional): The time that the calls in flight have to end.
                Those that have not ended then are dropped, and raise `APITimeoutError`; 0 drops them at
                once. Defaults to the time that the own `timeout` of each call leaves.

        Raises:
            InvalidRequestError: `timeout` is not valid. The client is not closed.

        Example:
            >>> await cw.close(timeout=10)
            >>> cw.closed
            True
        """
        await start_draining(self._base, timeout)

    async def __aenter__(self) -> types.Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: builtin_types.TracebackType | None,
    ) -> None:
        # A task that is cancelled must not wait.
        if kind is None or issubclass(kind, Exception):
            await self.close()
        else:
            self._base.close()


def _impersonating(owner: BaseClient, client: types.ClientArgument) -> abc.Callable[[], NativeClient]:
    # The argument is checked now; the key is read for each call, because it may rotate.
    owner._base.check_client(client)
    return lambda: owner._native_client().impersonating(client)
