"""FastAPI: one asynchronous client for the whole program, injected into the endpoints.

Run it with `fastapi dev fastapi_app.py`. The key is read from CRANKWHEEL_API_KEY.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request

from crankwheel import AsyncCrankWheel, Client, InvalidRequestError


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with AsyncCrankWheel() as cw:
        app.state.crankwheel = cw
        yield


app = FastAPI(lifespan=lifespan)


def crankwheel(request: Request) -> AsyncCrankWheel:
    client: AsyncCrankWheel = request.app.state.crankwheel
    return client


CrankWheelClient = Annotated[AsyncCrankWheel, Depends(crankwheel)]


@app.get("/clients/{sname}")
async def find_client(sname: str, cw: CrankWheelClient) -> Client:
    client = await cw.clients.find(sname)
    if client is None:
        raise HTTPException(404, f"there is no client {sname!r}")
    return client


@app.get("/units/{month}")
async def units(month: str, cw: CrankWheelClient) -> dict[str, float]:
    try:
        overview = await cw.reseller.billing(month)
    except InvalidRequestError as error:
        raise HTTPException(422, error.errors) from error
    return {name: plan.units for name, plan in overview.total_pro_rata.items()}
