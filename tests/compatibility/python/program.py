"""A program for PyInstaller: it uses the sandbox, pydantic and asyncio."""

from __future__ import annotations

import asyncio
import logging

import pydantic
from crankwheel import AsyncCrankWheel, Client, NotFoundError
from crankwheel.sandbox import Sandbox


class Bill(pydantic.BaseModel):
    client: Client
    units: float


async def main() -> None:
    logging.basicConfig(level=logging.DEBUG)
    with Sandbox(clients=2) as sandbox:
        async with AsyncCrankWheel(sandbox.api_key, base_url=sandbox.url) as cw:
            client = (await cw.clients.list())[0]
            bill = Bill.model_validate_json(Bill(client=client, units=1).model_dump_json())
            assert bill.client == client
            try:
                await cw.clients.get(10**9)
            except NotFoundError:
                print("ok")


asyncio.run(main())
