"""Our recorder keeps the library's promises, and each trap on the way to it has a test of its own."""

import os
import threading
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent, Tracking
from eventsourcing.postgres import PostgresProcessRecorder
from eventsourcing.tests import persistence as library

from schemas.reference import event_key
from store.log import Log, read
from store.recorder import CHANNEL, LOCK, NEXT, ClockBehind, Datastore, Entry, Recorder
from tests.integration.store.given import rows


class OnOurs:
    """The library's cases run on our recorder, in a database of their own."""

    dsn: str

    @pytest.fixture(autouse=True)
    def _database(self, database: str) -> Iterator[None]:
        self.dsn = database
        self.datastore = Datastore(database)
        yield
        self.datastore.close()

    def create_recorder(self) -> Recorder:
        return Recorder(self.datastore)


class WithoutPositions(Recorder):
    """The aggregate case is for recorders that give no positions, and expects none."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> None:
        super().insert_events(stored_events, **kwargs)


class TestAggregates(OnOurs, library.AggregateRecorderTestCase):
    def create_recorder(self) -> Recorder:
        return WithoutPositions(self.datastore)


class TestApplication(OnOurs, library.ApplicationRecorderTestCase[Recorder]):
    def test_insert_subscribe(self) -> None:
        super().optional_test_insert_subscribe()


class TestTracking(OnOurs, library.TrackingRecorderTestCase):
    pass


class TestProcess(OnOurs, library.ProcessRecorderTestCase):
    pass


class TestNonInterleaving(OnOurs, library.NonInterleavingNotificationIDsBaseCase):
    pass


@pytest.fixture
def log(database: str) -> Iterator[Log]:
    with Log(database) as log:
        yield log


def entry(n: int, version: int = NEXT, subject: Any = None) -> Entry:
    return Entry(subject or uuid4(), version, "police.crime-reported.v1", b"{}", event_key("/test", str(n)), b"hash")


def test_the_application_keeps_tracking(log: Log) -> None:
    """A plain application of the library gets a recorder that ignores it without a word."""
    assert isinstance(log.recorder, PostgresProcessRecorder)
    log.recorder.insert_events([entry(1)], tracking=Tracking("upstream", 7))
    assert log.recorder.max_tracking_id("upstream") == 7


def test_a_refused_event_takes_its_tracking_back_with_it(log: Log) -> None:
    log.recorder.insert_events([entry(1)])
    with pytest.raises(IntegrityError):
        log.recorder.insert_events([entry(1)], tracking=Tracking("upstream", 7))
    assert log.recorder.max_tracking_id("upstream") is None


def test_many_partitions_are_tracked_in_one_commit(log: Log) -> None:
    with log.transaction() as cursor:
        log.recorder.lock(cursor)
        for partition in range(50):
            cursor.execute("INSERT INTO log.notification_tracking VALUES (%s, %s)", (f"topic:{partition}", partition))
        log.recorder.append(cursor, [entry(1)], log.recorder.next_known_at(cursor))
    assert [log.recorder.max_tracking_id(f"topic:{p}") for p in range(50)] == list(range(50))


@pytest.mark.timeout(60)
def test_ten_thousand_events_in_one_commit_neither_hang_nor_change_places(log: Log) -> None:
    events = [entry(n) for n in range(10_000)]
    positions = log.recorder.insert_events(events)
    assert positions is not None
    assert list(positions) == sorted(positions)
    with log.transaction() as cursor:
        cursor.execute("SELECT event_key FROM log.stored_events ORDER BY notification_id")
        assert [row[0] for row in cursor] == [e.event_key for e in events]


def test_a_writer_in_the_middle_stands_in_nobodys_way(log: Log, database: str) -> None:
    with log.transaction() as cursor, psycopg.connect(database, autocommit=True) as other:
        log.recorder.lock(cursor)
        log.recorder.append(cursor, [entry(1)], log.recorder.next_known_at(cursor))
        other.execute("SET lock_timeout = '2s'")
        other.execute("ANALYZE log.stored_events")
        other.execute("VACUUM log.stored_events")
        other.execute("SELECT * FROM log.stored_events FOR SHARE")


def test_a_reader_of_what_comes_after_misses_nothing_while_two_write(log: Log, database: str) -> None:
    """Each writer is slow between its events, so that without the lock positions would be given across each other."""

    def write(first: int) -> None:
        with Log(database) as own:
            for n in range(first, first + 120, 3):
                with own.transaction() as cursor:
                    own.recorder.lock(cursor)
                    for part in range(3):
                        own.recorder.append(cursor, [entry(n + part)], own.recorder.next_known_at(cursor))
                        cursor.execute("SELECT pg_sleep(0.001)")

    writers = [threading.Thread(target=write, args=(first,)) for first in (0, 120)]
    for writer in writers:
        writer.start()
    seen: list[int] = []
    with psycopg.connect(database, autocommit=True) as reader:
        while True:
            over = not any(writer.is_alive() for writer in writers)
            query = "SELECT notification_id FROM log.stored_events WHERE notification_id > %s ORDER BY 1"
            new = [row[0] for row in reader.execute(query, (seen[-1] if seen else 0,))]
            seen += new
            if over and not new:
                break
    assert seen == rows(database, "SELECT notification_id FROM log.stored_events ORDER BY 1")
    assert len(seen) == 240


def test_writers_wait_for_each_other_by_an_advisory_lock(log: Log, database: str) -> None:
    with log.transaction() as cursor:
        log.recorder.lock(cursor)
        assert rows(database, "SELECT pg_try_advisory_xact_lock(%s)", LOCK) == [False]
    assert rows(database, "SELECT pg_try_advisory_xact_lock(%s)", LOCK) == [True]


def test_versions_go_on_from_the_last_of_the_stream(log: Log) -> None:
    a, b = uuid4(), uuid4()
    log.recorder.insert_events([entry(1, subject=a), entry(2, subject=b), entry(3, subject=a)])
    log.recorder.insert_events([entry(4, subject=a), entry(5, subject=b)])
    assert [e.originator_version for e in log.recorder.select_events(a)] == [1, 2, 3]
    assert [e.originator_version for e in log.recorder.select_events(b)] == [1, 2]


def test_a_version_that_is_taken_is_refused(log: Log) -> None:
    a = uuid4()
    log.recorder.insert_events([entry(1, 1, a)])
    with pytest.raises(IntegrityError):
        log.recorder.insert_events([entry(2, 1, a)])


def test_an_event_is_in_the_log_once_whoever_puts_it_there(log: Log) -> None:
    log.recorder.insert_events([entry(1)])
    with pytest.raises(IntegrityError):
        log.recorder.insert_events([entry(1)])


def test_what_is_appended_later_is_known_later(log: Log, database: str) -> None:
    for n in range(20):
        log.recorder.insert_events([entry(n)])
    known = rows(database, "SELECT known_at FROM log.stored_events ORDER BY notification_id")
    assert known == sorted(set(known))


def test_a_clock_that_is_a_little_behind_does_not_stop_the_log(log: Log, database: str) -> None:
    log.recorder.insert_events([entry(1)])
    rows(database, "UPDATE log.stored_events SET known_at = clock_timestamp() + interval '50 seconds' RETURNING 1")
    log.recorder.insert_events([entry(2)])
    (gap,) = rows(database, "SELECT max(known_at) - min(known_at) FROM log.stored_events")
    assert gap.total_seconds() == pytest.approx(0.000001)


def test_a_clock_that_is_far_behind_stops_the_log(log: Log, database: str) -> None:
    log.recorder.insert_events([entry(1)])
    rows(database, "UPDATE log.stored_events SET known_at = clock_timestamp() + interval '70 seconds' RETURNING 1")
    with pytest.raises(ClockBehind):
        log.recorder.insert_events([entry(2)])
    assert rows(database, "SELECT count(*) FROM log.stored_events") == [1]


def test_a_commit_tells_who_listens_once(log: Log, database: str) -> None:
    with psycopg.connect(database, autocommit=True) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        log.recorder.insert_events([entry(n) for n in range(100)])
        log.recorder.insert_events([entry(n) for n in range(100, 200)])
        assert len(list(listener.notifies(timeout=2, stop_after=2))) == 2
        assert list(listener.notifies(timeout=0)) == []


def test_settings_of_the_library_in_the_environment_change_nothing(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This one would write without the lock and lose the tracking."""
    monkeypatch.setitem(os.environ, "POSTGRES_ENABLE_DB_FUNCTIONS", "y")
    monkeypatch.setitem(os.environ, "COMPRESSOR_TOPIC", "zlib")
    with Log(database) as log:
        log.recorder.insert_events([entry(1)], tracking=Tracking("upstream", 1))
        assert log.recorder.max_tracking_id("upstream") == 1


def test_a_database_with_another_isolation_by_default_is_written_read_committed(database: str) -> None:
    """Under REPEATABLE READ the snapshot would be older than the lock, and an event could get in twice."""
    name = rows(database, "SELECT current_database()")[0]
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'")
    with Log(database) as log, log.transaction() as cursor:
        assert cursor.execute("SHOW transaction_isolation").fetchone() == ("read committed",)


def test_streams_are_read_by_the_library(log: Log) -> None:
    assert list(log.events.get(uuid4())) == []


def test_the_clock_of_the_session_does_not_show_in_what_is_read(log: Log) -> None:
    log.recorder.insert_events([Entry(uuid4(), NEXT, "t", STATE, uuid4(), b"")])
    with log.transaction() as cursor:
        cursor.execute("SET LOCAL timezone = 'Asia/Tokyo'")
        (record,) = read(cursor, after=0)
        assert str(record.known_at.tzinfo) == "UTC"


STATE = (
    b'{"source":"/test","id":"1","occurred":"2021-05-03T08:12:00Z","recorded":"2021-05-03T08:12:00Z",'
    b'"precision":"second","data":{}}'
)
