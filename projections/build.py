"""`build(upto)`: all tables of one build from the log, each journey folded once. One function, four uses (design, idea 4): rebuild,
far behind, verify, as known at a time."""

import contextlib
import datetime as dt
import os
import time
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from queue import SimpleQueue
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Connection, errors

from domain.setting import Rules
from projections import candidates, figures, index, portions, references, tables
from projections.digest import digest
from projections.portions import Progress
from projections.step import forward, step
from schemas.reference import event_key
from store.log import Record, read

READ = 5_000  # events a batch of the index
BUILDER = 7_460_004  # first half of the advisory lock that says "somebody is at work on build <n>"

DROPS = 10  # tries to drop a build that came to nothing
PAUSE = 0.5  # s between two tries to swap, in which readers and steps have their way

WIDE = """
WITH RECURSIVE down(crime, id) AS (
    SELECT DISTINCT crime, crime FROM journey_key
    UNION
    SELECT down.crime, e.to_id FROM down JOIN edge e ON e.from_id = down.id WHERE e.live AND e.kind = 'leads'
), width AS (SELECT crime, count(*) AS journeys FROM journey_key WHERE live GROUP BY crime)
INSERT INTO wide SELECT down.id FROM down JOIN width USING (crime) GROUP BY down.id HAVING sum(journeys) > %s
"""

UNLED = """
INSERT INTO unled SELECT position FROM fact WHERE live EXCEPT SELECT unnest(positions) FROM journey
"""

DONE = "SELECT pg_current_xact_id()::xid, clock_timestamp()"

OLDER_SNAPSHOTS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND coalesce(backend_type, 'client backend') = 'client backend'
  AND age(backend_xmin) >= age(%s::xid) AND coalesce(xact_start < %s, true)
"""


def build(
    dsn: str,
    upto: int | None,
    rules: Rules,
    progress: Progress,
    processes: int | None = None,
    *,
    recorded: dt.datetime | None = None,
    counted: Collection[figures.Table] | None = None,
) -> "Beside":
    """Make a build of the log up to position `upto` (all that is there now: None), beside the live one.

    To be read and dropped it may have less: only what agencies had recorded by `recorded`, only these tables of counts. Such a
    build is not stepped.
    """
    return Beside(dsn, upto, rules, progress, processes or os.cpu_count() or 1, recorded, counted)


class Beside:
    """A build beside the live one. While it is open, a lock says that somebody is at work on it; closed without having become
    live, it is dropped."""

    def __init__(
        self,
        dsn: str,
        upto: int | None,
        rules: Rules,
        progress: Progress,
        processes: int,
        recorded: dt.datetime | None = None,
        counted: Collection[figures.Table] | None = None,
    ) -> None:
        self.dsn = dsn
        self.rules = rules
        self.progress = progress
        self.live = False
        self.connection = psycopg.connect(dsn, autocommit=True, connect_timeout=5)
        try:
            # Frozen in the middle of a swap it must hold up nobody for ever.
            self.connection.execute("SET idle_in_transaction_session_timeout = '60s'")
            sweep(self.connection)
            self.n = _number(self.connection, rules)
        except BaseException:
            self.connection.close()
            raise
        try:
            self.upto = last(self.connection) if upto is None else upto
            tables.create(self.connection, self.n)
            tables.enter(self.connection.cursor(), self.n, local=False)
            self._index(recorded)
            self.connection.execute("CREATE UNIQUE INDEX ON journey (journey_id)")
            portions.fold_all(self.connection, dsn, self.n, rules, processes, progress)
            self._count(processes, counted)
            self.connection.execute("UPDATE projection.build SET position = %s WHERE n = %s", (self.upto, self.n))
            self.done = self.connection.execute(DONE).fetchone()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Beside":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of it; drop it if it did not become live. If that cannot be done now, the next sweep takes it."""
        with contextlib.closing(self.connection), contextlib.suppress(psycopg.OperationalError):
            for _ in range(0 if self.live else DROPS):
                with contextlib.suppress(errors.LockNotAvailable):  # a child's last statement
                    return tables.drop(self.connection, self.n)

    def _index(self, recorded: dt.datetime | None) -> None:
        corrections = _corrections(self.connection, self.upto, recorded)
        at, total = 0, self.upto
        with self.connection.cursor() as cur:
            while records := read(cur, after=at, upto=self.upto, limit=READ):
                with self.connection.transaction():
                    _index_batch(cur, _recorded(records, recorded), corrections, self.rules)
                at = records[-1].position
                self.progress("index", at, total)
            tables.keys(self.connection)
            cur.execute("ANALYZE subject, fact, statement, journey_key")
            cur.execute(index.EDGES)
            cur.execute("ANALYZE edge")
            cur.execute(WIDE, (candidates.TOO_WIDE,))

    def _count(self, processes: int, counted: Collection[figures.Table] | None) -> None:
        self.connection.execute("ANALYZE journey")
        if counted is None:
            self.connection.execute(UNLED)
            references.fill(self.connection.cursor())
            every = [table for figure in figures.figures() for table in figure.tables]
        else:
            every = list(counted)
        with ExitStack() as stack:
            free: SimpleQueue[Connection[Any]] = SimpleQueue()
            for _ in range(processes):
                free.put(stack.enter_context(_filling(self.dsn, self.n)))
            pool = ThreadPoolExecutor(processes)  # each waits for a process of PostgreSQL's
            with portions.given_up_on_error(pool):
                for done, _ in enumerate(pool.map(partial(_fill, free), every), 1):
                    self.progress("count", done, len(every))

    def step(self, upto: int | None = None) -> int:
        """Take it further, up to `upto` or the end of the log; its position then."""
        while (done := step(self.connection, self.rules, self.n, upto=upto)).events:
            self.progress("catch up", done.position, upto or done.position)
        return done.position

    def swap(self) -> None:
        """Make it the live one: the last steps and the re-pointing of all views in one transaction. Readers see the old tables
        until its commit, the new ones after. The old build is dropped.

        A reader is waited for, and hindered for less than a second each time: who has a view in an open transaction, and who
        reads in a snapshot of before these tables were filled and would see them empty.
        """
        tries = 0
        while not self.live:
            self.step()
            if self._hidden():
                tries += 1
            else:
                try:
                    self._swap()
                    break
                except errors.LockNotAvailable:
                    tries += 1
            self.progress("wait for readers", tries, None)
            time.sleep(PAUSE)
        self.connection.execute("SELECT pg_advisory_unlock(%s, %s)", (BUILDER, self.n))
        sweep(self.connection)

    def _hidden(self) -> bool:
        """Whether somebody's snapshot is older than these tables."""
        row = self.connection.execute(OLDER_SNAPSHOTS, self.done).fetchone()
        return bool(row and row[0])

    def _swap(self) -> None:
        """Nobody steps or swaps meanwhile. Raises LockNotAvailable."""
        with self.connection.transaction(), self.connection.cursor() as cur:
            cur.execute("SET LOCAL lock_timeout = '10s'")
            cur.execute("LOCK TABLE projection.build IN EXCLUSIVE MODE")
            while forward(cur, self.rules, self.n, upto=None, limit=READ).events:
                pass
            cur.execute("UPDATE projection.build SET live = false WHERE live")
            cur.execute("UPDATE projection.build SET live = true WHERE n = %s", (self.n,))
            tables.point(cur, self.n)
        self.live = True


