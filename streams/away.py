"""A server that went away: waited for, with one log line when it goes and one when it is back."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from aiokafka.errors import KafkaError

log: Any = structlog.get_logger()

KAFKA_AWAY = (KafkaError, OSError, TimeoutError)
"""What aiokafka raises when a broker cannot be reached, went away, or does not answer."""

LONGEST = 5.0  # s between two tries
STEADY = 1.0  # s


class Away:
    """Which server is away, if any. `worker` tells whose log lines they are."""

    def __init__(self, worker: str) -> None:
        self.worker = worker
        self.server: str | None = None
        self.tries = 0
        self.tried = 0.0

    async def wait(self, server: str, error: Exception) -> None:
        """Before the next try: longer each time, up to `LONGEST`."""
        if server != self.server:
            log.warning("server away", worker=self.worker, server=server, error=type(error).__name__)
            self.server, self.tries = server, 0
        self.tries += 1
        await asyncio.sleep(min(0.1 * 2**self.tries, LONGEST))
        self.tried = time.monotonic()

    def over(self) -> None:
        """It works. It is back when it has worked for `STEADY`: what fails at once again was never back."""
        if self.server is not None and time.monotonic() - self.tried > STEADY:
            log.info("server back", worker=self.worker, server=self.server)
            self.server = None


async def ended(stop: Callable[[], Coroutine[Any, Any, object]]) -> None:
    """Stop a client of aiokafka, or a part of one, in a task of its own: without its broker it may wait, raise, or let through
    the cancellation of its own tasks, which is not meant for us."""
    task = asyncio.create_task(stop())
    await asyncio.wait((task,), timeout=3)
    if not task.cancel() and not task.cancelled():
        task.exception()  # it is known that the broker is away
