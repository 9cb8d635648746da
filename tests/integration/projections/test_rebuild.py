"""Building beside what is live: readers never notice, whatever happens to the build, to its reader or to its rival."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import IsolationLevel

from domain.setting import Rules
from projections import projector, tables
from projections.build import build, sweep
from projections.projector import Projector
from projections.step import OtherRules
from projections.verify import snapshot
from tests.integration.projections.world import World, quiet
from tests.integration.store.given import rows
from tests.system.broker import ROOT, command, run
from tests.told import simulated, tabled
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


def test_readers_never_see_empty_or_mixed_tables_while_events_flow_and_tables_are_rebuilt(begun: World) -> None:
    with reading(begun.dsn) as seen, flow(begun) as all_said:
        at_swaps: list[int] = []
        while not all_said.is_set() or len(at_swaps) < 2:
            begun.build()
            at_swaps.append(seen())
            until(lambda: seen() > at_swaps[-1])
        until(
            lambda: rows(begun.dsn, POSITION) == rows(begun.dsn, "SELECT max(notification_id) FROM log.stored_events")
        )
    assert tabled(begun.dsn) == TRUTH
    assert begun.differences() == {}


def test_a_verification_while_events_flow_finds_no_difference(begun: World) -> None:
    with flow(begun) as all_said:
        checks = 0
        while not all_said.is_set() or checks < 2:
            assert begun.differences() == {}
            checks += 1
    assert begun.differences() == {}


# Rivals


def test_two_rebuilds_at_once_leave_one_build_and_it_is_right(begun: World) -> None:
    begun.say(*EVENTS[FIRST:])
    with beside(begun.build, begun.build):
        pass
    assert tabled(begun.dsn) == TRUTH
    with psycopg.connect(begun.dsn, autocommit=True) as connection:
        sweep(connection)
    assert schemas(begun.dsn) == [live(begun.dsn)]


def test_a_rebuild_while_the_projector_builds_itself(begun: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projector, "FAR_BEHIND", 10)
    begun.say(*EVENTS[FIRST:])

    def catch_up() -> None:
        with closing(Projector(begun.dsn, Rules(), quiet)) as active:
            assert active.leader()
            assert active.must_build()
            active.catch_up()

    with reading(begun.dsn), beside(catch_up, begun.build):
        pass
    assert tabled(begun.dsn) == TRUTH
    assert begun.differences() == {}


def test_tables_that_other_rules_made_are_read_until_the_swap_and_never_written(begun: World) -> None:
    figures = tabled(begun.dsn)
    with psycopg.connect(begun.dsn) as connection:
        connection.execute("UPDATE projection.build SET digest = 'other'")
    begun.say(*EVENTS[FIRST:])
    with pytest.raises(OtherRules):
        begun.step()
    with pytest.raises(OtherRules):
        begun.differences()
    parts = []

    def progress(what: str, done: int, total: int | None) -> None:
        parts.append(what)
        assert live(begun.dsn) == "build_1"
        assert tabled(begun.dsn) == figures

    with closing(Projector(begun.dsn, Rules(), progress)) as active:
        assert active.leader()
        assert active.advance() > 0
    assert {"index", "fold", "count"} <= set(parts)
    assert live(begun.dsn) == "build_2"
    assert tabled(begun.dsn) == TRUTH


def test_an_old_build_is_not_swept_while_somebody_compares_it(begun: World) -> None:
    with build(begun.dsn, None, Rules(), quiet, 1) as made, psycopg.connect(begun.dsn, autocommit=True) as connection:
        with snapshot(connection, Rules()) as (n, _):
            made.swap()
            assert schemas(begun.dsn) == ["build_1", "build_2"]
            assert connection.execute(f"SELECT count(*) FROM build_{n}.journey".encode()).fetchone() != (0,)
    begun.build()
    assert schemas(begun.dsn) == ["build_3"]


def test_a_build_that_has_just_become_live_is_not_dropped(begun: World) -> None:
    with psycopg.connect(begun.dsn, autocommit=True) as connection:
        tables.drop(connection, 1)
    assert schemas(begun.dsn) == ["build_1"]


# Readers who hold something


def reads(connection: psycopg.Connection[Any], query: str) -> int:
    (n,) = connection.execute(query.encode()).fetchone() or (0,)
    return int(n)


def test_a_reader_in_a_long_transaction_is_waited_for_and_not_broken(begun: World) -> None:
    """It has the last view and asks for the first again and again: with a swap that waited in between, a deadlock."""
    with psycopg.connect(begun.dsn) as reader:
        entered = reads(reader, "SELECT count(*) FROM metrics.delay")
        waiting = threading.Event()

        def progress(what: str, done: int, total: int | None) -> None:
            if what == "wait for readers":
                waiting.set()

        def rebuild() -> None:
            with build(begun.dsn, None, Rules(), progress, 1) as made:
                made.swap()

        with beside(rebuild) as ended:
            try:
                waiting.wait(60)
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


def test_a_reader_whosesnapshot_is_older_than_the_build_does_not_see_it_empty(begun: World) -> None:
    with psycopg.connect(begun.dsn) as reader:
        reader.isolation_level = IsolationLevel.REPEATABLE_READ
        reader.execute("SELECT 1 FROM log.source")  # its snapshot, and no lock on any view
        waiting = threading.Event()

        def progress(what: str, done: int, total: int | None) -> None:
            if what == "wait for readers":
                waiting.set()

        def rebuild() -> None:
            with build(begun.dsn, None, Rules(), progress, 1) as made:
                made.swap()

        with beside(rebuild):
            try:
                waiting.wait(20)
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


# Builds that come to nothing


@contextmanager
def rebuilding(dsn: str, part: str) -> Iterator[tuple[subprocess.Popen[bytes], list[int]]]:
    """A rebuild that has come to a part of its work, and its children."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.projections.rebuilding", dsn, part],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield process, [int(pid) for pid in process.stdout.readline().split()]
    finally:
        process.kill()
        process.communicate()


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_rebuild_that_is_killed_leaves_no_child_and_its_tables_are_swept(begun: World) -> None:
    with rebuilding(begun.dsn, "fold") as (process, children):
        assert len(children) == 2
        process.kill()
        process.wait()
        until(lambda: not any(map(runs, children)))
    assert schemas(begun.dsn) == ["build_1", "build_2"]
    until(lambda: rows(begun.dsn, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == [0])
    with closing(Projector(begun.dsn, Rules(), quiet)) as active:
        active.wait()
    assert schemas(begun.dsn) == ["build_1"]


def test_ctrl_c_in_a_rebuild_drops_its_tables(begun: World) -> None:
    with rebuilding(begun.dsn, "fold") as (process, children):
        os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to all of them
        _, error = process.communicate(timeout=60)
        assert error.count(b"Traceback") == 1  # the parent's own; the command shows none
        assert not any(map(runs, children))
    assert schemas(begun.dsn) == ["build_1"]


@pytest.mark.parametrize("verb", ["rebuild", "verify"])
def test_ctrl_c_ends_the_command_without_a_traceback_and_without_tables(begun: World, verb: str) -> None:
    """It is held at the first look at the corrections, when its tables are there."""
    with psycopg.connect(begun.dsn) as holder:
        holder.execute("LOCK TABLE log.stored_events")
        process = command(verb, database=begun.dsn, start_new_session=True)
        try:
            until(lambda: rows(begun.dsn, "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))
            os.killpg(process.pid, signal.SIGINT)
            _, error = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    assert b"Traceback" not in error
    assert schemas(begun.dsn) == ["build_1"]


DISK_FULL = """
CREATE FUNCTION public.fill() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'could not extend file "base/1/2": No space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER fill BEFORE UPDATE ON projection.build FOR EACH ROW EXECUTE FUNCTION public.fill();
"""


def test_a_full_disk_ends_a_rebuild_with_clear_words_and_without_tables(begun: World) -> None:
    with psycopg.connect(begun.dsn, autocommit=True) as connection:
        connection.execute(DISK_FULL)
    code, _, error = run("rebuild", database=begun.dsn)
    told = 'PostgreSQL cannot go on: could not extend file "base/1/2": No space left on device'
    assert (code, error.splitlines()[-1]) == (3, told)
    assert "Traceback" not in error
    assert schemas(begun.dsn) == ["build_1"]


def test_a_rebuild_without_the_right_to_make_tables_says_so(begun: World) -> None:
    name = begun.dsn.rsplit("/", 1)[1]
    with ExitStack() as stack:
        connection = stack.enter_context(psycopg.connect(begun.dsn, autocommit=True))
        connection.execute("CREATE ROLE clerk LOGIN PASSWORD 'clerk' IN ROLE pg_read_all_data, pg_write_all_data")
        stack.callback(connection.execute, "DROP OWNED BY clerk; DROP ROLE clerk")
        dsn = begun.dsn.replace(begun.dsn.split("//")[1].split("@")[0], "clerk:clerk")
        code, _, error = run("rebuild", database=dsn)
        assert (code, error.splitlines()[-1]) == (3, f"PostgreSQL refuses: permission denied for database {name}")
        assert "Traceback" not in error
        assert rows(begun.dsn, "SELECT n FROM projection.build") == [1]


# What a verification finds


def test_a_verification_names_every_difference(begun: World) -> None:
    code, _, error = run("verify", database=begun.dsn)
    assert code == 0
    assert error.splitlines()[-1].endswith(" cells compared, 0 differ")
    assert not error.splitlines()[-1].startswith("0")
    wrong, missing, *_ = rows(begun.dsn, "SELECT journey_id FROM journeys.journey ORDER BY 1")
    extra = "00000000-0000-5000-8000-000000000000"
    with psycopg.connect(begun.dsn) as connection:
        connection.execute("SET search_path TO build_1")
        connection.execute("UPDATE attrition SET n = n + 1 WHERE ctid = (SELECT min(ctid) FROM attrition)")
        connection.execute("UPDATE journey SET hearings = 77 WHERE journey_id = %s", (wrong,))
        connection.execute("CREATE TEMPORARY TABLE other AS SELECT * FROM journey WHERE journey_id = %s", (missing,))
        connection.execute("UPDATE other SET journey_id = %s", (extra,))
        connection.execute("INSERT INTO journey SELECT * FROM other")
        connection.execute("DELETE FROM journey WHERE journey_id = %s", (missing,))
        (edge,) = connection.execute(
            "UPDATE edge SET live = NOT live WHERE ctid = (SELECT min(ctid) FROM edge) RETURNING from_id::text"
        )
    code, _, error = run("verify", database=begun.dsn)
    assert code == 1
    told = error.splitlines()
    assert told[-1].endswith(" cells compared, 5 differ")
    assert sum(line.startswith("attrition: ") for line in told) == 1
    assert [line.split(":")[1].strip() for line in told if line.startswith("journey: ")] == sorted(
        map(str, (wrong, missing, extra))
    )
    assert f"journey: {extra}: live (" in error
    assert f"journey: {missing}: live None, recomputed (" in error
    assert [line for line in told if line.startswith("edge: ") and edge[0] in line]
