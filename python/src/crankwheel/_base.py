"""The configuration of a client, which `CrankWheel` and `AsyncCrankWheel` share.

Their options are parameters in `_options.py`.
"""

from __future__ import annotations

from . import _native
from ._lazy import abc, types, typing
from ._native import ImpersonationKey, NativeClient
from ._resource import Replaceable, namespace
from ._views import DryRuns

# For `False`, jedi would ignore the block (see `_resource.py`).
TYPE_CHECKING = bool()  # noqa: UP018
if TYPE_CHECKING:
    from typing import TypeVar

    B = TypeVar("B", bound="BaseClient")


class BaseClient(Replaceable):
    """The configuration, key and connections of a client."""

    __slots__ = (
        "_base",
        "_key_from_environment",
        "_namespaces",
        "_native_client",
        "_options",
    )

    _base: NativeClient
    _key_from_environment: bool
    _namespaces: dict[str, typing.Any]
    _native_client: abc.Callable[[], NativeClient]
    _options: dict[str, typing.Any]

    def _start(self, given: Given) -> None:
        self._key_from_environment = given.key is None
        self._options = given.options
        self._use(_native.NativeClient(given.native_options(), given.key_function()))

    def _use(self, base: NativeClient) -> None:
        self._base = base
        # Namespaces refer to it and not to the client, so a client is freed as soon as nothing uses it.
        self._native_client = lambda: base
        self._namespaces = {}

    def _copy(self, given: Given) -> types.Self:
        other = object.__new__(type(self))
        other._options = self._options | given.options
        other._key_from_environment = self._key_from_environment and given.key is None
        other._use(self._base.with_options(given.native_options(), given.key_function()))
        return other

    @property
    def base_url(self) -> str:
        """The URL of the API, without a slash at the end."""
        return self._base.base_url

    @property
    def read_only(self) -> bool:
        """True if every write is refused before it is sent."""
        return self._base.read_only

    @property
    def closed(self) -> bool:
        """True if the client was closed."""
        return self._base.closed

    @namespace
    def dry_run(self) -> DryRuns:
        """Every operation as a dry run: it returns the request as a `DryRun` and sends nothing.

        Example:
            >>> cw.dry_run.clients.update(acme, lname="Acme").body
            '{"lname":"Acme"}'
        """
        return DryRuns(self._native_client)

    def impersonation_key(self, client: types.ClientArgument) -> ImpersonationKey:
        """Returns the key for requests as an administrator of a client. It contains your own key.

        Args:
            client (int, str or Client): The client: an id, a string of digits, or a `Client`.

        Returns:
            An `ImpersonationKey`, whose ``reveal()`` returns the key.

        Raises:
            InvalidRequestError: The argument is not a client.

        Example:
            >>> cw.impersonation_key(acme)
            ImpersonationKey(***)
        """
        return self._native_client().impersonation_key(client)

    def diagnose(self) -> str:
        """Returns the effective configuration: base URL, certificates, proxy, deadlines, versions.

        Print it to find the cause of connection problems. Secrets are masked, and nothing is sent.

        Example:
            >>> cw.base_url in cw.diagnose()
            True
        """
        return self._base.diagnose()

    def __repr__(self) -> str:
        if not hasattr(self, "_base"):
            return f"<{type(self).__name__} that could not be created>"
        shown = "".join(
            f", {name}={self._options[name]!r}"
            for name in ("timeout", "max_retries", "read_only")
            if name in self._options
        )
        return f"{type(self).__name__}(base_url={self.base_url!r}{shown})"

    def __reduce__(self) -> tuple[abc.Callable[..., typing.Any], tuple[typing.Any, ...]]:
        if not self._key_from_environment:
            raise TypeError(
                f"a {type(self).__name__} with an API key that was passed to it cannot be pickled; "
                "set the environment variable CRANKWHEEL_API_KEY instead, which the copy then reads"
            )
        if "@" in self._options.get("proxy", ""):
            raise TypeError(
                f"a {type(self).__name__} with credentials in the URL of its proxy cannot be pickled; "
                "set the environment variable HTTPS_PROXY instead, which the copy then reads"
            )
        if "headers" in self._options:
            raise TypeError(
                f"a {type(self).__name__} with headers cannot be pickled, because they can be secrets; "
                "pass them to the copy with with_options(headers=...)"
            )
        return (_restore, (type(self), self._options))


def chosen(arguments: dict[str, typing.Any]) -> dict[str, typing.Any]:
    """Returns the options that were passed, without the key, from a method's ``locals()``."""
    return {
        name: value
        for name, value in arguments.items()
        if value is not None and name not in ("self", "api_key")
    }


class Given:
    """The options of a client. Its `repr` shows neither the key nor the password of a proxy."""

    __slots__ = ("key", "options")

    def __init__(self, key: types.Key | None, options: dict[str, typing.Any]) -> None:
        self.key = key
        self.options = options

    def native_options(self) -> dict[str, typing.Any]:
        """Returns the options with the key, unless that is a function."""
        if self.key is None or callable(self.key):
            return self.options
        return {**self.options, "api_key": self.key}

    def key_function(self) -> abc.Callable[[], str | abc.Awaitable[str]] | None:
        """Returns the function that returns the key, if the key is one."""
        return self.key if callable(self.key) else None


def _restore(kind: type[B], options: dict[str, typing.Any]) -> B:
    client = object.__new__(kind)
    client._start(Given(None, options))
    return client
