"""The bytes of a stored event are pinned: what is in the log can be read for ever, or there is an upcast."""

from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson
import pytest

from schemas.envelope import envelope, to_structured
from schemas.read import Event, read
from store import log

NOW = datetime(2021, 6, 1, tzinfo=UTC)
OURS = uuid5(NAMESPACE_URL, "urn:vjt:journey")
MAPPER = log.EventMapper(log.Orjson())

REPORT = (
    b'{"source":"/police/met","id":"e1","occurred":"2021-05-03T08:12:00Z","recorded":"2021-05-03T09:40:11.500000Z",'
    b'"precision":"day","data":{"crime_reference":"CR1","victim_reference":"V1","offence_group":"rape"},'
    b'"person":{"victim":{"age":34}}}'
)

AMENDMENT = (
    b'{"source":"/police/met","id":"e2","occurred":"2021-05-04T09:00:00Z","recorded":"2021-05-04T09:00:00Z",'
    b'"precision":"second","data":{"amends":{"source":"/police/met","id":"e1","type":"police.crime-reported.v1"},'
    b'"data":{"crime_reference":"CR2","victim_reference":"V1","offence_group":"rape"},"reason":"error"},'
    b'"person":{"victim":{"age":35}}}'
)


def report() -> Event:
    said = envelope(
        "police.crime-reported.v1",
        "/police/met",
        "e1",
        datetime.fromisoformat("2021-05-03T09:12:00+01:00"),
        {"crime_reference": "cr1", "victim_reference": "V1", "offence_group": "rape", "victim": {"age": 34}},
        recordedtime=datetime.fromisoformat("2021-05-03T09:40:11.5Z"),
        timeprecision="day",
    )
    return read(to_structured(said), topic=None, now=NOW)


def amendment() -> Event:
    target = {"source": "/police/met", "id": "e1", "type": "police.crime-reported.v1"}
    whole = {"crime_reference": "CR2", "victim_reference": "V1", "offence_group": "rape", "victim": {"age": 35}}
    said = envelope(
        "correction.event-amended.v1",
        "/police/met",
        "e2",
        datetime(2021, 5, 4, 9, tzinfo=UTC),
        {"amends": target, "data": whole, "reason": "error"},
    )
    return read(to_structured(said), topic=None, now=NOW)


@pytest.mark.parametrize(("event", "state"), [(report(), REPORT), (amendment(), AMENDMENT)])
def test_an_event_is_stored_as_these_bytes_with_the_person_apart(event: Event, state: bytes) -> None:
    assert MAPPER.to_stored_event(log.said(event)).state == state


def test_an_event_is_stored_under_its_type_its_subject_and_a_key_of_its_own() -> None:
    entry = MAPPER.to_stored_event(log.said(report()))
    assert entry.topic == "police.crime-reported.v1"
    assert entry.originator_id == uuid5(OURS, "crime:met%2FCR1")
    assert entry.event_key == uuid5(OURS, "event:%2Fpolice%2Fmet/e1")
    assert entry.content_hash == report().content_hash


@pytest.mark.parametrize("event", [report(), amendment()])
def test_a_reader_gets_the_event_whole(event: Event) -> None:
    entry = MAPPER.to_stored_event(log.said(event))
    record = log.decode(7, entry.topic, entry.state, NOW)
    assert record == log.Record(
        7, event.source, event.id, event.type, event.occurred, event.recorded, event.precision, event.data, NOW
    )


@pytest.mark.parametrize("event", [report(), amendment()])
def test_the_library_gets_the_event_whole(event: Event) -> None:
    given = MAPPER.to_domain_event(MAPPER.to_stored_event(log.said(event))).event
    for name in ("source", "id", "type", "occurred", "recorded", "precision", "data"):
        assert getattr(given, name) == getattr(event, name)


def test_taking_the_person_apart_leaves_the_event_as_it_was() -> None:
    event = amendment()
    MAPPER.to_stored_event(log.said(event))
    assert event.data["data"]["victim"] == {"age": 35}


def test_an_older_shape_is_read_through_its_upcast(monkeypatch: pytest.MonkeyPatch) -> None:
    def renamed(topic: str, state: dict[str, Any]) -> None:
        assert topic == "police.crime-reported.v1"
        state["precision"] = {"day": "date"}[state["precision"]]

    monkeypatch.setattr(log, "UPCASTS", (renamed,))
    assert log.decode(1, "police.crime-reported.v1", REPORT, NOW).precision == "date"


def test_the_present_shape_is_not_upcast(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(topic: str, state: dict[str, Any]) -> None:
        raise AssertionError

    monkeypatch.setattr(log, "UPCASTS", (never,))
    entry = MAPPER.to_stored_event(log.said(report()))
    assert orjson.loads(entry.state)["class_version"] == 2
    assert log.decode(1, entry.topic, entry.state, NOW).id == "e1"


WITHDREW = (
    b'{"source":"/police/met","id":"e3","occurred":"2021-05-10T09:00:00Z","recorded":"2021-05-10T09:00:00Z",'
    b'"precision":"second","data":{"crime_reference":"CR1","victim_reference":"V1","reasons":["delay"],'
    b'"evidence":["statement","email"]}}'
)
WITHDREW_AMENDED = (
    b'{"source":"/police/met","id":"e4","occurred":"2021-05-11T09:00:00Z","recorded":"2021-05-11T09:00:00Z",'
    b'"precision":"second","data":{"amends":{"source":"/police/met","id":"e3","type":"police.victim-withdrew.v1"},'
    b'"data":{"crime_reference":"CR1","victim_reference":"V1","evidence":["letter"]},"reason":"wrong_record"}}'
)


def test_what_was_stored_under_an_earlier_version_is_read_as_the_latest_under_its_own_type() -> None:
    record = log.decode(1, "police.victim-withdrew.v1", WITHDREW, NOW)
    assert record.type == "police.victim-withdrew.v1"
    assert record.data == {
        "crime_reference": "CR1",
        "victim_reference": "V1",
        "reasons": ["delay"],
        "evidence": [{"kind": "statement"}, {"kind": "email"}],
    }
    amended = log.decode(2, "correction.event-amended.v1", WITHDREW_AMENDED, NOW).data
    assert amended["amends"]["type"] == "police.victim-withdrew.v1"
    assert amended["data"] == {"crime_reference": "CR1", "victim_reference": "V1", "evidence": [{"kind": "letter"}]}
