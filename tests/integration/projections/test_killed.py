"""A projector may be killed, frozen or cut off at any statement: the next one goes on, and the tables are those of a clean run.

The points are made with locks that the test holds: the projector comes to a statement that waits for one, and is killed.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import orjson
import psycopg
import pytest

from domain.setting import Rules
from projections import projector
from projections.projector import Projector
from tests.integration.projections.world import Event, World, quiet
from tests.integration.store.given import report, rows
from tests.told import simulated, tabled
from tests.waiting import until

EVENTS, TRUTH = simulated(journeys=40, seed=3)
FIRST = len(EVENTS) // 2

POINTS = {
    "after the lock": "LOCK TABLE build_1.fact",
    "after the rows are inserted": "LOCK TABLE build_1.attrition IN SHARE MODE",
    "before the outbox": "LOCK TABLE log.outbox IN SHARE MODE",
    "in the commit": "SELECT pg_advisory_lock(1)",
}

IN_COMMIT = """
CREATE FUNCTION public.wait() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN PERFORM pg_catalog.pg_advisory_xact_lock(1); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER wait AFTER UPDATE ON projection.build DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION public.wait();
"""

LEADER = f"""
SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = {projector.LEADER} AND granted
   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""

TOLD = "SELECT key FROM log.outbox WHERE topic = 'journeys.changes.v1'"


@contextmanager
def projecting(dsn: str, frozen: float = 60) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.integration.projections.projecting", dsn, str(frozen)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def held_at(dsn: str, point: str) -> Iterator[Callable[[], object]]:
    """While this lasts a projector comes as far as `point`, and waits. Yields whether one does."""
    with psycopg.connect(dsn, autocommit=True) as holder:
        if point == "in the commit":
            holder.execute(IN_COMMIT)
        holder.execute("BEGIN")
        holder.execute(POINTS[point].encode())
        waiting = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        yield lambda: rows(dsn, waiting)


def position(dsn: str) -> int:
    return next(iter(rows(dsn, "SELECT position FROM projection.build WHERE live")), -1)


def last(dsn: str) -> int:
    (n,) = rows(dsn, "SELECT max(notification_id) FROM log.stored_events")
    return int(n)


def level(dsn: str) -> bool:
    return position(dsn) == last(dsn)


def catch_up(dsn: str) -> None:
    with closing(Projector(dsn, Rules(), quiet)) as other:
        other.catch_up()


def check(world: World) -> None:
    """The tables are what the simulator says, and what a recomputation finds."""
    assert tabled(world.dsn) == TRUTH
    assert world.differences() == {}


@pytest.mark.parametrize("point", POINTS)
def test_a_projector_killed_at_any_point_leaves_each_event_once(begun: World, point: str) -> None:
    before, figures = position(begun.dsn), tabled(begun.dsn)
    begun.say(*EVENTS[FIRST:])
    with held_at(begun.dsn, point) as reached, projecting(begun.dsn) as process:
        until(reached)
        process.kill()
        process.wait()
        assert (position(begun.dsn), tabled(begun.dsn)) == (before, figures)
        assert rows(begun.dsn, TOLD) == []
    catch_up(begun.dsn)
    check(begun)
    told = set(rows(begun.dsn, TOLD))
    changed = {id_ for id_, journey in TRUTH.journeys.items() if figures.journeys.get(id_) != journey}
    assert changed <= told


def test_a_projector_killed_after_the_commit_leaves_each_event_once(begun: World) -> None:
    begun.say(*EVENTS[FIRST:-1])
    with projecting(begun.dsn) as process:
        until(lambda: level(begun.dsn))
        process.kill()
    begun.say(EVENTS[-1])
    catch_up(begun.dsn)
    check(begun)


def test_one_projector_is_active_and_another_takes_over_when_it_is_killed(begun: World) -> None:
    with projecting(begun.dsn) as first:
        until(lambda: rows(begun.dsn, LEADER))
        (active,) = rows(begun.dsn, LEADER)
        with projecting(begun.dsn):
            begun.say(*EVENTS[FIRST : FIRST + 50])
            until(lambda: level(begun.dsn))
            assert rows(begun.dsn, LEADER) == [active]
            first.kill()
            until(lambda: rows(begun.dsn, LEADER) not in ([], [active]))
            begun.say(*EVENTS[FIRST + 50 :])
            until(lambda: level(begun.dsn))
    check(begun)


def test_a_projector_frozen_in_a_step_lets_the_next_one_in_and_writes_nothing_when_it_wakes(begun: World) -> None:
    with projecting(begun.dsn, frozen=1) as process:
        until(lambda: rows(begun.dsn, LEADER))
        with held_at(begun.dsn, "after the rows are inserted") as reached:
            begun.say(*EVENTS[FIRST:])
            until(reached)
            os.kill(process.pid, signal.SIGSTOP)
        catch_up(begun.dsn)
        check(begun)
        begun.say(report(1))
        os.kill(process.pid, signal.SIGCONT)
        until(lambda: level(begun.dsn))  # it is active again
        assert process.stderr is not None
        told = [orjson.loads(process.stderr.readline())["event"] for _ in range(4)]
        assert told == ["projector active", "server away", "projector active", "server back"]
    assert begun.differences() == {}


