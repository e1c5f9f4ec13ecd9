"""A key function whose calls wait until the test releases the key."""

from __future__ import annotations

import asyncio
import threading

from .silent_server import PATIENCE


class KeyHeldBack:
    """A function that returns the key when `give` is called: until then, its calls are in flight."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._given = threading.Event()
        self._asked = threading.Semaphore(0)

    def __call__(self) -> str:
        self._asked.release()
        assert self._given.wait(PATIENCE)
        return self._key

    async def coroutine(self) -> str:
        return await asyncio.to_thread(self)

    def wait_for_calls(self, count: int) -> None:
        """Waits until this number of calls have asked for the key."""
        for _ in range(count):
            assert self._asked.acquire(timeout=PATIENCE)

    def give(self) -> None:
        """Lets all calls go on."""
        self._given.set()
