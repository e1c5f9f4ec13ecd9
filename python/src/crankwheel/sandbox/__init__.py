"""The reseller API in memory, to build and test against without a live account.

>>> from crankwheel.sandbox import Sandbox
>>> with Sandbox(clients=3, days=30) as sandbox, sandbox.client() as cw:
...     created = cw.clients.create(sname="acmecorp", lname="Acme")
...     len(cw.clients.list()), sandbox.requests[0].method
(4, 'POST')

It listens on a free port of this machine only, and stops with the ``with`` block. The same as a program:
``python -m crankwheel.sandbox --port 8080``.
"""

from __future__ import annotations

import json as _json

from .. import _native
from .._client import AsyncCrankWheel, CrankWheel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta
    from types import TracebackType
    from typing import Any

    from typing_extensions import Self

__all__ = ["Clock", "RecordedRequest", "Sandbox"]


class RecordedRequest:
    """A request as the sandbox saw it. The key is not in it."""

    __slots__ = ("body", "headers", "method", "path", "query", "status")

    method: str
    """``GET``, ``POST`` and so on."""
    path: str
    """The path as it was on the wire, percent-encoded."""
    query: list[tuple[str, str]]
    """The query, decoded, in order."""
    status: int
    """The status of the answer."""
    body: str
    """The body as text."""
    headers: dict[str, str]
    """The headers, names in lower case, without ``authorization``."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        self.method = record["method"]
        self.path = record["path"]
        self.query = [(name, value) for name, value in record["query"]]
        self.status = record["status"]
        self.body = record["body"]
        self.headers = dict(record["headers"])

    def json(self) -> Any:
        """The body as JSON; ``None`` if there is none."""
        return _json.loads(self.body) if self.body else None

    def __repr__(self) -> str:
        return f"<{self.method} {self.path} -> {self.status}>"


class Clock:
    """The sandbox's clock: it can be stopped, set and moved, so that a test can live through a year."""

    __slots__ = ("_handle",)

    def __init__(self, handle: _native.SandboxHandle) -> None:
        self._handle = handle

    @property
    def now(self) -> datetime:
        """What the clock shows."""
        return self._handle.now()

    def set(self, time: datetime | str) -> None:
        """Sets it to an aware datetime, or to RFC 3339 text."""
        self._handle.set_now(time)

    def advance(
        self, by: timedelta | None = None, *, days: float = 0, hours: float = 0, seconds: float = 0
    ) -> None:
        """Moves it on, by a `timedelta` or by days, hours and seconds."""
        from datetime import timedelta

        span = timedelta(days=days, hours=hours, seconds=seconds)
        self._handle.advance(span if by is None else by + span)

    def freeze(self) -> None:
        """Stops it where it is."""
        self._handle.freeze()

    def unfreeze(self) -> None:
        """Lets it run on from where it is."""
        self._handle.unfreeze()

    def __repr__(self) -> str:
        return f"<Clock at {self.now.isoformat()}>"


class Sandbox:
    """A reseller account in memory behind all 13 endpoints of the API.

    ``clients`` companies with ``days`` of history are made from ``seed``: same seed and same ``now``, same data. With
    ``now`` (an aware datetime or RFC 3339 text) the clock stands still there until it is moved; without it runs with
    the system's. It starts at once and stops at the end of the ``with`` block, or by `stop`.
    """

    __slots__ = ("__weakref__", "_handle", "clock")

    clock: Clock
    """The sandbox's clock."""

    def __init__(
        self,
        *,
        clients: int = 0,
        days: int = 365,
        seed: int = 7,
        now: datetime | str | None = None,
        port: int = 0,
        api_key: str | None = None,
        body_on_204: bool = True,
    ) -> None:
        self._handle = _native.SandboxHandle(clients, days, seed, port, now, body_on_204, api_key)
        self.clock = Clock(self._handle)

    @property
    def url(self) -> str:
        """Where it listens."""
        return self._handle.url

    @property
    def api_key(self) -> str:
        """The reseller's read/write key."""
        return self._handle.api_key

    @property
    def read_only_key(self) -> str:
        """A key that can only read."""
        return self._handle.read_only_key

    def client(self, **options: Any) -> CrankWheel:
        """A `CrankWheel` for this sandbox; ``options`` are those of its constructor."""
        return CrankWheel(**self._address(options))

    def async_client(self, **options: Any) -> AsyncCrankWheel:
        """An `AsyncCrankWheel` for this sandbox; ``options`` are those of its constructor."""
        return AsyncCrankWheel(**self._address(options))

    def _address(self, options: dict[str, Any]) -> dict[str, Any]:
        return {"api_key": self.api_key, "base_url": self.url, **options}

    @property
    def requests(self) -> list[RecordedRequest]:
        """The requests that it saw, oldest first."""
        return [RecordedRequest(record) for record in self._handle.requests()]

    def clear_requests(self) -> None:
        """Forgets the requests that it saw."""
        self._handle.clear_requests()

    def respond(
        self,
        method: str,
        path: str,
        *,
        status: int = 200,
        json: Any = None,
        body: str | bytes = b"",
        headers: Mapping[str, str] | None = None,
        times: int | None = 1,
    ) -> None:
        """Orders a canned answer for the next ``times`` requests to an endpoint (``None``: for all)."""
        named = dict(headers or {})
        if json is not None:
            body = _json.dumps(json)
            named.setdefault("content-type", "application/json")
        data = body.encode() if isinstance(body, str) else bytes(body)
        self._handle.respond(method, path, status, list(named.items()), data, times)

    def add_user(self, client_id: int, email: str, role: str = "user") -> None:
        """Adds a user (``user``, ``admin`` or ``owner``) to a client."""
        self._handle.add_user(client_id, email, role)

    def add_session(
        self, client_id: int, email: str, start: datetime | str, duration: timedelta, viewers: int = 1
    ) -> None:
        """Adds a screen share; a user who does not exist yet is added."""
        self._handle.add_session(client_id, email, start, duration, viewers)

    def add_plan(
        self, api_name: str, human_name: str, session_limit: int = 99999999, license_count: int = 99999999
    ) -> None:
        """Adds a plan to those that can be set; 99999999 stands for unlimited."""
        self._handle.add_plan(api_name, human_name, session_limit, license_count)

    def reset(self) -> None:
        """Puts data, clock, canned answers and the log of requests back to the start."""
        self._handle.reset()

    def stop(self) -> None:
        """Stops at once; open connections are dropped. Further calls do nothing."""
        self._handle.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"Sandbox(url={self.url!r})"
