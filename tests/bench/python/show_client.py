"""Show client, one call after the other: CPU a call and the median latency.

Each call reads five fields of the response, one of them of its settings.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from measure import CLIENT, HEADERS, Clock, arguments, finish, median

Call = Callable[[], int]


def typed(fetch: Callable[[], object]) -> Call:
    """Reads the fields as attributes."""

    def call() -> int:
        client = fetch()
        client.sname, client.lname, client.current_plan, client.settings.audit_log
        return client.id

    return call


def untyped(fetch: Callable[[], dict]) -> Call:
    """Reads the fields as items."""

    def call() -> int:
        client = fetch()
        client["sname"], client["lname"], client["current_plan"], client["settings"]["audit_log"]
        return client["id"]

    return call


def crankwheel(url: str) -> Call:
    from crankwheel import CrankWheel

    get = CrankWheel("bench-key", base_url=url).clients.get
    return typed(lambda: get(27084))


def httpx(url: str) -> Call:
    import httpx
    from typed_pydantic import decode_client

    session = httpx.Client(base_url=url, headers=HEADERS)

    def fetch() -> object:
        return decode_client(session.get(CLIENT).raise_for_status().content)

    return typed(fetch)


def requests(url: str) -> Call:
    import requests

    session = requests.Session()
    session.headers.update(HEADERS)

    def fetch() -> dict:
        response = session.get(url + CLIENT)
        response.raise_for_status()
        return response.json()

    return untyped(fetch)


def urllib3(url: str) -> Call:
    import urllib3
    from typed_msgspec import decode_client

    pool = urllib3.connection_from_url(url, headers=HEADERS)
    path = urlsplit(url).path + CLIENT

    def fetch() -> object:
        response = pool.request("GET", path)
        if response.status != 200:
            raise RuntimeError(response.status)
        return decode_client(response.data)

    return typed(fetch)


def http_client(url: str) -> Call:
    import http.client

    from typed_msgspec import decode_client

    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    path = urlsplit(url).path + CLIENT

    def fetch() -> object:
        connection.request("GET", path, headers=HEADERS)
        response = connection.getresponse()
        if response.status != 200:
            raise RuntimeError(response.status)
        return decode_client(response.read())

    return typed(fetch)


def pyreqwest(url: str) -> Call:
    from pyreqwest.client import SyncClientBuilder

    client = SyncClientBuilder().error_for_status(True).default_headers(HEADERS).build()
    return untyped(lambda: client.get(url + CLIENT).build().send().json())


def bare_socket(url: str) -> Call:
    import socket

    from typed_msgspec import decode_client

    parts = urlsplit(url)
    connection = socket.create_connection((parts.hostname, parts.port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    head = [f"GET {parts.path}{CLIENT} HTTP/1.1", f"Host: {parts.netloc}"]
    head += [f"{name}: {value}" for name, value in HEADERS.items()]
    request = ("\r\n".join(head) + "\r\n\r\n").encode()

    def fetch() -> object:
        connection.sendall(request)
        received = connection.recv(65536)
        end = received.index(b"\r\n\r\n") + 4
        if not received.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(received[:100])
        at = received.index(b"Content-Length: ") + 16
        length = int(received[at : received.index(b"\r", at)])
        while len(received) < end + length:
            received += connection.recv(65536)
        return decode_client(received[end:])

    return typed(fetch)


def main() -> None:
    variant, url, count = arguments()
    call: Call = globals()[variant](url)
    for _ in range(max(50, count // 10)):
        call()
    latencies = []
    now = time.perf_counter
    clock = Clock()
    for _ in range(count):
        began = now()
        identity = call()
        latencies.append(now() - began)
    wall, cpu = clock.stop()
    finish(cpu=cpu / count, wall=wall / count, p50=median(latencies), check=identity)


main()