def test_a_projector_frozen_between_two_steps_loses_the_lead(begun: World) -> None:
    with projecting(begun.dsn, frozen=1) as process:
        until(lambda: rows(begun.dsn, LEADER))
        os.kill(process.pid, signal.SIGSTOP)
        begun.say(*EVENTS[FIRST:])
        catch_up(begun.dsn)
        check(begun)


def test_a_projector_that_works_for_long_keeps_the_lead(begun: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projector, "FROZEN", 1.0)
    monkeypatch.setattr(projector, "POLL", 0.1)
    with closing(Projector(begun.dsn, Rules(), quiet)) as active:
        assert active.leader()
        (session,) = rows(begun.dsn, LEADER)
        began = time.monotonic()
        until(lambda: time.monotonic() - began > 3 * projector.FROZEN)  # as in a long statement of a build
        assert rows(begun.dsn, LEADER) == [session]
        active.wait()


# Catching up


def test_a_catch_up_beside_an_active_projector_waits_until_the_tables_are_level(begun: World) -> None:
    with closing(Projector(begun.dsn, Rules(), quiet)) as active:
        assert active.leader()
        begun.say(*EVENTS[FIRST:])
        other = threading.Thread(target=catch_up, args=(begun.dsn,))
        other.start()
        other.join(0.5)
        assert other.is_alive()
        active.advance()
        other.join(60)
        assert not other.is_alive()


def test_a_catch_up_goes_on_where_the_active_projector_was_killed(begun: World) -> None:
    with projecting(begun.dsn) as process, held_at(begun.dsn, "after the lock") as reached:
        begun.say(*EVENTS[FIRST:])
        until(reached)
        other = threading.Thread(target=catch_up, args=(begun.dsn,))
        other.start()
        process.kill()
    other.join(60)
    check(begun)


def test_a_catch_up_ends_while_events_keep_coming(begun: World) -> None:
    begun.say(*EVENTS[FIRST:])
    done = threading.Event()

    def more() -> None:
        n = 0
        while not done.is_set():
            begun.say(report(n := n + 1))

    flow = threading.Thread(target=more)
    flow.start()
    try:
        catch_up(begun.dsn)
    finally:
        done.set()
        flow.join()


# What fails


def outcome(n: int, crime: int) -> Event:
    return report(n) | {
        "id": f"outcome-{n}",
        "type": "police.outcome-recorded.v1",
        "data": {"crime_reference": f"CR{crime}", "outcome_code": 18},
    }


SPOIL = """
UPDATE log.stored_events SET state = convert_to(((convert_from(state, 'UTF8')::jsonb) #- '{data,outcome_code}')::text, 'UTF8')
WHERE convert_from(state, 'UTF8')::jsonb ->> 'id' = %s
"""
MEND = {
    "specversion": "1.0",
    "id": "amended",
    "source": "/police/met",
    "type": "correction.event-amended.v1",
    "time": "2024-05-03T09:12:00Z",
    "data": {
        "amends": {"source": "/police/met", "id": "outcome-1", "type": "police.outcome-recorded.v1"},
        "data": {"crime_reference": "CR1", "outcome_code": 18},
        "reason": "error",
    },
}


def stands(world: World) -> tuple[list[str], list[str], int]:
    """Crimes with a journey, the errors of broken ones, and how many journeys the figures count."""
    (entered,) = rows(
        world.dsn,
        "SELECT coalesce(sum(entered), 0) FROM metrics.attrition WHERE basis = 'reported' AND stage = 'journey' "
        "AND cohort = 'all' AND offence = 'all' AND dimension = 'all'",
    )
    crimes = rows(world.dsn, "SELECT value FROM journeys.reference WHERE scheme = 'crime' ORDER BY 1")
    return crimes, rows(world.dsn, "SELECT error FROM journeys.broken"), int(entered)


def test_a_journey_that_does_not_fold_is_in_no_figure_until_it_does(world: World) -> None:
    whole: tuple[list[str], list[str], int] = (["met/CR1", "met/CR2"], [], 2)
    world.build()
    world.say(report(1), report(2))
    world.step()
    assert stands(world) == whole
    world.say(outcome(1, crime=1))
    with psycopg.connect(world.dsn) as connection:
        connection.execute(SPOIL, ("outcome-1",))
    for project in (world.step, world.build):
        project()
        crimes, errors, entered = stands(world)
        assert (crimes, entered) == (["met/CR2"], 1)
        assert [error.split()[0] for error in errors] == ["KeyError"]
        assert world.differences() == {}
    world.say(MEND)
    for project in (world.step, world.build):
        project()
        assert stands(world) == whole
        assert world.differences() == {}


def test_a_figure_that_fails_stops_the_projector_with_a_clear_line_and_nothing_is_lost(begun: World) -> None:
    change = "ALTER TABLE build_1.attrition {} CONSTRAINT small {}"
    with psycopg.connect(begun.dsn, autocommit=True) as connection:
        connection.execute(change.format("ADD", "CHECK (n < 0) NOT VALID").encode())
        begun.say(*EVENTS[FIRST:])
        with projecting(begun.dsn) as process:
            assert process.wait(60) != 0
            assert process.stderr is not None
            (told,) = [line for line in map(orjson.loads, process.stderr) if line["level"] == "error"]
        assert (told["event"], told["error"], told["sqlstate"], told["about"]) == (
            "projector failed", "CheckViolation", "23514", ["figure attrition"],
        )  # fmt: skip
        connection.execute(change.format("DROP", "").encode())
    catch_up(begun.dsn)
    check(begun)
