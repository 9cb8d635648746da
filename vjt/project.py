"""`vjt project`: the worker from the log to the tables, and the relay of what goes out."""

import asyncio
import contextlib
import os
import signal
import threading
import time
import traceback
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vjt.errors import CHECK, UNREACHABLE, Failed

if TYPE_CHECKING:
    from domain.setting import Rules

PACE = 0.15  # s from one step to the next: one of a single event takes two thirds of what one of ten does
GRACE = 8.0  # s for what is on its way when the worker is told to stop
PATIENCE = 10.0  # s for a broker that takes nothing, with --once


def project(
    once: Annotated[
        bool, typer.Option("--once", help="Catch up with what the log and the outbox hold now, then end.")
    ] = False,
) -> None:
    """Keep the tables level with the log, and send what changed to Kafka. Several may run: one works, others wait."""
    from store.memory import collect_rarely
    from vjt.logging import configure
    from vjt.settings import Settings

    settings = Settings()
    configure(settings.named("LOG_FORMAT"))
    collect_rarely()
    if once:
        _catch_up(settings.database_url(), settings.rules())
        asyncio.run(_send(settings))
        return
    worker = Worker(settings.database_url(), settings.rules())
    kafka = settings.kafka()

    def stop(*_: object) -> None:
        worker.stop.set()
        # A statement of a build or a server that stands still may hold it up for longer. Killing it harms nothing.
        deadline = threading.Timer(GRACE, os._exit, (0,))
        deadline.daemon = True
        deadline.start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    worker.start()
    asyncio.run(_relay(worker, kafka))
    worker.join()
    if worker.failed:
        raise typer.Exit(CHECK)


class Stopped(Exception):
    """The worker was told to stop in the middle of a build."""


class Worker(threading.Thread):
    """Projects until told to stop; a database that goes away is waited for. Any other failure is a defect of ours: it ends."""

    def __init__(self, dsn: str, rules: "Rules") -> None:
        super().__init__(name="projector")
        self.dsn = dsn
        self.rules = rules
        self.stop = threading.Event()
        self.failed = False
        self.part = ""

    def run(self) -> None:
        import structlog

        self.log: Any = structlog.get_logger()
        try:
            self._work()
        except Stopped:
            pass
        except Exception as error:
            self.failed = True
            self.log.error("projector failed", **_told(error))

    def _work(self) -> None:
        from concurrent.futures.process import BrokenProcessPool

        from psycopg import InterfaceError, OperationalError, errors

        failures = 0
        away = (OperationalError, InterfaceError, errors.IdleInTransactionSessionTimeout)
        while not self.stop.is_set():
            try:
                for _ in self._projected():
                    if failures:
                        self.log.info("server back", worker="project", server="PostgreSQL")
                    failures = 0
            except away as error:
                failures += 1
                if failures == 1:
                    self.log.warning("server away", worker="project", server="PostgreSQL", **_told(error))
                self.stop.wait(min(0.1 * 2**failures, 5))
            except BrokenProcessPool as error:  # somebody killed a child of it: the system, for want of memory
                self.log.error("build failed", **_told(error))
                self.stop.wait(5)

    def _projected(self) -> Any:
        """Work; say so after each piece of it."""
        from projections.projector import Projector

        with contextlib.closing(Projector(self.dsn, self.rules, self._progress)) as projector:
            while not projector.leader():
                yield
                if self.stop.wait(1):
                    return
            self.log.info("projector active")
            while not self.stop.is_set():
                began = time.monotonic()
                events = projector.advance()
                yield
                if not events:
                    projector.wait()
                self.stop.wait(began + PACE - time.monotonic())

    def _progress(self, what: str, done: int, total: int | None) -> None:
        """Say which part of a build is done, or what it waits for."""
        if self.stop.is_set():
            raise Stopped
        if done == total or (total is None and what != self.part):
            self.log.info("build", part=what, done=done)
        self.part = what


def _told(error: Exception) -> dict[str, Any]:
    """What an error is and where, without its message: that may repeat a value."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    told: dict[str, Any] = {"error": type(error).__name__}
    if state := getattr(error, "sqlstate", None):
        told["sqlstate"] = state
    if notes := getattr(error, "__notes__", None):
        told["about"] = notes
    return told | {"at": [f"{os.path.basename(f.filename)}:{f.lineno} {f.name}" for f in frames]}


async def _relay(worker: Worker, kafka: str) -> None:
    """Relay while the projector works. Should that thread fail, so does the process: a supervisor starts it again."""
    from streams.relay import relay

    ended = asyncio.Event()
    task = asyncio.create_task(relay(worker.dsn, kafka, ended))
    try:
        while not worker.stop.is_set() and worker.is_alive() and not task.done():
            await asyncio.sleep(0.1)
    finally:
        ended.set()
        worker.stop.set()
        await task


def _catch_up(dsn: str, rules: "Rules") -> None:
    from projections.projector import Projector
    from vjt.progress import Progress

    with Progress() as progress, contextlib.closing(Projector(dsn, rules, progress)) as projector:
        events = projector.catch_up()
    typer.echo(f"{events:,} events projected", err=True)


async def _send(settings: Any) -> None:
    """Send what the outbox holds now. Without a broker the tables are what was asked for: only one that is named and does not
    answer is a failure."""
    import psycopg

    from store.outbox import waiting
    from streams.away import KAFKA_AWAY
    from streams.relay import relay
    from streams.topics import extents
    from vjt.settings import NotUp

    with psycopg.connect(settings.database_url(), autocommit=True) as connection, connection.cursor() as cursor:
        left, upto = waiting(cursor)
        if not left:
            return
        try:
            kafka = settings.kafka()
            await extents(kafka)
        except NotUp:
            typer.echo(f"{left:,} messages wait for a broker", err=True)
            return
        except KAFKA_AWAY:
            raise Failed(f"Kafka cannot be reached: {left:,} messages wait", UNREACHABLE) from None
        end = asyncio.Event()
        task = asyncio.create_task(relay(settings.database_url(), kafka, end))
        first, since = left, time.monotonic()
        while left and time.monotonic() - since < PATIENCE:
            await asyncio.sleep(0.1)
            before, (left, _) = left, waiting(cursor, upto)
            since = time.monotonic() if left < before else since
        end.set()
        await task
    typer.echo(f"{first - left:,} messages sent", err=True)
    if left:
        raise Failed(f"Kafka took nothing for {PATIENCE:.0f} s: {left:,} messages wait", UNREACHABLE)
