"""The longest time that asyncio's loop does nothing else while a usage history arrives, until it is there."""

from __future__ import annotations

import asyncio
import gc
import time

from measure import arguments, finish

TICK = 0.001


async def measured(url: str) -> None:
    from crankwheel import AsyncCrankWheel

    async with AsyncCrankWheel("bench-key", base_url=url) as cw:
        gc.collect()
        call = asyncio.ensure_future(cw.reseller.usage("2026-10"))
        longest = longest_cpu = 0.0
        while not call.done():
            wall, cpu = time.perf_counter(), time.thread_time()
            await asyncio.sleep(TICK)
            longest = max(longest, time.perf_counter() - wall - TICK)
            longest_cpu = max(longest_cpu, time.thread_time() - cpu)
        rows = len(call.result().sessions)
    finish(block=longest, block_cpu=longest_cpu, check=rows)


def main() -> None:
    _, url, _ = arguments()
    asyncio.run(measured(url))


main()
