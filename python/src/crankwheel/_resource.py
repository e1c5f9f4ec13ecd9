"""The base classes of the resources (`cw.clients` and so on), and the functions that run a call.

A resource converts its arguments to a prepared call, and passes that to the function that its owner
selected. So the same method also serves raw responses and dry runs: `raw`, `async_raw` and `dry`
only change its return type.
"""

from __future__ import annotations

import sys

from ._lazy import abc, types, typing
from ._native import NativeClient
from ._waiting import gevent_pool, in_trio, trio_thread, wait_in

# Type checkers know the name. Not `False`, for which jedi, the completion of IPython, ignores the block.
TYPE_CHECKING = bool()  # noqa: UP018
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any, Concatenate, ParamSpec, TypeVar

    from ._native import DryRun, PreparedCall, RawResponse

    P = ParamSpec("P")
    T = TypeVar("T")


class reported:  # noqa: N801
    """Closes the display of a call's progress at the end of the block."""

    __slots__ = ("_watcher",)

    def __init__(self, call: PreparedCall[typing.Any]) -> None:
        self._watcher = call.watcher

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        if self._watcher is not None:
            self._watcher.close()


async def _watched(call: PreparedCall[T], future: typing.Any) -> None:
    from ._progress import watched

    with reported(call):
        await watched(call.watcher, call, future)


def with_progress(call: PreparedCall[T], progress: types.ProgressArgument) -> PreparedCall[T]:
    """Returns the call, which reports its progress if that is wanted."""
    if progress is False:
        return call
    from ._progress import watch

    return watch(call, progress)


def run(call: PreparedCall[T]) -> T:
    """Sends the call, waits, and returns its result."""
    if call.watcher is None and "gevent" not in sys.modules:
        return call.run(False)
    pool = gevent_pool()
    with reported(call):
        return call.run(False) if pool is None else wait_in(pool, lambda: call.run(False))


def run_raw(call: PreparedCall[T]) -> RawResponse[T]:
    """Sends the call, waits, and returns the raw response."""
    pool = gevent_pool()
    with reported(call):
        return call.run(True) if pool is None else wait_in(pool, lambda: call.run(True))


def run_dry(call: PreparedCall[Any]) -> DryRun:
    """Returns the request without sending it."""
    return call.dry_run()


async def start(call: PreparedCall[T]) -> T:
    """Sends the call and awaits its result. Cancelling the task drops the request."""
    if in_trio():
        with reported(call):
            return await trio_thread(lambda: call.run_on_workers(False))
    ticket = call.start(False)
    try:
        if call.watcher is not None:
            await _watched(call, ticket.future)
        return await ticket.future
    except BaseException:
        ticket.cancel()
        raise
    finally:
        # An exception refers to this frame, and the ticket's future to the exception.
        del ticket


async def start_raw(call: PreparedCall[T]) -> RawResponse[T]:
    """Sends the call and awaits the raw response."""
    if in_trio():
        with reported(call):
            return await trio_thread(lambda: call.run_on_workers(True))
    ticket = call.start(True)
    try:
        if call.watcher is not None:
            await _watched(call, ticket.future)
        return await ticket.future
    except BaseException:
        ticket.cancel()
        raise
    finally:
        # An exception refers to this frame, and the ticket's future to the exception.
        del ticket


class Replaceable:
    """An object whose methods tests can replace. Other attributes cannot be set, so that a name that
    is not one, such as `cw.time_out`, is found.
    """

    __slots__ = ("__dict__", "__weakref__")

    def __setattr__(self, name: str, value: typing.Any) -> None:
        kind = type(self)
        # Subclasses of users may have attributes of their own.
        if kind.__module__.partition(".")[0] == "crankwheel" and not hasattr(kind, name):
            raise AttributeError(f"{kind.__name__} has no attribute {name!r}")
        object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class Resource(Replaceable):
    """Operations that wait for their response."""

    __slots__ = ("_native_client", "_run_call")

    def __init__(
        self,
        native_client: abc.Callable[[], NativeClient],
        run_call: abc.Callable[..., typing.Any],
    ) -> None:
        self._native_client = native_client
        self._run_call = run_call

    def _run(self, call: PreparedCall[T]) -> T:
        result: T = self._run_call(call)
        return result


class View(Resource):
    """All namespaces, whose calls are run in another way."""

    __slots__ = ("_namespaces",)

    def __init__(
        self,
        native_client: abc.Callable[[], NativeClient],
        run_call: abc.Callable[..., typing.Any],
    ) -> None:
        super().__init__(native_client, run_call)
        self._namespaces: dict[str, object] = {}


class AsyncResource(Replaceable):
    """Operations that are awaited."""

    __slots__ = ("_native_client", "_run_call")

    def __init__(
        self,
        native_client: abc.Callable[[], NativeClient],
        run_call: abc.Callable[..., abc.Coroutine[typing.Any, typing.Any, typing.Any]],
    ) -> None:
        self._native_client = native_client
        self._run_call = run_call

    def _run(self, call: PreparedCall[T]) -> abc.Coroutine[typing.Any, typing.Any, T]:
        result: abc.Coroutine[typing.Any, typing.Any, T] = self._run_call(call)
        return result


if TYPE_CHECKING:
    namespace = property

    # Editors complete results by these types, jedi only if they are plain callables.
    def raw(method: Callable[Concatenate[Any, P], T]) -> Callable[Concatenate[Any, P], RawResponse[T]]: ...

    def async_raw(
        method: Callable[Concatenate[Any, P], Coroutine[Any, Any, T]],
    ) -> Callable[Concatenate[Any, P], Coroutine[Any, Any, RawResponse[T]]]: ...

    def dry(method: Callable[Concatenate[Any, P], object]) -> Callable[Concatenate[Any, P], DryRun]: ...

else:

    class NoClient:
        """The owner of the namespaces of a class."""

        def native_client(self=None):
            raise TypeError("an operation needs a client; create one, such as CrankWheel().clients")

        _native_client = staticmethod(native_client)

    class namespace(property):  # noqa: N801
        """A property that is created once for each client.

        On the class it is a namespace without a client: `mock.create_autospec` follows it.
        """

        def __get__(self, client, kind=None):
            if client is None:
                created = self.fget(NoClient)
                object.__setattr__(created, "__doc__", self.__doc__)
                return created
            created = client._namespaces.get(self.fget.__name__)
            if created is None:
                # Another thread can be first.
                created = client._namespaces.setdefault(self.fget.__name__, self.fget(client))
            return created

        # Tests replace a namespace by `mock.patch.object(cw, "clients")`.
        def __set__(self, client, value):
            client._namespaces[self.fget.__name__] = value

        def __delete__(self, client):
            client._namespaces.pop(self.fget.__name__, None)

    def raw(method):
        """Returns the method with its return type in `RawResponse`.

        The resource selects the function that runs the call.
        """
        return _returning(method, f"_native.RawResponse[{method.__annotations__['return']}]")

    async_raw = raw

    def dry(method):
        """Returns the method with `DryRun` as its return type."""
        return _returning(method, "_native.DryRun")

    _Function = type(raw)

    def _returning(method, annotation):
        copy = _Function(
            method.__code__, method.__globals__, method.__name__, method.__defaults__, method.__closure__
        )
        copy.__kwdefaults__ = method.__kwdefaults__
        copy.__doc__ = method.__doc__
        copy.__module__ = method.__module__
        copy.__qualname__ = method.__qualname__
        copy.__annotations__ = {**method.__annotations__, "return": annotation}
        return copy
