"""A billing overview into pandas, one row a sub-period, with the same columns from all tools."""

from __future__ import annotations

import gc
import importlib
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from measure import HEADERS, OVERVIEW, Clock, Memory, arguments, finish, unavailable

COMPANY = ["company_id", "sname", "lname", "starting", "ending", "total_period_seconds"]
DATES = ["set_at", "effective_from", "effective_to", "starting", "ending"]
Read = Callable[[], Any]


def crankwheel(url: str) -> Read:
    from crankwheel import BillingOverview, CrankWheel

    cw = CrankWheel("bench-key", base_url=url)

    def read() -> Any:
        if not hasattr(BillingOverview, "to_pandas"):
            unavailable("no method to_pandas")
        return cw.reseller.billing("2026-10").to_pandas()

    return read


def requests(url: str) -> Read:
    import pandas as pd
    import requests

    session = requests.Session()
    session.headers.update(HEADERS)

    def read() -> Any:
        response = session.get(url + OVERVIEW)
        response.raise_for_status()
        frame = pd.json_normalize(response.json()["per_company"], "periods", COMPANY)
        for name in DATES:
            frame[name] = pd.to_datetime(frame[name], format="ISO8601", utc=True)
        return frame

    return read


def polars(url: str) -> Read:
    import http.client

    import polars as pl

    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc)
    connection.connect()
    period = {
        "set_by": pl.String,
        "set_at": pl.String,
        "pro_rata": pl.Float64,
        "human_name": pl.String,
        "effective_to": pl.String,
        "effective_seconds": pl.Int64,
        "effective_from": pl.String,
        "api_name": pl.String,
    }
    company = dict.fromkeys(COMPANY, pl.String) | {"company_id": pl.Int64, "total_period_seconds": pl.Int64}
    companies = pl.List(pl.Struct(company | {"periods": pl.List(pl.Struct(period))}))
    # Two shapes: with a zone and without; all are UTC.
    dates = [
        pl.col(name)
        .str.strip_suffix("Z")
        .str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", time_zone="UTC")
        for name in DATES
    ]

    def read() -> Any:
        connection.request("GET", parts.path + OVERVIEW, headers=HEADERS)
        response = connection.getresponse()
        if response.status != 200:
            raise RuntimeError(response.status)
        body = pl.read_json(io.BytesIO(response.read()), schema={"per_company": companies})
        rows = body.explode("per_company").unnest("per_company").explode("periods").unnest("periods")
        return rows.with_columns(dates).to_pandas()

    return read


def main() -> None:
    variant, url, _ = arguments()
    read = globals()[variant](url)
    # The cost of an import is not measured; pandas uses pyarrow for its strings.
    for module in ["pandas", "pyarrow"]:
        importlib.import_module(module)
    gc.collect()
    memory = Memory()
    clock = Clock()
    frame = read()
    wall, cpu = clock.stop()
    finish(wall=wall, cpu=cpu, peak=memory.peak(), check=int(frame["effective_seconds"].sum()))


main()
