"""The exceptions: one taxonomy, the same on every surface of the SDK.

They are raised from the native module by their names. None of them holds an API key or a login token.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = [
    "APIConnectionError",
    "APIResponseError",
    "APIStatusError",
    "APITimeoutError",
    "AuthenticationError",
    "BadRequestError",
    "ConfigurationError",
    "ConflictError",
    "CrankWheelError",
    "InternalServerError",
    "InvalidRequestError",
    "NotFoundError",
    "PermissionDeniedError",
    "RateLimitError",
    "UnprocessableEntityError",
]


class CrankWheelError(Exception):
    """Any failure of this SDK. The message stands on its own, the attributes are for programs."""

    message: str
    """What happened, and what can be done about it."""
    status_code: int | None
    """The HTTP status, if an answer came."""
    request_id: str | None
    """The answer's ``x-request-id``: name it when you ask CrankWheel's support."""
    errors: dict[str, list[str]]
    """Messages by field: the API's own (400, 409), or this SDK's (`InvalidRequestError`)."""
    body: str | None
    """The answer's body, if one came and it may be shown."""
    headers: dict[str, str]
    """The answer's headers, names in lower case."""
    method: str | None
    """The request's method."""
    path: str | None
    """The request's path below the base URL."""
    attempts: int
    """How often the request was sent, 0 if never."""
    existing_id: int | None
    """On a 409 for a taken ``sname``: the id of your own client that has it."""
    retry_after: float | None
    """How many seconds the server asked to wait."""
    maybe_applied: bool | None
    """For a failed write: ``False`` if it was certainly not carried out, ``True`` if that is unknown."""

    def __init__(
        self,
        message: str = "",
        *,
        status_code: int | None = None,
        request_id: str | None = None,
        errors: dict[str, list[str]] | None = None,
        body: str | None = None,
        headers: dict[str, str] | None = None,
        method: str | None = None,
        path: str | None = None,
        attempts: int = 0,
        existing_id: int | None = None,
        retry_after: float | None = None,
        maybe_applied: bool | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status_code = status_code
        self.request_id = request_id
        self.errors = errors if errors is not None else {}
        self.body = body
        self.headers = headers if headers is not None else {}
        self.method = method
        self.path = path
        self.attempts = attempts
        self.existing_id = existing_id
        self.retry_after = retry_after
        self.maybe_applied = maybe_applied

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]:
        # The attributes (and notes) travel as state: subclasses may have another constructor.
        return (_restore, (type(self), self.message), self.__dict__)


def _restore(kind: type[CrankWheelError], message: str) -> CrankWheelError:
    error = kind.__new__(kind, message)
    CrankWheelError.__init__(error, message)
    return error


class ConfigurationError(CrankWheelError, ValueError):
    """A key, URL or option cannot be used."""


class InvalidRequestError(CrankWheelError, ValueError):
    """The request was refused before it was sent; ``errors`` says which arguments and why."""


class APIConnectionError(CrankWheelError, ConnectionError):
    """No whole answer came: name not found, TLS, refused, reset, cut short."""


class APITimeoutError(APIConnectionError, TimeoutError):
    """A deadline passed; the message says which, and after how long."""


class APIStatusError(CrankWheelError):
    """An answer that is no success. The commoner statuses have classes of their own."""

    # Always there, other than in the base class.
    status_code: int  # pyright: ignore[reportIncompatibleVariableOverride]


class BadRequestError(APIStatusError):
    """400: ``errors`` says which fields and why."""


class AuthenticationError(APIStatusError):
    """401: the API key is wrong."""


class PermissionDeniedError(APIStatusError):
    """403: the key may not do this."""


class NotFoundError(APIStatusError):
    """404: there is no such client, user or path."""


class ConflictError(APIStatusError):
    """409: taken already; ``existing_id`` is the id of your own client that has the name."""


class UnprocessableEntityError(APIStatusError):
    """422: understood, but refused."""


class RateLimitError(APIStatusError):
    """429: too many requests; ``retry_after`` is in seconds."""


class InternalServerError(APIStatusError):
    """5xx: the server failed."""


class APIResponseError(CrankWheelError):
    """A success that is not what the API documents; the message says where."""


# Tracebacks and pickles name the classes by where users import them from.
for _name in __all__:
    globals()[_name].__module__ = "crankwheel"
