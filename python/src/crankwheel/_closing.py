"""Closing a client and waiting for its calls, in threads, greenlets, and tasks of asyncio and trio."""

from __future__ import annotations

from ._lazy import types
from ._native import NativeClient
from ._waiting import gevent_pool, in_trio, trio_thread, wait_in


def drain(client: NativeClient, timeout: types.Seconds | None) -> None:
    """Closes the client, and waits until the calls in flight have ended."""
    pool = gevent_pool()
    if pool is None:
        client.drain(timeout)
    else:
        wait_in(pool, lambda: client.drain(timeout))


async def start_draining(client: NativeClient, timeout: types.Seconds | None) -> None:
    """Closes the client, and awaits the end of the calls in flight. If the task is cancelled, they go on."""
    if in_trio():
        await trio_thread(lambda: client.drain(timeout))
        return
    ticket = client.start_draining(timeout)
    if ticket is None:
        return
    try:
        await ticket.future
    except BaseException:
        ticket.cancel()
        raise
