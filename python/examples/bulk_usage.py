"""Writes the usage of all companies in a period as CSV, with asyncio: the meetings of each company,
requested concurrently, and its hours, from one usage history.

`CRANKWHEEL_API_KEY=… python examples/bulk_usage.py 2019-02 > usage.csv`
"""

from __future__ import annotations

import asyncio
import csv
import sys
from collections import Counter

from crankwheel import AsyncCrankWheel, Period


async def main() -> None:
    period = Period.parse(sys.argv[1])
    async with AsyncCrankWheel() as cw:
        clients = await cw.clients.list()
        # At most `max_connections` of these requests are in flight at any time.
        meetings = asyncio.gather(*(cw.clients.usage(client, period) for client in clients))
        # One request for all screen shares, which are read while they arrive.
        history, usages = await asyncio.gather(cw.reseller.usage(period), meetings)

    seconds: Counter[str | None] = Counter()
    for session in history.sessions:
        seconds[session.sname] += session.duration or 0

    rows = csv.writer(sys.stdout)
    rows.writerow(["company", "meetings", "hours"])
    for client, usage in zip(clients, usages, strict=True):
        rows.writerow([client.sname, usage.num_sessions, f"{seconds[client.sname] / 3600:.2f}"])


if __name__ == "__main__":
    asyncio.run(main())
