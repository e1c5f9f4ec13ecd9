"""The base classes of the resources (`cw.clients` and so on), and the functions that run a call.

A resource converts its arguments to a prepared call, and passes that to the function that its owner
selected. So the same method also serves raw responses and dry runs: `raw`, `async_raw` and `dry` only
change its return type for type checkers.
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
    """Sends the call, waits, and returns its result."""
    return call.run(False)


def run_raw(call: PreparedCall[T]) -> RawResponse[T]:
    """Sends the call, waits, and returns the raw response."""
    return call.run(True)


def run_dry(call: PreparedCall[Any]) -> DryRun:
    """Returns the request without sending it."""
    return call.dry_run()


async def start(call: PreparedCall[T]) -> T:
    """Sends the call and awaits its result. Cancelling the task drops the request."""
    ticket = call.start(False)
    try:
        return await ticket.future
    except BaseException:
        ticket.cancel()
        raise
    finally:
        # An exception refers to this frame, and the ticket's future to the exception.
        del ticket


async def start_raw(call: PreparedCall[T]) -> RawResponse[T]:
    """Sends the call and awaits the raw response."""
    ticket = call.start(True)
    try:
        return await ticket.future
    except BaseException:
        ticket.cancel()
        raise
    finally:
        # An exception refers to this frame, and the ticket's future to the exception.
        del ticket


class Resource:
    """Operations that wait for their response."""

    __slots__ = ("_native_client", "_run_call")

    def __init__(
        self, native_client: Callable[[], NativeClient], run_call: Callable[[PreparedCall[Any]], Any]
    ) -> None:
        self._native_client = native_client
        self._run_call = run_call

    def _run(self, call: PreparedCall[T]) -> T:
        result: T = self._run_call(call)
        return result

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class AsyncResource:
    """Operations that are awaited."""

    __slots__ = ("_native_client", "_run_call")

    def __init__(
        self,
        native_client: Callable[[], NativeClient],
        run_call: Callable[[PreparedCall[Any]], Coroutine[Any, Any, Any]],
    ) -> None:
        self._native_client = native_client
        self._run_call = run_call

    async def _run(self, call: PreparedCall[T]) -> T:
        result: T = await self._run_call(call)
        return result

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
        """Returns the method itself: the resource selects the function that runs the call."""
        return method

    async_raw = dry = raw
