"""What happens to an event (contract 2.3), row by row, in a real database."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import psycopg
import pytest

from store.delivery import Delivery, Line, Place
from store.intake import Intake
from store.log import Log
from tests.integration.store.given import POLICE, line, message, report, rows, stored, update


@pytest.fixture
def intake(database: str) -> Iterator[Intake]:
    with Log(database) as log:
        yield Intake(log)


def source(dsn: str, name: str = "/police/met") -> dict[str, Any]:
    names = "accepted, duplicates, rejected, unknown_fields, other_codes"
    (row,) = rows(dsn, f"SELECT {names} FROM log.source WHERE source = %s", name)
    return dict(zip(names.split(", "), row, strict=True))


def reasons(dsn: str) -> list[str]:
    return rows(dsn, "SELECT reason FROM log.rejected ORDER BY id")


def test_a_new_and_valid_event_is_accepted(intake: Intake, database: str) -> None:
    taken = intake.take([line(report(1), 1), line(report(2), 2)])
    assert (taken.accepted, taken.duplicates, taken.rejected) == (2, 0, [])
    assert stored(database) == ["report-1", "report-2"]
    assert source(database) == {
        "accepted": 2,
        "duplicates": 0,
        "rejected": 0,
        "unknown_fields": 0,
        "other_codes": 0,
    }


def test_the_order_of_a_batch_is_the_order_of_the_log(intake: Intake, database: str) -> None:
    intake.take([line(update(n, n % 7), n) for n in range(500)])
    assert stored(database) == [f"update-{n}" for n in range(500)]


def test_events_are_stored_on_the_subject_that_they_are_about(intake: Intake, database: str) -> None:
    intake.take([line(report(1), 1), line(report(2), 2), line(update(3, 1), 3)])
    versions = rows(database, "SELECT originator_version FROM log.stored_events ORDER BY notification_id")
    assert versions == [1, 1, 2]


def test_an_event_whose_subject_nobody_has_heard_of_is_accepted(intake: Intake, database: str) -> None:
    """Whether a journey leads to it is not for intake to ask: the link may come later."""
    assert intake.take([line(update(1, 99))]).accepted == 1
    assert stored(database) == ["update-1"]


def test_the_same_event_again_is_a_duplicate_and_nothing_changes(intake: Intake, database: str) -> None:
    intake.take([line(report(1))])
    before = rows(database, "SELECT * FROM log.stored_events")
    taken = intake.take([line(report(1))])
    assert (taken.accepted, taken.duplicates, taken.rejected) == (0, 1, [])
    assert rows(database, "SELECT * FROM log.stored_events") == before
    assert source(database)["accepted"] == 1
    assert source(database)["duplicates"] == 1


def test_the_same_event_twice_in_one_batch_is_accepted_once(intake: Intake, database: str) -> None:
    taken = intake.take([line(report(1), 1), line(report(2), 2), line(report(1), 3)])
    assert (taken.accepted, taken.duplicates) == (2, 1)
    assert stored(database) == ["report-1", "report-2"]


def test_other_attributes_and_another_order_of_keys_make_no_other_event(intake: Intake, database: str) -> None:
    intake.take([line(report(1))])
    again = report(1) | {"traceparent": "00-1", "datacontenttype": "application/json"}
    again["data"] = dict(reversed(again["data"].items()))
    assert intake.take([line(again)]).duplicates == 1


@pytest.mark.parametrize(
    "other",
    [
        report(1, bcu="south_east"),
        report(1, unheard_of="field"),
        report(1) | {"time": "2021-05-03T09:12:01Z"},
        report(1) | {"recordedtime": "2021-05-04T09:12:00Z"},
        report(1) | {"timeprecision": "day"},
        update(9, 1) | {"id": "report-1"},
    ],
    ids=["field", "unknown-field", "time", "recordedtime", "timeprecision", "type"],
)
def test_another_content_under_the_same_id_is_rejected_and_the_first_stands(
    intake: Intake, database: str, other: dict[str, Any]
) -> None:
    intake.take([line(report(1), 1)])
    before = rows(database, "SELECT * FROM log.stored_events")
    taken = intake.take([line(other, 2)])
    assert [r.reason for r in taken.rejected] == ["conflicting_duplicate"]
    assert rows(database, "SELECT * FROM log.stored_events") == before


def test_of_two_contents_in_one_batch_the_first_stands(intake: Intake, database: str) -> None:
    taken = intake.take([line(report(1), 1), line(report(1, bcu="south_east"), 2), line(report(1), 3)])
    assert (taken.accepted, taken.duplicates) == (1, 1)
    assert [r.delivery.place for r in taken.rejected] == [Line("events.jsonl", 2)]
    assert stored(database) == ["report-1"]


def test_the_same_id_from_another_source_is_another_event(intake: Intake, database: str) -> None:
    intake.take([line(report(1), 1), line(report(1) | {"source": "/police/city-of-london"}, 2)])
    assert len(stored(database)) == 2


BAD = {
    "no_value": None,
    "not_json": b'{"specversion"',
    "too_large": b'{"x":"' + b"a" * 1_000_000 + b'"}',
    "invalid_envelope": orjson.dumps({"specversion": "0.3"}),
    "unknown_type": orjson.dumps(report(1) | {"type": "police.crime-solved.v1"}),
    "wrong_source": orjson.dumps(report(1) | {"source": "/press/evening-standard"}),
    "wrong_topic": orjson.dumps(report(1) | {"source": "/cps", "type": "cps.victim-met.v1"}),
    "time_out_of_range": orjson.dumps(report(1) | {"time": "1969-12-31T23:59:59Z"}),
    "invalid_data": orjson.dumps(report(1, offence_group=7)),
    "foreign_correction": orjson.dumps(
        report(1)
        | {
            "type": "correction.event-voided.v1",
            "data": {
                "voids": {"source": "/police/kent", "id": "x", "type": "police.crime-reported.v1"},
                "reason": "error",
            },
        }
    ),
}


@pytest.mark.parametrize("reason", BAD)
def test_a_bad_message_is_kept_with_bytes_place_and_reason(intake: Intake, database: str, reason: str) -> None:
    taken = intake.take([message(BAD[reason], 42, partition=3)])
    assert [r.reason for r in taken.rejected] == [reason]
    (row,) = rows(database, 'SELECT reason, value, topic, partition, "offset", times, state FROM log.rejected')
    assert row == (reason, BAD[reason], POLICE, 3, 42, 1, "kept")


HOSTILE = [
    b"\x00",
    b"\xff\xfe\x00",
    b'"\\ud800"',
    b"null",
    b"[]",
    b"7",
    b"{}",
    b'{"specversion":"1.0","id":"\\u0000","source":"/police/met","type":"police.crime-reported.v1"}',
    b'{"source":["/police/met"]}',
    b'{"source":{"a":1}}',
    b"[" * 100_000,
    b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    b"\xed\xa0\x80",
    b'{"specversion":"1.0","specversion":"1.0"}',
    b"NaN",
    b"1e999999",
    b" " * 1000,
    orjson.dumps(report(1) | {"time": "2021-02-30T00:00:00Z"}),
    orjson.dumps(report(1) | {"time": "0001-01-01T00:00:00+14:00"}),
    orjson.dumps(report(1) | {"data": None}),
    orjson.dumps(report(1) | {"data": "text"}),
    orjson.dumps(report(1, crime_reference="'; DROP TABLE log.stored_events; --")),
]


def test_hostile_bytes_are_rejected_and_delay_nobody(intake: Intake, database: str) -> None:
    batch = [line(report(10), 1), *(line(bad, 10 + n) for n, bad in enumerate(HOSTILE)), line(report(11), 99)]
    taken = intake.take(batch)
    assert taken.accepted == 2
    assert len(taken.rejected) == len(HOSTILE)
    assert stored(database) == ["report-10", "report-11"]
    kept = rows(database, "SELECT value FROM log.rejected ORDER BY line")
    assert kept == HOSTILE


def test_hostile_headers_are_rejected_and_kept(intake: Intake, database: str) -> None:
    headers: Any = [("ce_\x00", b"\xff"), ("ce_source", b"\xff\x00"), ("content-type", None)]
    taken = intake.take([Delivery(b"{}", Place(POLICE, 0, 0), headers, POLICE)])
    assert len(taken.rejected) == 1
    assert reasons(database) == ["invalid_envelope"]


def test_an_event_in_binary_mode_is_accepted(intake: Intake, database: str) -> None:
    event = report(1)
    data = orjson.dumps(event.pop("data"))
    headers = [(f"ce_{name}", value.encode()) for name, value in event.items()] + [
        ("content-type", b"application/json")
    ]
    assert intake.take([Delivery(data, Place(POLICE, 0, 0), headers, POLICE)]).accepted == 1
    assert intake.take([line(report(1))]).duplicates == 1


def test_a_rejection_repeats_no_value(intake: Intake, database: str) -> None:
    secret = "Jane.Smith"
    bad = report(1, offence_group=secret, crime_reference=f"{secret}!", **{secret: 1}) | {"id": secret}
    intake.take([line(bad), line(bad | {"source": f"/{secret}"}, 2), line(bad | {"type": secret}, 3)])
    told = rows(database, "SELECT source, reason, pointer, message FROM log.rejected")
    told += [bytes(body) for body in rows(database, "SELECT body FROM log.outbox")]
    assert len(told) == 6
    assert secret not in str(told)


def test_a_rejection_is_told_with_reason_pointer_place_and_hash(intake: Intake, database: str) -> None:
    intake.take([message(report(1, offence_group=7), 5)])
    ((topic, key, body),) = rows(database, "SELECT topic, key, body FROM log.outbox")
    told = orjson.loads(body)
    assert (topic, key) == ("rejected.v1", "/police/met")
    assert told["reason"] == "invalid_data"
    assert told["pointer"] == "/data/offence_group"
    assert told["place"] == {"topic": POLICE, "partition": 0, "offset": 5}
    assert [told["hash"]] == rows(database, "SELECT encode(sha256(value), 'hex') FROM log.rejected")


def test_two_rejections_of_one_source_are_both_told(intake: Intake, database: str) -> None:
    intake.take([message(b"{", 5), message(b"{", 6)])
    assert rows(database, "SELECT count(*) FROM log.outbox") == [2]


def test_the_same_place_twice_is_one_row_with_times(intake: Intake, database: str) -> None:
    for _ in range(3):
        intake.take([line(b"{", 7), line(report(1, offence_group=7), 8)])
    assert rows(database, "SELECT line, times FROM log.rejected ORDER BY line") == [(7, 3), (8, 3)]
    assert source(database)["rejected"] == 1
    assert source(database, "unknown")["rejected"] == 1
    assert rows(database, "SELECT count(*) FROM log.outbox") == [2]


def test_other_bytes_at_the_same_line_are_kept_beside_the_first(intake: Intake, database: str) -> None:
    """Standard input has the same name each time, and a file may be written anew."""
    intake.take([line(b"{", 1, "-")])
    intake.take([line(b"[", 1, "-")])
    assert rows(database, "SELECT value FROM log.rejected ORDER BY id") == [b"{", b"["]


def test_unknown_fields_are_dropped_and_counted(intake: Intake, database: str) -> None:
    intake.take([line(report(1, surname="Smith", victim={"age": 30, "forename": "Jane"}))])
    assert source(database)["unknown_fields"] == 2
    (state,) = rows(database, "SELECT state FROM log.stored_events")
    assert b"Smith" not in state
    assert b"Jane" not in state


def test_an_unknown_code_is_kept_as_other_and_counted(intake: Intake, database: str) -> None:
    intake.take([line(report(1, location_type="spaceship"))])
    assert source(database)["other_codes"] == 1


def test_what_was_dropped_is_not_counted_again_with_a_duplicate(intake: Intake, database: str) -> None:
    for _ in range(2):
        intake.take([line(report(1, surname="Smith", location_type="spaceship"))])
    assert source(database)["unknown_fields"] == 1
    assert source(database)["other_codes"] == 1


def test_a_source_shows_when_it_last_spoke_and_of_when(intake: Intake, database: str) -> None:
    intake.take([line(report(1) | {"time": "2021-05-03T09:12:00Z"}, 1)])
    intake.take([line(report(2) | {"time": "2020-01-01T00:00:00Z"}, 2)])
    ((known, occurred),) = rows(database, "SELECT last_event_known_at, last_occurred_at FROM log.source")
    assert rows(database, "SELECT max(known_at) FROM log.stored_events") == [known]
    assert occurred == datetime(2021, 5, 3, 9, 12, tzinfo=UTC)


def test_a_batch_becomes_known_at_one_time_and_the_next_later(intake: Intake, database: str) -> None:
    for batch in range(3):
        intake.take([line(report(10 * batch + n), n) for n in range(3)])
    counted = rows(
        database, "SELECT known_at, count(*) FROM log.stored_events GROUP BY 1 ORDER BY min(notification_id)"
    )
    assert [n for _, n in counted] == [3, 3, 3]
    assert [at for at, _ in counted] == sorted({at for at, _ in counted})


def test_a_time_up_to_a_day_ahead_is_accepted(intake: Intake) -> None:
    now = datetime(2021, 5, 2, 9, 12, tzinfo=UTC)
    assert intake.take([line(report(1))], now=now).accepted == 1
    assert intake.take([line(report(2))], now=now - timedelta(seconds=1)).accepted == 0


def refuse(dsn: str, condition: str) -> None:
    """Have the database refuse some events, as it would if something in them could not be stored."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"ALTER TABLE log.stored_events ADD CHECK ({condition})")