def sweep(connection: Connection[Any]) -> None:
    """Drop the builds that are neither live nor worked on: replaced ones, and those whose builder died."""
    for (n,) in connection.execute("SELECT n FROM projection.build WHERE NOT live").fetchall():
        with _at_work(connection, n) as free:
            if free:
                with contextlib.suppress(errors.LockNotAvailable):  # a reader holds it; the next sweep takes it
                    tables.drop(connection, n)


@contextmanager
def _at_work(connection: Connection[Any], n: int) -> Iterator[bool]:
    row = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (BUILDER, n)).fetchone()
    free = bool(row and row[0])
    try:
        yield free
    finally:
        if free:
            connection.execute("SELECT pg_advisory_unlock(%s, %s)", (BUILDER, n))


def _number(connection: Connection[Any], rules: Rules) -> int:
    with connection.transaction():
        row = connection.execute("SELECT nextval('projection.build_number')").fetchone()
        assert row is not None
        n = int(row[0])
        connection.execute("SELECT pg_advisory_lock(%s, %s)", (BUILDER, n))
        connection.execute("INSERT INTO projection.build (n, position, digest) VALUES (%s, 0, %s)", (n, digest(rules)))
    return n


def last(connection: Connection[Any]) -> int:
    """The last position of the log."""
    row = connection.execute("SELECT coalesce(max(notification_id), 0) FROM log.stored_events").fetchone()
    return int(row[0]) if row else 0


def _corrections(connection: Connection[Any], upto: int, recorded: dt.datetime | None) -> dict[UUID, list[Record]]:
    """All corrections up to a position, by the event that they name."""
    found: dict[UUID, list[Record]] = {}
    with connection.cursor() as cur:
        for record in _recorded(read(cur, after=0, upto=upto, limit=None, topics=index.CORRECTIONS), recorded):
            found.setdefault(index.corrects(record), []).append(record)
    return found


def _recorded(records: list[Record], by: dt.datetime | None) -> list[Record]:
    return records if by is None else [record for record in records if record.recorded <= by]


def _index_batch(
    cur: psycopg.Cursor[Any], records: list[Record], corrections: dict[UUID, list[Record]], rules: Rules
) -> None:
    rows, corrected = [], []
    for record in records:
        key = event_key(record.source, record.id)
        if index.is_correction(record):
            corrected.append((record.position, key, index.corrects(record)))
        else:
            rows.append(index.said(record, key, rules, index.tree(key, corrections)))
    index.copy_corrections(cur, corrected)
    index.copy(cur, rows)
    index.know(cur, rows)


@contextmanager
def _filling(dsn: str, n: int) -> Iterator[Connection[Any]]:
    """A connection to fill tables of counts by."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        tables.enter(connection.cursor(), n, local=False)
        connection.execute("SET work_mem = '256MB'")
        yield connection


def _fill(free: SimpleQueue[Connection[Any]], table: figures.Table) -> None:
    connection = free.get()
    try:
        with connection.transaction(), connection.cursor() as cur:
            figures.fill(cur, table, "SELECT *, 1 AS weight FROM journey WHERE counted")
    finally:
        free.put(connection)
