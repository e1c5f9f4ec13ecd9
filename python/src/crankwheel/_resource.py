"""What the resources (`cw.clients` and so on) have in common, and the ways to run a call.

A resource turns its arguments into a prepared call; *how* the call is run is given to it. So every operation has its raw
form and its dry run without being written again: `raw`, `async_raw` and `dry` only tell type checkers what then comes.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any, ParamSpec, TypeVar

    from ._native import DryRun, NativeClient, PreparedCall, RawResponse

    P = ParamSpec("P")
    T = TypeVar("T")


def run(call: PreparedCall[T]) -> T:
    """Sends and waits."""
    return call.run(False)


def run_raw(call: PreparedCall[T]) -> RawResponse[T]:
    """Sends and waits; gives the answer as it came."""
    return call.run(True)


def run_dry(call: PreparedCall[Any]) -> DryRun:
    """Sends nothing."""
    return call.dry_run()


async def start(call: PreparedCall[T]) -> T:
    """Sends and awaits. Cancelling the task drops the request on the wire."""
    ticket = call.start(False)
    try:
        return await ticket.future
    except BaseException:
        ticket.cancel()
        raise
    finally:
        # An exception refers to this frame, and the ticket's future to the exception: a circle that nobody would break.
        del ticket


async def start_raw(call: PreparedCall[T]) -> RawResponse[T]:
    """Sends and awaits; gives the answer as it came."""
    ticket = call.start(True)
    try:
        return await ticket.future
    except BaseException:
        ticket.cancel()
        raise
    finally:
        # An exception refers to this frame, and the ticket's future to the exception: a circle that nobody would break.
        del ticket


class Resource:
    """Operations that wait for their answer."""

    __slots__ = ("_how", "_session")

    def __init__(self, session: Callable[[], NativeClient], how: Callable[[PreparedCall[Any]], Any]) -> None:
        self._session = session
        self._how = how

    def _run(self, call: PreparedCall[T]) -> T:
        answer: T = self._how(call)
        return answer

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class AsyncResource:
    """Operations that are awaited."""

    __slots__ = ("_how", "_session")

    def __init__(
        self,
        session: Callable[[], NativeClient],
        how: Callable[[PreparedCall[Any]], Coroutine[Any, Any, Any]],
    ) -> None:
        self._session = session
        self._how = how

    async def _run(self, call: PreparedCall[T]) -> T:
        answer: T = await self._how(call)
        return answer

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


if TYPE_CHECKING:

    def raw(method: Callable[P, T]) -> Callable[P, RawResponse[T]]: ...

    def async_raw(
        method: Callable[P, Coroutine[Any, Any, T]],
    ) -> Callable[P, Coroutine[Any, Any, RawResponse[T]]]: ...

    def dry(method: Callable[P, object]) -> Callable[P, DryRun]: ...

else:

    def raw(method):
        """The same method, whose resource runs calls with `run_raw`."""
        return method

    async_raw = dry = raw
