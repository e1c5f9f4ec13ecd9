"""Show client from eight threads that share one client object: CPU a call."""

from __future__ import annotations

import threading
from collections.abc import Callable
from urllib.parse import urlsplit

from measure import CLIENT, HEADERS, Clock, arguments, finish

THREADS = 8


def crankwheel(url: str) -> Callable[[], object]:
    from crankwheel import CrankWheel

    get = CrankWheel("bench-key", base_url=url).clients.get
    return lambda: get(27084)


def urllib3(url: str) -> Callable[[], object]:
    import urllib3
    from typed_msgspec import decode_client

    pool = urllib3.connection_from_url(url, headers=HEADERS, maxsize=THREADS)
    path = urlsplit(url).path + CLIENT

    def call() -> object:
        response = pool.request("GET", path)
        if response.status != 200:
            raise RuntimeError(response.status)
        return decode_client(response.data)

    return call


def run(call: Callable[[], object], count: int) -> int:
    """Makes `count` calls in each thread, and returns the number of those that succeeded."""
    done = []

    def work() -> None:
        for _ in range(count):
            client = call()
            client.sname, client.lname, client.current_plan, client.settings.audit_log
            done.append(client.id)

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(done)


def main() -> None:
    variant, url, count = arguments()
    call = globals()[variant](url)
    each = count // THREADS
    run(call, max(10, each // 10))
    clock = Clock()
    done = run(call, each)
    wall, cpu = clock.stop()
    finish(cpu=cpu / done, wall=wall / done, rate=done / wall, check=done)


main()
