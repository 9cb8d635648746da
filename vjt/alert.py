"""`vjt alert`: the worker that raises alerts, moves them by the clock, and tells of them."""

import asyncio
import contextlib
import datetime as dt
import os
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from vjt.errors import CHECK

if TYPE_CHECKING:
    from psycopg import Connection

    from alerts.rules import Rules
    from alerts.webhooks import Endpoint

CLOCK = 7_460_007  # advisory lock of who moves alerts by the clock
SENDER = 7_460_008  # advisory lock of who sends webhooks
TICK = 1.0  # s between two looks at the clock, or for a lock
SHARE = 10  # comparing all journeys takes a tenth of the time at most,
SOON = 20.0  # s after which it is done again even so: what the machine held up once must not be made up for tenfold
GRACE = 8.0  # s for what is on its way when the worker is told to stop

COUNTS = """
SELECT (SELECT count(*) FROM alerts.step WHERE what = 'raised'), (SELECT count(*) FROM alerts.alert WHERE state <> 'resolved')
"""

BUILT = "SELECT FROM projection.build WHERE live"


def alert(
    once: Annotated[
        bool, typer.Option("--once", help="Raise and tell what is to be raised now, then end. Needs no broker.")
    ] = False,
) -> None:
    """Raise alerts from what changed and from what falls due, and tell of them. Several may run: they share the work."""
    import structlog

    from alerts.rules import load
    from store.memory import collect_rarely
    from vjt.logging import configure
    from vjt.settings import Settings

    settings = Settings()
    configure(settings.named("LOG_FORMAT"))
    collect_rarely()
    rules, (endpoints, keys) = load(), settings.webhooks()
    if once:
        asyncio.run(_once(settings.database_url(), rules, endpoints, keys))
        return
    worker = Worker(settings.database_url(), settings.kafka(), rules, endpoints, keys)
    try:
        asyncio.run(worker.run())
    except Exception as error:
        structlog.get_logger().error(
            "alert failed", error=type(error).__name__, sqlstate=getattr(error, "sqlstate", None)
        )
        raise typer.Exit(CHECK) from error


