"""Steps and builds: from the log to the tables."""

import contextlib
import statistics
import time
from pathlib import Path

import psycopg

from bench.measured import Measured, timed
from bench.peers import copied, sizes
from bench.servers import Servers, written
from domain.setting import Rules
from projections.build import Beside
from projections.projector import Projector
from projections.step import BATCH, step
from store.intake import Intake
from store.log import Log
from vjt.lines import deliveries

ONE_BY_ONE = 200  # events kept back for steps of one event


def quiet(*_: object) -> None:
    """No progress told."""


def level(dsn: str) -> None:
    """Bring the live tables to where the log is."""
    with contextlib.closing(Projector(dsn, Rules(), quiet)) as projector:
        projector.catch_up()


def take(dsn: str, file: str) -> None:
    """A short file of events into the log."""
    with Log(dsn) as log:
        Intake(log).take(list(deliveries(file)))


def steps(servers: Servers, dsn: str, backlog: int, journeys: int) -> Measured:
    """The backlog in steps of the size that the worker takes."""
    changed = 0
    with psycopg.connect(dsn, autocommit=True) as connection, timed(servers) as watch:
        while (done := step(connection, Rules())).events:
            changed += len(done.journeys)
    of = f"{backlog:,} events behind, of {journeys:,} journeys; {changed:,} rows changed; {BATCH:,} a step"
    return watch.rate("step", backlog, "events/s", of)


def one_by_one(dsn: str, events: list[bytes], file: Path, journeys: int) -> Measured:
    """The last events of the year, each in a step of its own; ms, median."""
    take(dsn, written(file, events))
    times = []
    with psycopg.connect(dsn, autocommit=True) as connection:
        while True:
            began = time.perf_counter()
            if not step(connection, Rules(), limit=1).events:
                break
            times.append(1_000 * (time.perf_counter() - began))
    return Measured("step of one event", statistics.median(times), "ms", f"{journeys:,} journeys")


def builds(servers: Servers, dsn: str) -> list[Measured]:
    """Builds by one process and by two; what a build holds; and COPY of that."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT count(*) FROM log.stored_events").fetchone()
    events = int(row[0]) if row else 0
    found = []
    for processes in (1, 2):
        with timed(servers) as watch:
            beside = Beside(dsn, None, Rules(), quiet, processes)
        of = f"{events:,} events, {processes} process" + "es" * (processes > 1)
        found.append(watch.rate("build", events, "events/s", of))
        if processes == 2:
            schema = f"build_{beside.n}"
            tables = sizes(dsn, schema)
            peer = events / copied(dsn, [f"{schema}.{name}" for name, rows, _ in tables if rows])
        beside.close()
    for measured in found:
        measured.peer = peer
    journeys = next(rows for name, rows, _ in tables if name == "journey")
    found.append(Measured("build", sum(size for _, _, size in tables) / journeys, "bytes/journey", "all tables"))
    for name, rows, size in tables:
        if rows >= journeys / 100:
            of = f"{name}: {rows / journeys:.2f} rows a journey"
            found.append(Measured("build", size / journeys, "bytes/journey", of))
    return found
