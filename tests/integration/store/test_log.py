"""Reading the log."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from schemas.read import read as read_event
from schemas.reference import Reference, subject_id
from store.intake import Intake
from store.log import Log, read, said
from tests.integration.store.given import line, report, rows, update


@pytest.fixture
def cursor(database: str) -> Iterator[psycopg.Cursor[tuple[object, ...]]]:
    """On a log of ten reports and ten updates of the first of them."""
    with Log(database) as log:
        Intake(log).take([line(report(n), n) for n in range(10)])
        Intake(log).take([line(update(n, 0), n) for n in range(10)])
    with psycopg.connect(database, autocommit=True) as connection, connection.cursor() as cursor:
        yield cursor


IDS = [*(f"report-{n}" for n in range(10)), *(f"update-{n}" for n in range(10))]


def test_a_reader_gets_what_was_said_in_the_order_of_the_log(cursor: psycopg.Cursor[tuple[object, ...]]) -> None:
    records = read(cursor, after=0)
    assert [r.id for r in records] == IDS
    first = records[0]
    assert (first.source, first.type, first.precision) == ("/police/met", "police.crime-reported.v1", "second")
    assert first.occurred == first.recorded == datetime(2021, 5, 3, 9, 12, tzinfo=UTC)
    assert first.data == {"crime_reference": "CR0", "victim_reference": "V1", "offence_group": "rape"}
    assert datetime.now(UTC).timestamp() - first.known_at.timestamp() < 60


def test_a_reader_goes_on_from_where_it_was(cursor: psycopg.Cursor[tuple[object, ...]]) -> None:
    seen: list[str] = []
    at = 0
    while records := read(cursor, after=at, limit=3):
        seen += [r.id for r in records]
        at = records[-1].position
    assert seen == IDS


def test_a_reader_reads_no_further_than_it_wants(cursor: psycopg.Cursor[tuple[object, ...]]) -> None:
    last = read(cursor, after=0)[11].position
    assert [r.id for r in read(cursor, after=0, upto=last)] == IDS[:12]


def test_a_reader_may_ask_for_some_types_only(cursor: psycopg.Cursor[tuple[object, ...]]) -> None:
    found = read(cursor, after=0, topics=["police.victim-updated.v1"], limit=4)
    assert [r.id for r in found] == IDS[10:14]


def test_a_stream_holds_what_is_about_its_subject(database: str, cursor: psycopg.Cursor[tuple[object, ...]]) -> None:
    with Log(database) as log:
        stream = list(log.events.get(subject_id(Reference("crime", "met/CR0"))))
    assert [s.event.id for s in stream] == ["report-0", *IDS[10:]]  # type: ignore[attr-defined]


def test_a_library_program_may_put_an_event_too(database: str) -> None:
    """It is the same event then: intake knows it again."""
    delivery = line(report(1))
    event = read_event(delivery.value, topic=None, now=datetime.now(UTC))
    with Log(database) as log:
        log.save(said(event))
        assert Intake(log).take([delivery]).duplicates == 1
    assert rows(database, "SELECT originator_version FROM log.stored_events") == [1]
