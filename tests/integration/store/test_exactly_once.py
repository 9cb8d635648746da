"""A worker may be killed, stopped or cut off at any statement: what it was given is in the log once, or it is told.

The points are made with locks that the test holds: the worker comes to a statement that waits for one, and is killed.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import psycopg
import pytest

from store.delivery import Delivery
from store.intake import Intake
from store.log import Log
from store.migrate import migrate
from store.offsets import OffsetsBehind, Span
from store.recorder import UNAVAILABLE
from tests.integration.store.given import POLICE, line, message, report, rows, stored
from tests.waiting import until
from vjt.stack.postgres import Postgres

PARTITION = (POLICE, 0)
EVENTS = [*(report(n) for n in range(50)), report(7), report(8, bcu="south_east"), b"{", None]
"""50 new ones, a duplicate, a conflict, no JSON, no value."""

WANTED = [f"report-{n}" for n in range(50)]


def batch() -> list[Delivery]:
    return [message(event, offset) for offset, event in enumerate(EVENTS)]


def check(dsn: str) -> None:
    """The batch is in the log as if nothing had happened."""
    assert stored(dsn) == WANTED
    assert rows(dsn, "SELECT topic, partition, next_offset FROM log.intake") == [(*PARTITION, len(EVENTS))]
    assert rows(dsn, "SELECT accepted, duplicates, rejected FROM log.source WHERE source = '/police/met'") == [
        (50, 1, 1)
    ]
    assert rows(dsn, 'SELECT reason, "offset", times FROM log.rejected ORDER BY 2') == [
        ("conflicting_duplicate", 51, 1),
        ("not_json", 52, 1),
        ("no_value", 53, 1),
    ]
    assert rows(dsn, "SELECT count(*) FROM log.outbox") == [3]


@contextmanager
def worker(dsn: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    file = folder / "events.jsonl"
    file.write_bytes(
        b"\n".join(event if isinstance(event, bytes) else orjson.dumps(event) for event in EVENTS if event)
    )
    file.write_bytes(file.read_bytes() + b"\n\n")  # the last one has no value
    command = [sys.executable, "-m", "tests.integration.store.taker", dsn, str(file)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


POINTS = {
    "before the lock": "SELECT pg_advisory_lock(7460001)",
    "after the lock": "LOCK TABLE log.intake",
    "before the insert": "LOCK TABLE log.stored_events IN SHARE MODE",
    "after the insert": "LOCK TABLE log.rejected",
    "before the counters": "LOCK TABLE log.source",
    "before the offsets": "LOCK TABLE log.intake IN SHARE MODE",
    "in the commit": "SELECT pg_advisory_lock(1)",
}

IN_COMMIT = """
CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER wait AFTER INSERT OR UPDATE ON log.intake DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION wait();
"""


@contextmanager
def held_at(dsn: str, point: str) -> Iterator[Callable[[], object]]:
    """While this lasts a worker comes as far as `point`, and waits. Yields whether one does."""
    with psycopg.connect(dsn, autocommit=True) as holder:
        holder.execute(IN_COMMIT)
        holder.execute("BEGIN")
        holder.execute(POINTS[point].encode())
        waiting = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        yield lambda: rows(dsn, waiting)


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_at_any_point_leaves_each_event_once(database: str, tmp_path: Path, point: str) -> None:
    with held_at(database, point) as reached, worker(database, tmp_path) as process:
        until(reached)
        process.kill()
        process.wait()
        assert stored(database) == []
    with Log(database) as log:
        Intake(log, "cluster").take(batch(), {PARTITION: Span(0, len(EVENTS))})
    check(database)


def test_a_worker_killed_after_the_commit_leaves_each_event_once(database: str, tmp_path: Path) -> None:
    with worker(database, tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"taken\n"
        process.kill()
    with Log(database) as log:
        taken = Intake(log, "cluster").take(batch(), {PARTITION: Span(0, len(EVENTS))})
    assert (taken.accepted, taken.duplicates, taken.rejected) == (0, 0, [])
    check(database)


def test_a_frozen_worker_lets_the_next_one_in_and_spoils_nothing_when_it_wakes(database: str, tmp_path: Path) -> None:
    with worker(database, tmp_path) as process:
        with held_at(database, "after the insert") as reached:
            until(reached)
            os.kill(process.pid, signal.SIGSTOP)
        with Log(database) as log:
            Intake(log, "cluster").take(batch(), {PARTITION: Span(0, len(EVENTS))})
        os.kill(process.pid, signal.SIGCONT)
        assert process.wait(20) != 0
    check(database)


def test_a_worker_cut_off_is_told_that_the_database_was_away(database: str) -> None:
    errors: list[BaseException] = []
    with Log(database) as log:
        intake = Intake(log, "cluster")

        def take() -> None:
            try:
                intake.take(batch(), {PARTITION: Span(0, len(EVENTS))})
            except UNAVAILABLE as error:
                errors.append(error)

        with held_at(database, "after the insert") as reached:
            thread = threading.Thread(target=take)
            thread.start()
            until(reached)
            rows(
                database,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE wait_event_type = 'Lock' AND datname = current_database()",
            )
            thread.join()
        assert len(errors) == 1
        intake.take(batch(), {PARTITION: Span(0, len(EVENTS))})
    check(database)


def test_a_server_that_stops_in_the_middle_is_used_again_when_it_is_back(scratch: Path) -> None:
    server = Postgres(scratch / "stopped", "test")
    server.start()
    try:
        migrate(server.url)
        port = server.port
        with Log(server.url) as log:
            intake = Intake(log, "cluster")
            intake.take(batch()[:20], {PARTITION: Span(0, 20)})
            server.stop()
            with pytest.raises(UNAVAILABLE):
                intake.take(batch()[20:], {PARTITION: Span(20, len(EVENTS))})
            server.start()
            assert server.port == port

            def taken() -> bool:
                try:
                    intake.take(batch()[20:], {PARTITION: Span(20, len(EVENTS))})
                except UNAVAILABLE:
                    return False
                return True

            until(taken)
        check(server.url)
    finally:
        server.stop()


def test_two_workers_with_the_same_batch_store_it_once(database: str) -> None:
    with Log(database) as one, Log(database) as other:
        workers = [Intake(one, "cluster"), Intake(other, "cluster")]
        start = threading.Barrier(2)

        def take(intake: Intake) -> None:
            start.wait()
            for first in range(0, len(EVENTS), 6):
                part = batch()[first : first + 6]
                intake.take(part, {PARTITION: Span(first, first + len(part))})

        threads = [threading.Thread(target=take, args=(intake,)) for intake in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    check(database)


def test_two_workers_of_different_partitions_with_the_same_events_store_them_once(database: str) -> None:
    with Log(database) as one, Log(database) as other:
        start = threading.Barrier(2)

        def take(log: Log, partition: int) -> None:
            start.wait()
            for n in range(0, 200, 10):
                part = [message(report(m), m, partition) for m in range(n, n + 10)]
                Intake(log, "cluster").take(part, {(POLICE, partition): Span(n, n + 10)})

        threads = [threading.Thread(target=take, args=given) for given in ((one, 0), (other, 1))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(stored(database)) == sorted(f"report-{n}" for n in range(200))
    assert rows(database, "SELECT accepted, duplicates FROM log.source") == [(200, 200)]


@pytest.fixture
def intake(database: str) -> Iterator[Intake]:
    with Log(database) as log:
        yield Intake(log, "cluster")


def test_what_is_below_the_databases_offset_is_dropped(intake: Intake, database: str) -> None:
    intake.take([message(report(n), n) for n in range(5)], {PARTITION: Span(0, 5)})
    taken = intake.take([message(report(n), n) for n in range(3, 8)], {PARTITION: Span(3, 8)})
    assert (taken.accepted, taken.duplicates) == (3, 0)
    assert taken.next_offsets == {PARTITION: 8}


def test_a_batch_that_was_taken_whole_moves_nothing_back(intake: Intake, database: str) -> None:
    intake.take([message(b"{", n) for n in range(5)], {PARTITION: Span(0, 5)})
    taken = intake.take([message(b"{", n) for n in range(2)], {PARTITION: Span(0, 2)})
    assert taken.rejected == []
    assert taken.next_offsets == {PARTITION: 5}
    assert rows(database, "SELECT next_offset FROM log.intake") == [5]
    assert rows(database, "SELECT sum(times) FROM log.rejected") == [5]


def test_a_batch_after_a_gap_is_refused_with_the_offset_to_seek(intake: Intake, database: str) -> None:
    intake.take([message(report(n), n) for n in range(5)], {PARTITION: Span(0, 5)})
    with pytest.raises(OffsetsBehind) as raised:
        intake.take([message(report(9), 9)], {PARTITION: Span(9, 10)})
    assert (raised.value.partition, raised.value.next_offset) == (PARTITION, 5)
    assert len(stored(database)) == 5


def test_one_partition_behind_refuses_the_whole_batch(intake: Intake, database: str) -> None:
    intake.take([message(report(1), 0)], {PARTITION: Span(0, 1)})
    with pytest.raises(OffsetsBehind):
        intake.take([message(report(2), 4), message(report(3), 0, 1)], {PARTITION: Span(4, 5), (POLICE, 1): Span(0, 1)})
    assert stored(database) == ["report-1"]


def test_offsets_without_messages_are_passed(intake: Intake, database: str) -> None:
    """Markers of transactions, and what compaction has taken away."""
    intake.take([message(report(1), 3)], {PARTITION: Span(0, 9), (POLICE, 1): Span(4, 6)})
    assert rows(database, "SELECT partition, next_offset FROM log.intake ORDER BY 1") == [(0, 9), (1, 6)]


def test_another_cluster_has_offsets_of_its_own(intake: Intake, database: str) -> None:
    intake.take([message(report(n), n) for n in range(5)], {PARTITION: Span(0, 5)})
    other = Intake(intake.log, "another")
    assert other.take([message(report(9), 0)], {PARTITION: Span(0, 1)}).accepted == 1


def test_a_file_moves_no_offsets(intake: Intake, database: str) -> None:
    intake.take([line(report(1))])
    assert rows(database, "SELECT count(*) FROM log.intake") == [0]
