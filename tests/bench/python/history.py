"""A usage history into typed rows, pandas or polars: wall clock, CPU and peak memory.

A variant is the tool that fetches and decodes, `+`, and the result: `rows`, `pandas` or `polars`. Rows are
all read once, every attribute. Tables of all tools have the same columns: strings, UTC timestamps, integers.
"""

from __future__ import annotations

import gc
import importlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from measure import HEADERS, HISTORY, Clock, Memory, arguments, finish, unavailable

DATES = ["start_date", "end_date"]
Read = Callable[[], Any]


def read_all(sessions: Any) -> int:
    """Reads every attribute of every row, and returns the sum of the durations."""
    total = 0
    for session in sessions:
        session.email
        session.sname
        session.lname
        session.start_date
        session.end_date
        total += session.duration
        session.max_viewer_count
    return total


def read_all_nested(sessions: Any) -> int:
    """The same for rows whose viewer count is in a nested object, as in the JSON."""
    total = 0
    for session in sessions:
        session.email
        session.sname
        session.lname
        session.start_date
        session.end_date
        total += session.duration
        session.viewer_info.max_viewer_count
    return total


def body_http_client(url: str) -> Callable[[], bytes]:
    import http.client

    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc)
    connection.connect()

    def fetch() -> bytes:
        connection.request("GET", parts.path + HISTORY, headers=HEADERS)
        response = connection.getresponse()
        if response.status != 200:
            raise RuntimeError(response.status)
        return response.read()

    return fetch


def body_urllib3_gzip(url: str) -> Callable[[], bytes]:
    import urllib3

    pool = urllib3.connection_from_url(url, headers=HEADERS | {"Accept-Encoding": "gzip"})
    path = urlsplit(url).path + HISTORY

    def fetch() -> bytes:
        response = pool.request("GET", path)
        if response.status != 200 or response.headers.get("content-encoding") != "gzip":
            raise RuntimeError(response.status)
        return response.data

    return fetch


def crankwheel(url: str) -> dict[str, Read]:
    from crankwheel import CrankWheel, UsageHistory

    cw = CrankWheel("bench-key", base_url=url)

    def table(method: str) -> Read:
        def read() -> Any:
            if not hasattr(UsageHistory, method):
                unavailable(f"no method {method}")
            return getattr(cw.reseller.usage("2026-10"), method)()

        return read

    return {
        "rows": lambda: read_all(cw.reseller.usage("2026-10").sessions),
        "pandas": table("to_pandas"),
        "polars": table("to_polars"),
    }


def httpx(url: str) -> dict[str, Read]:
    import httpx
    from typed_pydantic import decode_history

    session = httpx.Client(base_url=url, headers=HEADERS, timeout=600)

    def read() -> int:
        return read_all_nested(decode_history(session.get(HISTORY).raise_for_status().content).sessions)

    return {"rows": read}


def msgspec(url: str) -> dict[str, Read]:
    from typed_msgspec import decode_history

    fetch = body_http_client(url)
    return {"rows": lambda: read_all_nested(decode_history(fetch()).sessions)}


def requests(url: str) -> dict[str, Read]:
    import requests

    session = requests.Session()
    session.headers.update(HEADERS)

    def sessions() -> list[dict[str, Any]]:
        response = session.get(url + HISTORY)
        response.raise_for_status()
        return response.json()["sessions"]

    def pandas() -> Any:
        import pandas as pd

        frame = pd.json_normalize(sessions())
        for name in DATES:
            frame[name] = pd.to_datetime(frame[name], format="ISO8601", utc=True)
        return frame

    def polars() -> Any:
        import polars as pl

        dates = [pl.col(name).str.to_datetime(time_unit="us", time_zone="UTC") for name in DATES]
        return pl.from_dicts(sessions()).unnest("viewer_info").with_columns(dates)

    return {"pandas": pandas, "polars": polars}


def arrow_tables(fetch: Callable[[], bytes]) -> dict[str, Read]:
    import pyarrow as pa
    import pyarrow.json

    date = pa.timestamp("us", tz="UTC")
    schema = pa.schema(
        {
            "viewer_info": pa.struct({"max_viewer_count": pa.int64()}),
            "start_date": date,
            "sname": pa.string(),
            "lname": pa.string(),
            "end_date": date,
            "email": pa.string(),
            "duration": pa.int64(),
        }
    )
    parse = pa.json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore")
    # Many blocks, so that all cores parse.
    blocks = pa.json.ReadOptions(block_size=4 << 20)

    def table() -> pa.Table:
        body = fetch()
        # The rows of the array, one a line, which is what the parser takes.
        at = body.index(b'"sessions":[') + 12
        lines = body[at : body.rindex(b"]")].replace(b"},{", b"}\n{")
        del body
        return pa.json.read_json(pa.BufferReader(lines), blocks, parse).flatten()

    def polars() -> Any:
        import polars as pl

        return pl.from_arrow(table())

    return {"pandas": lambda: table().to_pandas(), "polars": polars}


def pyarrow(url: str) -> dict[str, Read]:
    return arrow_tables(body_http_client(url))


def urllib3_pyarrow(url: str) -> dict[str, Read]:
    return arrow_tables(body_urllib3_gzip(url))


def main() -> None:
    variant, url, _ = arguments()
    tool, _, result = variant.partition("+")
    read = globals()[tool](url)[result]
    # The cost of an import is not measured; pandas uses pyarrow for its strings.
    for module in {"rows": [], "pandas": ["pandas", "pyarrow"], "polars": ["polars"]}[result]:
        importlib.import_module(module)
    gc.collect()
    memory = Memory()
    clock = Clock()
    found = read()
    wall, cpu = clock.stop()
    peak = memory.peak()
    finish(wall=wall, cpu=cpu, peak=peak, check=int(found if result == "rows" else found["duration"].sum()))


main()
