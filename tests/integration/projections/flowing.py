"""Events that arrive while tables are built, and somebody who reads them meanwhile."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import psycopg
from psycopg import IsolationLevel

from domain.setting import Rules
from projections.projector import Projector
from tests.integration.projections.world import World, quiet
from tests.integration.store.given import rows
from tests.told import simulated
from tests.waiting import until

EVENTS, TRUTH = simulated(journeys=60, seed=4)
FIRST = len(EVENTS) // 2

JOURNEYS = "SELECT count(*) FROM journeys.journey WHERE counted"
ENTERED = """
SELECT coalesce(sum(entered), 0)::bigint FROM metrics.attrition
WHERE basis = 'reported' AND stage = 'journey' AND cohort = 'all' AND offence = 'all' AND dimension = 'all'
"""
POSITION = "SELECT position FROM projection.build WHERE live"


def schemas(dsn: str) -> list[str]:
    return rows(dsn, "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, 'build') ORDER BY 1")


def live(dsn: str) -> str:
    (n,) = rows(dsn, "SELECT n FROM projection.build WHERE live")
    return f"build_{n}"


@contextmanager
def beside(*works: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Run these in threads of their own; what they raise is raised here. Yields whether all have ended."""
    raised: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield lambda: not any(thread.is_alive() for thread in threads)
    finally:
        for thread in threads:
            thread.join(60)
        if raised:
            raise raised[0]


@contextmanager
def flow(world: World) -> Iterator[threading.Event]:
    """The second half of the events arrives, while a projector works. Yields what is set when all have."""
    done, end = threading.Event(), threading.Event()

    def say() -> None:
        for n in range(FIRST, len(EVENTS), 5):
            world.say(*EVENTS[n : n + 5])
        done.set()

    def project() -> None:
        with closing(Projector(world.dsn, Rules(), quiet)) as active:
            until(active.leader)
            while not end.is_set():
                if not active.advance():
                    active.wait()

    with beside(say, project):
        try:
            yield done
        finally:
            end.set()


@contextmanager
def reading(dsn: str) -> Iterator[Callable[[], int]]:
    """Somebody reads in a loop, both tables in one snapshot each time: never none, never of two builds, never older than before.
    Yields how often that was done."""
    end, seen = threading.Event(), [0]

    def read() -> None:
        before = 0
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.isolation_level = IsolationLevel.REPEATABLE_READ
            while not end.is_set():
                with connection.transaction():
                    counts = [next(iter(connection.execute(q.encode())))[0] for q in (JOURNEYS, ENTERED, POSITION)]
                assert counts[0] == counts[1] > 0
                assert counts[2] >= before
                before = counts[2]
                seen[0] += 1

    with beside(read):
        try:
            yield lambda: seen[0]
        finally:
            end.set()
