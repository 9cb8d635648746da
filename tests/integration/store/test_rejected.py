"""What was rejected can be seen, replayed after a fix, or discarded; its bytes go after a time."""

from collections.abc import Iterator

import psycopg
import pytest

from store import rejected
from store.delivery import Delivery, Place, Refused
from store.intake import Intake
from store.log import Log
from store.replay import replay
from tests.integration.store.given import POLICE, line, message, report, rows, stored


@pytest.fixture
def intake(database: str) -> Iterator[Intake]:
    with Log(database) as log:
        yield Intake(log)


def ids(dsn: str) -> list[int]:
    return rows(dsn, "SELECT id FROM log.rejected ORDER BY id")


def replayed(intake: Intake, ids: list[int]) -> tuple[list[int], list[Refused]]:
    """All the batches of a replay."""
    batches = list(replay(intake, ids, "jo"))
    return [id for done, _ in batches for id in done], [refused for _, again in batches for refused in again]


def states(dsn: str) -> list[str]:
    return rows(dsn, "SELECT state FROM log.rejected ORDER BY id")


def refuse_all(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("ALTER TABLE log.stored_events ADD CONSTRAINT defect CHECK (false)")


def fix(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("ALTER TABLE log.stored_events DROP CONSTRAINT defect")


def test_what_was_rejected_for_a_defect_is_taken_when_replayed_after_its_fix(intake: Intake, database: str) -> None:
    refuse_all(database)
    intake.take([message(report(n), n) for n in range(3)])
    fix(database)
    done, again = replayed(intake, ids(database))
    assert (done, again) == (ids(database), [])
    assert stored(database) == ["report-0", "report-1", "report-2"]
    assert states(database) == ["replayed"] * 3
    assert rows(database, "SELECT DISTINCT settled_by FROM log.rejected") == ["jo"]


def test_a_message_in_binary_mode_is_replayed_with_its_headers(intake: Intake, database: str) -> None:
    refuse_all(database)
    event = report(1)
    headers = [(f"ce_{n}", event[n].encode()) for n in ("specversion", "id", "source", "type", "time")]
    value = b'{"crime_reference":"CR1","victim_reference":"V1","offence_group":"rape"}'
    intake.take([Delivery(value, Place(POLICE, 0, 0), headers, POLICE)])
    fix(database)
    assert replayed(intake, ids(database)) == (ids(database), [])
    assert stored(database) == ["report-1"]


def test_what_is_still_wrong_stays_kept_with_the_new_reason(intake: Intake, database: str) -> None:
    refuse_all(database)
    intake.take([line(report(1, bcu="south_east"))])
    fix(database)
    intake.take([line(report(1), 2)])
    done, again = replayed(intake, ids(database))
    assert done == []
    assert [r.reason for r in again] == ["conflicting_duplicate"]
    assert rows(database, "SELECT state, reason, times FROM log.rejected") == [("kept", "conflicting_duplicate", 2)]
    assert rows(database, "SELECT rejected FROM log.source WHERE source = '/police/met'") == [1]


def test_a_replay_of_what_came_in_by_itself_meanwhile_is_settled_as_well(intake: Intake, database: str) -> None:
    refuse_all(database)
    intake.take([line(report(1), 1)])
    fix(database)
    intake.take([line(report(1), 2)])
    assert replayed(intake, ids(database)) == (ids(database), [])
    assert stored(database) == ["report-1"]


def test_a_replay_that_stops_in_the_middle_is_gone_on_with_by_the_next(intake: Intake, database: str) -> None:
    refuse_all(database)
    intake.take([line(report(n), n + 1) for n in range(250)])
    fix(database)
    next(replay(intake, ids(database), "jo"))
    assert states(database) == ["replayed"] * 100 + ["kept"] * 150
    assert replayed(intake, ids(database)) == (ids(database)[100:], [])
    assert len(stored(database)) == 250


def test_a_replay_twice_stores_once(intake: Intake, database: str) -> None:
    refuse_all(database)
    intake.take([line(report(1))])
    fix(database)
    replayed(intake, ids(database))
    assert replayed(intake, ids(database)) == ([], [])
    assert stored(database) == ["report-1"]


def test_what_is_discarded_is_never_replayed(intake: Intake, database: str) -> None:
    intake.take([line(b"{")])
    with intake.log.transaction() as cursor:
        assert rejected.settle(cursor, ids(database), "discarded", "jo", "a test of theirs") == ids(database)
        assert rejected.rejections(cursor) == []
        (row,) = rejected.rejections(cursor, state="discarded")
    assert (row.settled_by, row.settled_why) == ("jo", "a test of theirs")
    assert replayed(intake, ids(database)) == ([], [])


def test_what_was_discarded_stays_so_when_it_is_delivered_again(intake: Intake, database: str) -> None:
    intake.take([line(b"{")])
    with intake.log.transaction() as cursor:
        rejected.settle(cursor, ids(database), "discarded", "jo", "a test of theirs")
    intake.take([line(b"{")])
    assert rows(database, "SELECT state, times FROM log.rejected") == [("discarded", 2)]


def test_bytes_go_after_their_time_and_the_row_stays(intake: Intake, database: str) -> None:
    intake.take([line(b"{", 1), line(b"[", 2), message(None, 0)])
    rows(database, "UPDATE log.rejected SET last_seen = last_seen - interval '31 days' WHERE line = 1 RETURNING 1")
    with intake.log.transaction() as cursor:
        assert rejected.expire(cursor, 30) == 1
        assert rejected.expire(cursor, 30) == 0
    assert rows(database, "SELECT line, value FROM log.rejected WHERE file IS NOT NULL ORDER BY line") == [
        (1, None),
        (2, b"["),
    ]


def test_what_has_expired_is_not_replayed(intake: Intake, database: str) -> None:
    intake.take([line(b"{", 1)])
    rows(database, "UPDATE log.rejected SET last_seen = last_seen - interval '31 days' RETURNING 1")
    with intake.log.transaction() as cursor:
        rejected.expire(cursor, 30)
    assert replayed(intake, ids(database)) == ([], [])
    assert states(database) == ["kept"]


def test_one_row_can_be_seen_with_its_bytes(intake: Intake, database: str) -> None:
    intake.take([message(report(1, offence_group=7), 5)])
    with intake.log.transaction() as cursor:
        found = rejected.rejection(cursor, ids(database)[0])
        assert rejected.rejection(cursor, 999) is None
    assert found is not None
    row, delivery = found
    assert (row.reason, row.pointer, row.offset) == ("invalid_data", "/data/offence_group", 5)
    assert delivery == message(report(1, offence_group=7), 5)
