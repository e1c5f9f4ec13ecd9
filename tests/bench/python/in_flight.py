"""Show client with asyncio, 64 calls in flight: calls a second. A variant may end in `+uvloop`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from measure import CLIENT, HEADERS, Clock, arguments, finish

IN_FLIGHT = 64

Calls = list[Callable[[], Awaitable[object]]]
"""One function for each task; those of a shared client are the same."""


@asynccontextmanager
async def crankwheel(url: str) -> AsyncIterator[Calls]:
    from crankwheel import AsyncCrankWheel

    async with AsyncCrankWheel("bench-key", base_url=url) as cw:
        get = cw.clients.get
        yield [lambda: get(27084)] * IN_FLIGHT


@asynccontextmanager
async def aiohttp(url: str) -> AsyncIterator[Calls]:
    import aiohttp
    from typed_msgspec import decode_client

    connector = aiohttp.TCPConnector(limit=IN_FLIGHT)
    async with aiohttp.ClientSession(headers=HEADERS, connector=connector, raise_for_status=True) as session:

        async def call() -> object:
            async with session.get(url + CLIENT) as response:
                return decode_client(await response.read())

        yield [call] * IN_FLIGHT


@asynccontextmanager
async def httpx(url: str) -> AsyncIterator[Calls]:
    import httpx
    from typed_pydantic import decode_client

    limits = httpx.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=IN_FLIGHT)
    async with httpx.AsyncClient(base_url=url, headers=HEADERS, limits=limits, timeout=60) as session:

        async def call() -> object:
            return decode_client((await session.get(CLIENT)).raise_for_status().content)

        yield [call] * IN_FLIGHT


@asynccontextmanager
async def pyreqwest(url: str) -> AsyncIterator[Calls]:
    from pyreqwest.client import ClientBuilder

    async with ClientBuilder().error_for_status(True).default_headers(HEADERS).build() as client:

        async def call() -> object:
            response = await client.get(url + CLIENT).build().send()
            return await response.json()

        yield [call] * IN_FLIGHT


@asynccontextmanager
async def protocols(url: str) -> AsyncIterator[Calls]:
    """One bare protocol a task: what asyncio itself costs."""
    from typed_msgspec import decode_client

    parts = urlsplit(url)
    head = [f"GET {parts.path}{CLIENT} HTTP/1.1", f"Host: {parts.netloc}"]
    head += [f"{name}: {value}" for name, value in HEADERS.items()]
    request = ("\r\n".join(head) + "\r\n\r\n").encode()
    loop = asyncio.get_running_loop()

    class Bare(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = transport

        def call(self) -> asyncio.Future[object]:
            self.received = b""
            self.result = loop.create_future()
            self.transport.write(request)
            return self.result

        def data_received(self, data: bytes) -> None:
            self.received += data
            end = self.received.find(b"\r\n\r\n") + 4
            at = self.received.find(b"Content-Length: ") + 16
            if end >= 4 and len(self.received) >= end + int(
                self.received[at : self.received.index(b"\r", at)]
            ):
                self.result.set_result(decode_client(self.received[end:]))

    opened = [await loop.create_connection(Bare, parts.hostname, parts.port) for _ in range(IN_FLIGHT)]
    yield [protocol.call for _, protocol in opened]
    for transport, _ in opened:
        transport.close()


def read(client: object) -> int:
    if isinstance(client, dict):
        client["sname"], client["lname"], client["current_plan"], client["settings"]["audit_log"]
        return client["id"]
    client.sname, client.lname, client.current_plan, client.settings.audit_log
    return client.id


async def run(calls: Calls, count: int) -> int:
    """Makes `count` calls in each task, and returns the number of those that succeeded."""

    async def work(call: Callable[[], Awaitable[object]]) -> int:
        done = 0
        for _ in range(count):
            done += read(await call()) == 27084
        return done

    return sum(await asyncio.gather(*map(work, calls)))


async def measured(variant: str, url: str, count: int) -> None:
    async with globals()[variant](url) as calls:
        each = count // IN_FLIGHT
        await run(calls, max(3, each // 10))
        clock = Clock()
        done = await run(calls, each)
        wall, cpu = clock.stop()
    finish(rate=done / wall, cpu=cpu / done, wall=wall / done, check=done / (each * IN_FLIGHT))


def main() -> None:
    variant, url, count = arguments()
    variant, _, loop = variant.partition("+")
    work = measured(variant, url, count)
    if loop == "uvloop":
        import uvloop

        uvloop.run(work)
    else:
        asyncio.run(work)


main()
