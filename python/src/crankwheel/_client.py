"""The entry points: `CrankWheel`, and `AsyncCrankWheel` whose operations are awaited."""

from __future__ import annotations

from . import _native
from ._clients import AsyncClients, Clients
from ._request import AsyncImpersonation, AsyncRequests, Impersonation, Requests
from ._reseller import AsyncReseller, Reseller
from ._resource import run, start
from ._sso import AsyncSso, Sso
from ._views import AsyncWithRawResponse, DryRuns, WithRawResponse

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from datetime import timedelta
    from types import TracebackType
    from typing import Any, TypeAlias, TypeVar

    from typing_extensions import Self

    from ._fields import ClientArgument
    from ._native import ImpersonationKey, NativeClient, RawBody
    from ._request import Query

    Seconds: TypeAlias = float | timedelta
    """Seconds, or a `timedelta`."""
    Key: TypeAlias = str | Callable[[], str]
    """The API key, or a function that gives the key of the moment."""
    B = TypeVar("B", bound="BaseClient")


class BaseClient:
    """Options, key and connections; what `CrankWheel` and `AsyncCrankWheel` have in common."""

    __slots__ = ("__weakref__", "_base", "_key", "_key_from_environment", "_options")

    _base: NativeClient
    _key: Callable[[], str] | None
    _key_from_environment: bool
    _options: dict[str, Any]

    def __init__(
        self,
        api_key: Key | None = None,
        *,
        base_url: str | None = None,
        timeout: Seconds | None = None,
        connect_timeout: Seconds | None = None,
        attempt_timeout: Seconds | None = None,
        max_retries: int | None = None,
        retry_writes: bool | None = None,
        read_only: bool | None = None,
        proxy: str | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        client_certificate: str | os.PathLike[str] | None = None,
        user_agent_suffix: str | None = None,
        max_connections: int | None = None,
        max_idle_connections: int | None = None,
        idle_timeout: Seconds | None = None,
        allow_insecure_http: bool | None = None,
    ) -> None:
        """Makes a client. No I/O happens before the first call.

        ``api_key`` is a text, or a function that is called before each call, for keys that rotate; by default the
        environment's ``CRANKWHEEL_API_KEY``. ``base_url`` is by default the environment's ``CRANKWHEEL_BASE_URL``, else
        ``https://meeting.is``. ``timeout`` bounds a whole call, retries included (90 s; 15 min for the usage history and
        the billing overview), ``connect_timeout`` making a connection (5 s), ``attempt_timeout`` the wait for an answer's
        head, then for each next part of it (30 s). ``max_retries`` (2) is how often a call that may be repeated is;
        ``retry_writes`` repeats writes, too, of which it is unknown whether they were carried out (best for single calls:
        ``cw.with_options(retry_writes=True).clients.set_plan(...)``). ``read_only`` refuses every write before it is sent.

        ``max_connections`` (100) bounds how many requests are under way at once; further calls wait for their turn.
        ``max_idle_connections`` (100) are kept for later calls, for ``idle_timeout`` (20 s). ``ca_file`` names
        certificates to trust beside the system's and those of ``REQUESTS_CA_BUNDLE`` or ``CURL_CA_BUNDLE``,
        ``client_certificate`` a PEM file with a certificate and its key. ``proxy`` is a URL (by default the
        environment's ``HTTPS_PROXY``, but never for this machine). ``allow_insecure_http`` lets the key travel
        unencrypted to other machines.
        """
        given = _Given(api_key, _chosen(locals()))
        # Error trackers and debuggers show the variables of every frame, this one's, too.
        del api_key, proxy
        self._start(given)

    def _start(self, given: _Given) -> None:
        self._key = given.key if callable(given.key) else None
        self._key_from_environment = given.key is None
        self._options = given.options
        self._base = _native.NativeClient(given.with_text(), self._key is not None)

    def with_options(
        self,
        *,
        api_key: Key | None = None,
        base_url: str | None = None,
        timeout: Seconds | None = None,
        connect_timeout: Seconds | None = None,
        attempt_timeout: Seconds | None = None,
        max_retries: int | None = None,
        retry_writes: bool | None = None,
        read_only: bool | None = None,
        proxy: str | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        client_certificate: str | os.PathLike[str] | None = None,
        user_agent_suffix: str | None = None,
        max_connections: int | None = None,
        max_idle_connections: int | None = None,
        idle_timeout: Seconds | None = None,
        allow_insecure_http: bool | None = None,
    ) -> Self:
        """A copy with some options changed; it shares the connections where they can be shared.

        This is also the way to give options to a single call: ``cw.with_options(timeout=5).clients.list()``.
        """
        given = _Given(api_key, _chosen(locals()))
        del api_key, proxy
        other = object.__new__(type(self))
        other._options = self._options | given.options
        other._key = self._key
        other._key_from_environment = self._key_from_environment
        if given.key is not None:
            other._key = given.key if callable(given.key) else None
            other._key_from_environment = False
        other._base = self._base.with_options(given.with_text())
        return other

    def _session(self) -> NativeClient:
        """The session for a call; the function that gives the key is called here, on the caller's thread."""
        if self._key is None:
            return self._base
        return self._base.with_options({"api_key": self._key()})

    @property
    def base_url(self) -> str:
        """Where the API is."""
        return self._base.base_url

    @property
    def read_only(self) -> bool:
        """Whether every write is refused before it is sent."""
        return self._base.read_only

    @property
    def closed(self) -> bool:
        """Whether the client was closed."""
        return self._base.closed

    @property
    def dry_run(self) -> DryRuns:
        """Every operation as the request that it would send; nothing is sent at all."""
        return DryRuns(lambda: self._base)

    def impersonation_key(self, client: ClientArgument) -> ImpersonationKey:
        """The key that acts as an administrator of a client. It contains your own key: ``reveal()`` shows it."""
        return self._session().impersonation_key(client)

    def diagnose(self) -> str:
        """What the client works with, secrets masked: print it when it does not get through. Sends nothing."""
        return self._base.diagnose()

    def __repr__(self) -> str:
        if not hasattr(self, "_base"):
            return f"<{type(self).__name__} that could not be made>"
        shown = "".join(
            f", {name}={self._options[name]!r}"
            for name in ("timeout", "max_retries", "read_only")
            if name in self._options
        )
        return f"{type(self).__name__}(base_url={self.base_url!r}{shown})"

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        if not self._key_from_environment:
            raise TypeError(
                f"this {type(self).__name__} holds an API key that was passed to it, and keys are not pickled; "
                "leave the key to the environment variable CRANKWHEEL_API_KEY and the copy reads it anew"
            )
        if "@" in self._options.get("proxy", ""):
            raise TypeError(
                f"the proxy URL of this {type(self).__name__} holds credentials, and those are not pickled; "
                "leave the proxy to the environment variable HTTPS_PROXY and the copy reads it anew"
            )
        return (_restore, (type(self), self._options))


class CrankWheel(BaseClient):
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


class AsyncCrankWheel(BaseClient):
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


def _chosen(arguments: dict[str, Any]) -> dict[str, Any]:
    """The options (a method's ``locals()``) that were given, the key apart."""
    return {
        name: value
        for name, value in arguments.items()
        if value is not None and name not in ("self", "api_key")
    }


class _Given:
    """What a client is made with, in a wrap that does not show the key or a proxy's password."""

    __slots__ = ("key", "options")

    def __init__(self, key: Key | None, options: dict[str, Any]) -> None:
        self.key = key
        self.options = options

    def with_text(self) -> dict[str, Any]:
        """The options, the key among them if it is a text (or what is no key at all: the native side then says so)."""
        if self.key is None or callable(self.key):
            return self.options
        return {**self.options, "api_key": self.key}


def _impersonating(owner: BaseClient, client: ClientArgument) -> Callable[[], NativeClient]:
    # Checked at once, and made anew for each call because the key may rotate.
    owner._base.check_client(client)
    return lambda: owner._session().impersonating(client)


def _restore(kind: type[B], options: dict[str, Any]) -> B:
    client = object.__new__(kind)
    client._start(_Given(None, options))
    return client
