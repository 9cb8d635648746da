"""Readers never notice a build that takes the place of another, however long they hold something."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
from psycopg import IsolationLevel

from domain.setting import Rules
from projections.build import build
from tests.integration.projections import flowing
from tests.integration.projections.flowing import ENTERED, JOURNEYS, beside, live
from tests.integration.projections.world import World
from tests.integration.store.given import rows

EVENTS, FIRST = flowing.EVENTS, flowing.FIRST


def reads(connection: psycopg.Connection[Any], query: str) -> int:
    (n,) = connection.execute(query.encode()).fetchone() or (0,)
    return int(n)


@contextmanager
def waited_for(dsn: str) -> Iterator[Callable[[], bool]]:
    """A rebuild that is to be swapped in, once it waits for readers. Yields whether it has ended."""
    waiting = threading.Event()

    def progress(what: str, done: int, total: int | None) -> None:
        if what == "wait for readers":
            waiting.set()

    def rebuild() -> None:
        with build(dsn, None, Rules(), progress, 1) as made:
            made.swap()

    with beside(rebuild) as ended:
        assert waiting.wait(60)
        yield ended


def test_a_reader_in_a_long_transaction_is_waited_for_and_not_broken(begun: World) -> None:
    """It has the last view and asks for the first again and again: with a swap that waited in between, a deadlock."""
    with psycopg.connect(begun.dsn) as reader:
        entered = reads(reader, "SELECT count(*) FROM metrics.delay")
        with waited_for(begun.dsn) as ended:
            try:
                began, longest = time.monotonic(), 0.0
                while time.monotonic() - began < 3:
                    asked = time.monotonic()
                    assert reads(reader, JOURNEYS) > 0
                    assert rows(begun.dsn, JOURNEYS) != [0]
                    longest = max(longest, time.monotonic() - asked)
                assert reads(reader, "SELECT count(*) FROM metrics.delay") == entered
                assert not ended()
                assert live(begun.dsn) == "build_1"
                assert longest < 5
            finally:
                reader.commit()
    assert live(begun.dsn) == "build_2"


def test_a_reader_whose_snapshot_is_older_than_the_build_does_not_see_it_empty(begun: World) -> None:
    with psycopg.connect(begun.dsn) as reader:
        reader.isolation_level = IsolationLevel.REPEATABLE_READ
        reader.execute("SELECT 1 FROM log.source")  # its snapshot, and no lock on any view
        with waited_for(begun.dsn):
            try:
                assert reads(reader, JOURNEYS) == reads(reader, ENTERED) > 0
            finally:
                reader.commit()
    assert live(begun.dsn) == "build_2"


def test_who_may_read_a_view_still_may_after_a_version_that_gives_it_other_columns(begun: World) -> None:
    with ExitStack() as stack:
        connection = stack.enter_context(psycopg.connect(begun.dsn, autocommit=True))
        connection.execute('CREATE ROLE "an analyst"')
        stack.callback(connection.execute, 'DROP OWNED BY "an analyst"; DROP ROLE "an analyst"')
        connection.execute("DROP VIEW metrics.delay; CREATE VIEW metrics.delay AS SELECT 1 AS earlier")
        connection.execute('GRANT USAGE ON SCHEMA metrics TO PUBLIC; GRANT SELECT ON metrics.delay TO "an analyst"')
        begun.build()
        connection.execute('SET ROLE "an analyst"')
        found = reads(connection, "SELECT count(open_median_days) FROM metrics.delay")
        connection.execute("RESET ROLE")
        assert found > 0
