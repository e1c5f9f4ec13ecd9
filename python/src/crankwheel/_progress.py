"""Reports of the progress of a call, to a function or on the terminal."""

from __future__ import annotations

import sys
import time

from ._lazy import abc, typing
from .types import Progress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    from ._native import PreparedCall

    T = TypeVar("T")

INTERVAL = 0.1
"""The shortest time between two reports, in seconds."""


class Watch:
    """Reports progress, at most every `INTERVAL` and at the end."""

    def __init__(self, report: abc.Callable[[Progress], object], close: abc.Callable[[], object]) -> None:
        self._report = report
        self._close = close
        self._next: float = time.monotonic() + INTERVAL
        self._last: int = 0

    def __call__(self, counts: tuple[int, int | None, int], done: bool) -> None:
        received, total, rows = counts
        now = time.monotonic()
        if not done and (now < self._next or received == self._last):
            return
        self._next, self._last = now + INTERVAL, received
        self._report(Progress(received, total, rows, done))

    def close(self) -> None:
        self._close()


async def watched(watch: Watch, call: PreparedCall[T], future: typing.Any) -> None:
    """Reports progress on the event loop until the future is done."""
    import asyncio

    while not future.done():
        await asyncio.wait([future], timeout=INTERVAL)
        if not future.done():
            watch(call.progress() or (0, None, 0), False)
    if not future.cancelled() and future.exception() is None:
        watch(call.progress() or (0, None, 0), True)


def watch(call: PreparedCall[T], progress: object) -> PreparedCall[T]:
    """Lets a call report its progress: to a function, or with ``True`` on the terminal."""
    # `numpy.True_` and `numpy.False_`.
    if type(progress).__module__ == "numpy" and type(progress).__name__ in ("bool", "bool_"):
        progress = bool(progress)
    if progress is None or progress is False:
        return call
    if progress is True:
        display = _display()
        if display is not None:
            call.watch(Watch(display.show, display.close))
        return call
    if not callable(progress):
        from ._native import describe

        raise TypeError(f"progress: must be True, False or a function, got {describe(progress)}")
    call.watch(Watch(progress, lambda: None))
    return call


def _display() -> Bar | Line | None:
    """Returns tqdm's bar if it is installed, else a line; nothing where nobody would see it."""
    stream = sys.stderr
    notebook = "ipykernel" in sys.modules
    if stream is None or not (notebook or stream.isatty()):
        return None
    from importlib import import_module

    try:
        tqdm = import_module("tqdm.auto").tqdm
    except ImportError:
        return Line(stream)
    return Bar(tqdm)


class Bar:
    """A bar of tqdm. It appears with the first report."""

    def __init__(self, tqdm: typing.Any) -> None:
        self._tqdm = tqdm
        self._bar: typing.Any = None

    def show(self, progress: Progress) -> None:
        if self._bar is None:
            self._bar = self._tqdm(
                total=progress.total_bytes, unit="B", unit_scale=True, desc="usage history"
            )
        self._bar.total = progress.total_bytes
        self._bar.set_postfix(sessions=progress.rows, refresh=False)
        self._bar.n = progress.received_bytes
        self._bar.refresh()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


class Line:
    """A line on standard error, which is written again and again."""

    def __init__(self, stream: typing.TextIO) -> None:
        self._stream = stream
        self._width = 0

    def show(self, progress: Progress) -> None:
        received, total, rows, _ = progress
        of = f" of {total / 1e6:.1f}" if total else ""
        text = f"usage history: {received / 1e6:.1f}{of} MB, {rows:,} sessions"
        self._stream.write("\r" + text.ljust(self._width))
        self._stream.flush()
        self._width = len(text)

    def close(self) -> None:
        if self._width:
            self._stream.write("\n")
            self._stream.flush()
