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
from .._lazy import abc, builtin_types, datetime, types, typing
from ._rules import keywords as _keywords
from ._rules import members as _members

__all__ = ["Clock", "RecordedRequest", "Sandbox"]


def _joined(pairs: abc.Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers by name; the values of a header that came more than once are joined by commas."""
    headers: dict[str, str] = {}
    for name, value in pairs:
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


class RecordedRequest:
    """A request as the sandbox saw it. The key is not in it."""

    __slots__ = ("body", "fault", "headers", "method", "path", "query", "status")

    method: str
    """``GET``, ``POST`` and so on."""
    path: str
    """The path as it was on the wire, percent-encoded."""
    query: list[tuple[str, str]]
    """The query, decoded, in order."""
    status: int
    """The status of the response; 0 if a fault reset the connection instead."""
    body: str
    """The body as a string."""
    headers: dict[str, str]
    """The headers, names in lower case, without ``authorization``."""
    fault: dict[str, typing.Any] | None
    """The fault that was injected, by the names that `Sandbox.fail` takes; latency is not recorded."""

    def __init__(self, record: abc.Mapping[str, typing.Any]) -> None:
        self.method = record["method"]
        self.path = record["path"]
        self.query = [(name, value) for name, value in record["query"]]
        self.status = record["status"]
        self.body = record["body"]
        self.headers = _joined(record["headers"])
        self.fault = record.get("fault")

    def json(self) -> typing.Any:
        """Reads the body as JSON; ``None`` if it is empty."""
        return _json.loads(self.body) if self.body.strip() else None

    def __repr__(self) -> str:
        return f"<{self.method} {self.path} -> {self.status}>"


class Clock:
    """The sandbox's clock: it can be stopped, set and moved, so that a test can live through a year."""

    __slots__ = ("_handle",)

    def __init__(self, handle: _native.SandboxHandle) -> None:
        self._handle = handle

    @property
    def now(self) -> datetime.datetime:
        """The time that the clock shows."""
        return self._handle.now()

    def set(self, time: datetime.datetime | str) -> None:
        """Sets it to an aware datetime, or to RFC 3339 text."""
        self._handle.set_now(time)

    def advance(
        self,
        by: datetime.timedelta | None = None,
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
        milliseconds: float = 0,
    ) -> None:
        """Moves it on by a `timedelta` or by the sum of the units, back if that is negative."""
        units = {
            "days": days,
            "hours": hours,
            "minutes": minutes,
            "seconds": seconds,
            "milliseconds": milliseconds,
        }
        self._handle.advance(by, units)

    def freeze(self) -> None:
        """Stops it where it is."""
        self._handle.freeze()

    def unfreeze(self) -> None:
        """Lets it run on from where it is."""
        self._handle.unfreeze()

    def __repr__(self) -> str:
        return f"<Clock at {self.now.isoformat()}>"


class Sandbox:
    """A reseller account in memory behind all endpoints of the API.

    It starts at once, and stops at the end of the ``with`` block or by `stop`.
    """

    __slots__ = ("__weakref__", "_handle", "clock")

    clock: Clock
    """The sandbox's clock."""

    # generated: options
    def __init__(
        self,
        *,
        clients: int = 0,
        days: int = 365,
        sessions: int | None = None,
        seed: int = 7,
        host: str = "127.0.0.1",
        allowed_hosts: abc.Sequence[str] = (),
        port: int = 0,
        now: datetime.datetime | str | None = None,
        body_on_204: bool = True,
        api_key: str | None = None,
    ) -> None:
        """Starts a sandbox.

        Args:
            clients (int): The number of demo companies that exist at the start, at most
                200,000. Default: 0.
            days (int): The number of days of history that the demo companies have at the start,
                at most 3,660. Without `now` and `sessions`, some companies also have sessions in
                January to March 2019, the months of the documentation's examples. Default: 365.
            sessions (int): The number of screen-sharing sessions of all demo companies, at most
                10,000,000; fewer if the companies and days are too few for so many. Default: about
                four per company and day.
            seed (int): The seed of the demo data: the same `seed` and `now` generate the same
                data. Default: 7.
            host (str): The IP address to listen on. With the default, other machines cannot
                reach the sandbox. Default: `127.0.0.1`.
            allowed_hosts (sequence of str): The host names, in addition to localhost, by which
                the sandbox may be called, for example its name in a network of containers. Requests
                by an allowed name may also control the sandbox from other machines. Default: none.
            port (int): The port to listen on; 0 selects a free port. Default: 0.
            now (aware datetime or RFC 3339 str): The time at which the sandbox's clock is
                stopped until it is moved. Default: the system's clock, which runs.
            body_on_204 (bool): Sends the responses to update, delete and set plan (204) with a
                body, as the live API does. Turn it off for HTTP tools that fail on such a body.
                Default: `True`.
            api_key (str): The reseller's read/write key; the read-only key is then this key
                followed by `-read-only`. Default: `sandbox-reseller-key`, with the read-only key
                `sandbox-read-only-key`.
        """
        options = {
            "clients": clients,
            "days": days,
            "sessions": sessions,
            "seed": seed,
            "host": host,
            "allowed_hosts": allowed_hosts,
            "port": port,
            "now": now,
            "body_on_204": body_on_204,
            "api_key": api_key,
        }
        self._handle = _native.SandboxHandle(options)
        self.clock = Clock(self._handle)

    # end of generated: options

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

    def client(self, **options: typing.Any) -> CrankWheel:
        """A `CrankWheel` for this sandbox; ``options`` are those of its constructor.

        It takes the current time from the sandbox's clock: `Period.last_days(28)` ends there.
        """
        client = CrankWheel(**self._address(options))
        client._use(self._handle.with_clock(client._base))
        return client

    def async_client(self, **options: typing.Any) -> AsyncCrankWheel:
        """An `AsyncCrankWheel` for this sandbox; ``options`` are those of its constructor.

        It takes the current time from the sandbox's clock: `Period.last_days(28)` ends there.
        """
        client = AsyncCrankWheel(**self._address(options))
        client._use(self._handle.with_clock(client._base))
        return client

    def _address(self, options: dict[str, typing.Any]) -> dict[str, typing.Any]:
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
        json: typing.Any = None,
        body: str | bytes = b"",
        headers: abc.Mapping[str, str] | None = None,
        times: int | None = 1,
    ) -> None:
        """Adds a canned response for requests with this method and path.

        It precedes every check of the sandbox, including that of the key.

        Args:
            method (str): The method in any case; `*` matches any method. `GET` is for `HEAD`, too.
            path (str): The path without a query; `*` matches any path, and a segment in braces
                matches any segment, as in `/ss/rsapi/clients/{id}`. A parameter or method that the
                endpoint does not have is refused.
            status (int): The status, between 200 and 999. Default: 200.
            json (any JSON value): The response body as a value, which is sent as JSON. Default: none.
            body (str or bytes): The response body as it is; not together with `json`. Default: empty.
            headers (mapping): The response headers. Default: none.
            times (int): The number of requests that get the response; `None` means all until
                `reset`. Default: 1.

        Example:
            >>> with Sandbox() as sandbox:
            ...     sandbox.respond("GET", "/ss/rsapi/clients/{id}", status=503, times=2)
        """
        self._handle.respond(method, path, status, json, body, headers, times)

    # generated: fail
    def fail(
        self,
        kind: types.FaultKind,
        method: str = "*",
        path: str = "*",
        *,
        times: int | None = None,
        probability: float | None = None,
        seed: int = 0,
        ms: int | None = None,
        status: int | None = None,
        headers: abc.Mapping[str, str] | None = None,
        body: str | None = None,
        json: typing.Any = None,
        processed: bool | None = None,
        by: int | None = None,
        how: typing.Literal["cut", "corrupt"] | None = None,
        pieces: int | None = None,
        pause_ms: int | None = None,
    ) -> None:
        """Injects a fault into the requests with this method and path.

        If several faults match a request, it gets the first one and every `latency`. The request is
        applied unless the description says otherwise.

        - `latency`: Delays the response. The request is applied at once. Can be combined with
            any other fault.
        - `status`: Returns this response instead of the real one. The request is not applied
            unless `processed` is `True`.
        - `reset_before`: Resets the connection instead of sending a response, before the
            request is applied.
        - `reset_after`: Resets the connection instead of sending a response, after the request
            was applied.
        - `reset_during`: Resets the connection half-way through the response, after the request
            was applied.
        - `truncate`: Closes the connection half-way through the body that `Content-Length`
            announced.
        - `corrupt`: Replaces the last three quarters of the body with random bytes.
        - `wrong_length`: Announces a wrong `Content-Length`. If it is too small, the remaining
            bytes precede the next response; if it is too large, the rest never comes and the
            connection stays open.
        - `broken_gzip`: Sends a gzip body that is damaged in the middle, with the right length.
        - `slow_body`: Sends the body in pieces, with a pause before each.
        - `split_204`: Sends the body of a 204 after its headers, in pieces. Other responses are
            unchanged; a 204 has a body even if `body_on_204` is `False`.

        Args:
            kind (str): The kind of fault.
            method (str): The method of the requests; `*` matches any method. Default: `*`.
            path (str): The path of the requests; `*` matches any path, and a segment in braces
                matches any segment, as in `/ss/rsapi/clients/{id}`. Default: `*`.
            times (int): The number of requests that get the fault. Default: all, until
                `clear_faults`.
            probability (float): The share (0 to 1) of the matching requests that get the fault.
                Default: 1.
            seed (int): The seed that the share is drawn from: the same seed selects the same
                requests. Default: 0.
            ms (int): The delay in milliseconds. For `latency` (required).
            status (int): The status, between 200 and 999. For `status` (required).
            headers (mapping): The response headers. The sandbox sets `content-length` and
                `transfer-encoding` itself. For `status` (default: none).
            body (str): The response body. For `status` (default: empty).
            json (any JSON value): The response body as a value, which is sent as JSON. For
                `status` (default: none).
            processed (bool): Applies the request although it gets this response. For `status`
                (default: `False`).
            by (int): The number that is added to the true length. For `wrong_length` (default:
                -5).
            how (str): The damage to the gzip body. `cut`: The body ends in the middle.
                `corrupt`: Some bytes in the middle are changed. For `broken_gzip` (default: `cut`).
            pieces (int): The number of pieces. For `slow_body` (default: 8) and `split_204`
                (default: 2).
            pause_ms (int): The pause before each piece, in milliseconds. For `slow_body`
                (default: 100) and `split_204` (default: 20).
        """
        scope = {
            "method": method,
            "path": path,
            "times": times,
            "probability": probability,
            "seed": seed,
        }
        members = {
            "ms": ms,
            "status": status,
            "headers": headers,
            "body": body,
            "json": json,
            "processed": processed,
            "by": by,
            "how": how,
            "pieces": pieces,
            "pause_ms": pause_ms,
        }
        self._handle.fail(kind, scope, _members(kind, scope, members))

    # end of generated: fail

    @property
    def faults(self) -> list[dict[str, typing.Any]]:
        """The faults that are still active, each as the keyword arguments of `fail`."""
        return [_keywords(rule) for rule in self.control("GET", "faults")]

    def clear_faults(self) -> None:
        """Removes all faults."""
        self._handle.clear_faults()

    def add_client(
        self,
        sname: str,
        *,
        created_at: datetime.datetime | str | None = None,
        current_plan: types.PlanArgument | None = None,
        **fields: typing.Any,
    ) -> int:
        """Adds a client, as of any time up to now, and returns its id; ``fields`` are those of `clients.create`."""
        body = {"sname": sname, "created_at": created_at, **fields}
        added: dict[str, typing.Any] = self._handle.add_client(body, current_plan)
        return int(added["id"])

    def add_plan_change(
        self,
        client: types.ClientArgument,
        plan: types.PlanArgument,
        at: datetime.datetime | str | None = None,
        set_by: str | None = None,
    ) -> None:
        """Sets the plan of a client as of any time, by default now."""
        self._handle.add_plan_change(client, plan, at, set_by)

    def add_key(self, key: str, *, owner: str, read_only: bool = False) -> None:
        """Adds an API key. Plans that are set with it are ``set_by`` its ``owner``, an e-mail address."""
        self._handle.add_key(key, read_only, owner)

    def add_user(
        self,
        client: types.ClientArgument,
        email: str,
        role: typing.Literal["user", "admin", "owner"] = "user",
    ) -> None:
        """Adds a user to a client."""
        self._handle.add_user(client, email, role)

    def add_session(
        self,
        client: types.ClientArgument,
        email: str,
        start: datetime.datetime | str,
        duration: datetime.timedelta,
        viewers: int = 1,
    ) -> None:
        """Adds a screen sharing session; a user who does not exist yet is added."""
        self._handle.add_session(client, email, start, duration, viewers)

    def add_plan(
        self,
        api_name: str,
        human_name: str | None = None,
        session_limit: int = 99999999,
        license_count: int = 99999999,
    ) -> None:
        """Adds a plan to those that can be set, or replaces the one of this name; 99999999 means unlimited.

        ``human_name`` is by default ``api_name``.
        """
        shown = api_name if human_name is None else human_name
        self._handle.add_plan(api_name, shown, session_limit, license_count)

    def snapshot(self) -> str:
        """Returns the whole state as a JSON string: all data and the clock, without faults, canned responses and
        requests.
        """
        return self._handle.snapshot()

    def restore(self, snapshot: str) -> None:
        """Restores the state of a `snapshot`, also of another sandbox. Address and keys stay."""
        self._handle.restore(snapshot)

    def control(self, method: str, path: str, body: typing.Any = None) -> typing.Any:
        """Does without HTTP what the control path ``/_sandbox/`` does: ``sandbox.control("GET", "state")``."""
        return self._handle.control(method, path, body)

    def reset(self) -> None:
        """Resets data, clock, faults, canned responses and the log of requests."""
        self._handle.reset()

    def stop(self) -> None:
        """Stops at once; open connections are dropped. Further calls do nothing."""
        self._handle.stop()

    def __enter__(self) -> types.Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: builtin_types.TracebackType | None,
    ) -> None:
        self.stop()

    async def __aenter__(self) -> types.Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: builtin_types.TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"Sandbox(url={self.url!r})"