class Worker:
    """Three tasks, none of which waits for another's server: changes from Kafka, the clock, webhooks. A server that is away is
    waited for. Any other failure is a defect of ours: all of it ends."""

    def __init__(
        self, dsn: str, kafka: str, rules: "Rules", endpoints: Sequence["Endpoint"], keys: Sequence[bytes]
    ) -> None:
        import structlog

        from streams.away import Away

        self.dsn = dsn
        self.kafka = kafka
        self.rules = rules
        self.endpoints = endpoints
        self.keys = keys
        self.end = asyncio.Event()
        self.away = Away("alert")
        self.connection: Connection[Any] | None = None  # the handler's
        self.log: Any = structlog.get_logger()

    async def run(self) -> None:
        """Until told to end by SIGTERM or SIGINT."""
        from streams.changes import Changes

        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._stop)
        tasks = [
            asyncio.create_task(Changes(self.kafka, self._changed).run(self.end)),
            asyncio.create_task(self._leading(CLOCK, self._clock)),
        ]
        if self.endpoints:
            tasks.append(asyncio.create_task(self._leading(SENDER, self._webhooks)))
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        self.end.set()
        await asyncio.gather(*tasks)

    def _stop(self) -> None:
        self.end.set()
        # A statement that waits or a server that stands still may hold a thread up for longer. Killing it harms nothing.
        deadline = threading.Timer(GRACE, os._exit, (0,))
        deadline.daemon = True
        deadline.start()

    async def _changed(self, journeys: Sequence[UUID]) -> None:
        """What Kafka says of journeys: look at their rows."""
        while True:
            try:
                await asyncio.to_thread(self._evaluate, journeys)
            except _away() as error:
                if self.end.is_set():
                    raise
                await self.away.wait("PostgreSQL", error)
            else:
                self.away.over()
                return

    def _evaluate(self, journeys: Sequence[UUID]) -> None:
        from alerts.evaluate import evaluate

        if self.connection is None or self.connection.closed:
            self.connection = _connect(self.dsn)
        try:
            evaluate(self.connection, journeys, self.rules, _now())
        except _away():
            self.connection.close()
            raise

    async def _leading(self, lock: int, work: Callable[["Connection[Any]"], Awaitable[None]]) -> None:
        """Work while holding a lock, until told to end. One works, others wait to take over."""
        from streams.away import Away

        away = Away("clock" if lock == CLOCK else "webhooks")
        while not self.end.is_set():
            try:
                with contextlib.closing(await asyncio.to_thread(_connect, self.dsn)) as connection:
                    while not self.end.is_set() and not await asyncio.to_thread(_led, connection, lock):
                        away.over()
                        await self._pause(TICK)
                    if not self.end.is_set():
                        self.log.info(f"{away.worker} active")
                        await work(connection)
            except _away() as error:
                await self._unless_ended(away.wait("PostgreSQL", error))

    async def _clock(self, connection: "Connection[Any]") -> None:
        """What falls due, and what nobody told of."""
        from alerts import deliveries
        from alerts.evaluate import due
        from alerts.reconcile import reconcile

        await asyncio.to_thread(deliveries.register, connection, [one.name for one in self.endpoints])
        again = 0.0
        while not self.end.is_set():
            if time.monotonic() >= again:
                began = time.monotonic()
                await asyncio.to_thread(reconcile, connection, self.rules, _now(), self._progress)
                again = time.monotonic() + min(SHARE * (time.monotonic() - began), SOON) - TICK
            await asyncio.to_thread(due, connection, self.rules, _now())
            await self._pause(TICK)

    async def _webhooks(self, connection: "Connection[Any]") -> None:
        from alerts.webhooks import Sender

        await self._unless_ended(Sender(connection, self.endpoints, self.keys, _now).run(self.end), GRACE / 2)

    def _progress(self, what: str, done: int, total: int | None) -> None:
        if done == total:
            self.log.info("reconciled", part=what, done=done)

    async def _pause(self, seconds: float) -> None:
        await self._unless_ended(asyncio.sleep(seconds))

    async def _unless_ended(self, work: Awaitable[object], grace: float = 0) -> None:
        """Until it is done, or for `grace` after being told to end, in s."""
        task, ending = asyncio.ensure_future(work), asyncio.ensure_future(self.end.wait())
        try:
            await asyncio.wait((task, ending), return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait((task,), timeout=grace)
        finally:
            ending.cancel()
            if not task.done():
                task.cancel()
                await asyncio.wait((task,))
        if not task.cancelled():
            task.result()


async def _once(dsn: str, rules: "Rules", endpoints: Sequence["Endpoint"], keys: Sequence[bytes]) -> None:
    """As things are now. What a worker that runs sends, is left to it."""
    from alerts import deliveries
    from alerts.evaluate import due
    from alerts.reconcile import reconcile
    from alerts.webhooks import Sender
    from projections.step import NoBuild
    from vjt.progress import Progress

    with contextlib.closing(_connect(dsn)) as connection:
        if connection.execute(BUILT).fetchone() is None:
            raise NoBuild
        deliveries.register(connection, [one.name for one in endpoints])
        before, _ = _counts(connection)
        with Progress() as progress:
            while reconcile(connection, rules, _now(), progress):
                pass
        due(connection, rules, _now())
        if endpoints and _led(connection, SENDER):
            await Sender(connection, endpoints, keys, _now).once()
        raised, stand = _counts(connection)
    typer.echo(f"{raised - before:,} alerts raised; {stand:,} are not resolved", err=True)


def _counts(connection: "Connection[Any]") -> tuple[int, int]:
    """How many alerts were ever raised, and how many are not resolved."""
    row = connection.execute(COUNTS).fetchone()
    assert row is not None
    return row[0], row[1]


def _connect(dsn: str) -> "Connection[Any]":
    import psycopg

    return psycopg.connect(dsn, autocommit=True, connect_timeout=5)


def _led(connection: "Connection[Any]", lock: int) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", (lock,)).fetchone()
    return bool(row and row[0])


def _away() -> tuple[type[Exception], ...]:
    """What is raised when the database cannot be reached, goes away, or ends a transaction that stands still."""
    from psycopg import InterfaceError, OperationalError, errors

    return OperationalError, InterfaceError, errors.IdleInTransactionSessionTimeout


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
