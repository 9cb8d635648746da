"""How long the bytes of rejected events are kept."""

import asyncio
import contextlib

from store.log import Log
from store.recorder import UNAVAILABLE
from store.rejected import expire

EVERY = 3_600.0  # s


async def retention(log: Log, days: int) -> None:
    """Delete the bytes of rejected events that are older, now and every hour, until cancelled. A database that is away is asked
    again an hour later."""
    while True:
        with contextlib.suppress(*UNAVAILABLE):
            await asyncio.to_thread(_expire, log, days)
        await asyncio.sleep(EVERY)


def _expire(log: Log, days: int) -> None:
    with log.transaction() as cursor:
        expire(cursor, days)
