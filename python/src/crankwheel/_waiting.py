"""Waiting for a call where the thread must not wait itself: in greenlets of gevent and tasks of trio.

Both wait in a thread of their pool, so that other greenlets and tasks go on meanwhile. Neither
package is imported here: who uses one has imported it.
"""

from __future__ import annotations

import sys

# For `False`, jedi would ignore the block (see `_resource.py`).
TYPE_CHECKING = bool()  # noqa: UP018
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    R = TypeVar("R")


def gevent_pool() -> Callable[..., Any] | None:
    """Returns the function that runs another in gevent's pool, if this thread runs greenlets."""
    local = sys.modules.get("gevent._hub_local")
    hub = None if local is None else local.get_hub_if_exists()
    # A callback of the hub must not switch to it.
    if hub is None or hub is sys.modules["greenlet"].getcurrent():
        return None
    pool: Callable[..., Any] = hub.threadpool.apply
    return pool


def wait_in(pool: Callable[..., Any], wait: Callable[[], R]) -> R:
    """Runs a call in a thread of gevent's pool, in the context of this greenlet."""
    from contextvars import copy_context

    result: R = pool(copy_context().run, (wait,))
    return result


def in_trio() -> bool:
    """Returns true in a task of trio, also if trio runs within asyncio's loop."""
    trio = sys.modules.get("trio")
    return trio is not None and trio.lowlevel.in_trio_task()


async def trio_thread(wait: Callable[[], R]) -> R:
    """Runs a call in a thread of trio. A cancelled task goes on at once; its request then runs to its end."""
    result: R = await sys.modules["trio"].to_thread.run_sync(wait, abandon_on_cancel=True)
    return result
