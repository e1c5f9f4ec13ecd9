"""Shared by the cases: clocks, memory, and the line of figures that each process prints."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

HEADERS = {"Authorization": "Basic bench-key", "Accept": "application/json"}
CLIENT = "/ss/rsapi/clients/27084"
HISTORY = "/ss/rsapi/clients_usage?from=2026-10-01T00%3A00%3A00Z&to=2026-10-31T23%3A59%3A59.999999Z"
OVERVIEW = "/ss/rsapi/reseller/billing?start=2026-10-01T00%3A00%3A00Z&end=2026-10-31T23%3A59%3A59.999999Z"


def arguments() -> tuple[str, str, int]:
    """Returns the variant, the base URL and the number of calls."""
    variant, url, count = sys.argv[1:]
    return variant, url, int(count)


class Clock:
    """Wall clock and processor time (user and system) of this process, in seconds."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def stop(self) -> tuple[float, float]:
        cpu = time.process_time() - self._cpu
        return time.perf_counter() - self._wall, cpu


class Memory:
    """The peak of this process's memory above what it had at the start, in bytes."""

    def __init__(self) -> None:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")  # resets the peak
        self._start = _status("VmRSS")

    def peak(self) -> int:
        return max(0, _status("VmHWM") - self._start)


def _status(name: str) -> int:
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024
    raise LookupError(name)


def finish(**figures: Any) -> None:
    """Prints the figures of this process."""
    print(json.dumps(figures))


def unavailable(reason: str) -> None:
    """Says that this version of the package cannot do what is measured, and ends the process."""
    finish(unavailable=reason)
    sys.exit()


def median(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]
