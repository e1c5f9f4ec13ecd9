"""The creation of a client object: the first of a process, and the median of the following ones."""

from __future__ import annotations

import time

from measure import arguments, finish, median


def main() -> None:
    _, url, count = arguments()
    from crankwheel import CrankWheel

    times = []
    for _ in range(count):
        began = time.perf_counter()
        CrankWheel("bench-key", base_url=url)
        times.append(time.perf_counter() - began)
    finish(first=times[0], wall=median(times[1:]))


main()