def unlike(word: str) -> str:
    return f"convert_from(state, 'UTF8') NOT LIKE '%{word}%'"


def test_one_event_that_cannot_be_stored_does_not_keep_the_others_out(intake: Intake, database: str) -> None:
    refuse(database, unlike("CR137"))
    taken = intake.take([line(report(n), n) for n in range(300)])
    assert taken.accepted == 299
    assert [(r.reason, r.delivery.place) for r in taken.rejected] == [("unstorable", Line("events.jsonl", 137))]
    assert stored(database) == [f"report-{n}" for n in range(300) if n != 137]
    assert source(database)["accepted"] == 299
    assert source(database)["rejected"] == 1


def test_a_batch_of_which_nothing_can_be_stored_is_rejected_whole(intake: Intake, database: str) -> None:
    refuse(database, "false")
    assert len(intake.take([line(report(n), n) for n in range(20)]).rejected) == 20
    assert reasons(database) == ["unstorable"] * 20


def test_a_copy_of_what_cannot_be_stored_is_no_duplicate_of_it(intake: Intake, database: str) -> None:
    refuse(database, unlike("CR1"))
    taken = intake.take([line(report(1), 1), line(report(1), 2)])
    assert [r.reason for r in taken.rejected] == ["unstorable", "unstorable"]
    assert taken.duplicates == 0


def test_nothing_at_all_is_taken_without_harm(intake: Intake, database: str) -> None:
    taken = intake.take([])
    assert (taken.accepted, taken.duplicates, taken.rejected) == (0, 0, [])
    assert rows(database, "SELECT count(*) FROM log.source") == [0]


def test_a_large_batch_is_taken(intake: Intake, database: str) -> None:
    assert intake.take([line(update(n, n % 1000), n) for n in range(10_000)]).accepted == 10_000
    assert len(stored(database)) == 10_000
