from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from schemas.read import MOST_BYTES, read
from schemas.rejected import REASONS, Rejected
from tests.unit.schemas.saying import NOW, said, taken

ARREST = "police.suspect-arrested.v1"
CRIME = {"crime_reference": "CR1"}


def rejected(event: Any, topic: str | None = None) -> tuple[str, str]:
    with pytest.raises(Rejected) as caught:
        taken(event, topic)
    assert caught.value.reason in REASONS
    return caught.value.reason, caught.value.pointer


def test_an_event_is_read_with_its_times_in_utc() -> None:
    event = taken(said(ARREST, CRIME, time="2021-05-03T10:12:00+01:00", recordedtime="2021-05-03T09:40:11.25Z"))
    assert event.occurred == datetime(2021, 5, 3, 9, 12, tzinfo=UTC)
    assert event.recorded == datetime(2021, 5, 3, 9, 40, 11, 250000, tzinfo=UTC)
    assert event.occurred.tzinfo is UTC
    assert (event.source, event.type, event.precision, event.data) == ("/police/met", ARREST, "second", CRIME)


def test_an_event_without_recordedtime_was_recorded_when_it_happened() -> None:
    event = taken(said(ARREST, CRIME, recordedtime=None))
    assert event.recorded == event.occurred


def test_digits_beyond_the_microsecond_are_cut_off() -> None:
    assert taken(said(ARREST, time="2021-05-03T09:12:00.123456789Z")).occurred.microsecond == 123456


@pytest.mark.parametrize(
    "time",
    [
        "2021-05-03",
        "2021-05-03T09:12:00",
        "2021-05-03T09:12Z",
        "2021-05-03 09:12:00Z",
        "20210503T091200Z",
        "2021-02-30T09:12:00Z",
        "2021-W18-1T09:12:00Z",
        "0001-01-01T00:00:00+23:59",
        "2021-05-03T09:12:00+25:00",
        "2021-05-03T09:12:0\u0663Z",
        1620033120,
        {"at": "2021-05-03T09:12:00Z"},
    ],
)
def test_a_time_is_rfc_3339_with_an_offset(time: Any) -> None:
    assert rejected(said(ARREST, time=time)) == ("invalid_envelope", "/time")


@pytest.mark.parametrize("attribute", ["time", "recordedtime"])
def test_a_time_is_neither_before_1970_nor_more_than_a_day_ahead(attribute: str) -> None:
    latest = NOW + timedelta(days=1)
    assert taken(said(ARREST) | {attribute: latest.isoformat()})
    assert taken(said(ARREST) | {attribute: "1970-01-01T00:00:00Z"})
    for time in ((latest + timedelta(microseconds=1)).isoformat(), "1969-12-31T23:59:59Z"):
        assert rejected(said(ARREST) | {attribute: time}) == ("time_out_of_range", f"/{attribute}")


def test_timeprecision_is_second_day_or_month() -> None:
    assert [taken(said(ARREST, timeprecision=given)).precision for given in (None, "second", "day", "month")] == [
        *("second", "second", "day", "month")
    ]
    assert rejected(said(ARREST, timeprecision="year")) == ("invalid_envelope", "/timeprecision")
    assert rejected(said(ARREST, timeprecision=["day"])) == ("invalid_envelope", "/timeprecision")


@pytest.mark.parametrize("attribute", ["specversion", "id", "source", "type", "time", "data"])
@pytest.mark.parametrize("null", [True, False])
def test_an_envelope_without_a_required_attribute_is_rejected(attribute: str, null: bool) -> None:
    event = said(ARREST)
    if null:
        event[attribute] = None
    else:
        del event[attribute]
    assert rejected(event) == ("invalid_envelope", f"/{attribute}")


@pytest.mark.parametrize("specversion", ["0.3", "1.1", 1.0])
def test_only_cloudevents_1_0_is_read(specversion: Any) -> None:
    assert rejected(said(ARREST, specversion=specversion)) == ("invalid_envelope", "/specversion")


@pytest.mark.parametrize("id", ["", "x" * 201, "a\u0000b", "a\nb", 7])
def test_an_id_is_of_1_to_200_printable_characters(id: Any) -> None:
    assert rejected(said(ARREST, id=id)) == ("invalid_envelope", "/id")


def test_an_id_and_a_source_are_kept_as_given() -> None:
    event = taken(said(ARREST, id=" Ab-1 ", source="/police/Met/Wcu"))
    assert (event.id, event.source) == (" Ab-1 ", "/police/Met/Wcu")


def test_other_attributes_are_allowed_if_their_names_are() -> None:
    assert taken(said(ARREST, traceparent="00-1", subject="x", dataschema="urn:x", sequence=3))
    assert rejected(said(ARREST, recorded_time="2021-05-03T09:12:00Z")) == ("invalid_envelope", "")
    assert rejected(said(ARREST, data_base64="e30=")) == ("invalid_envelope", "")


def test_data_are_json_by_their_content_type() -> None:
    for content_type in (None, "application/json", "application/json; charset=utf-8", "application/vnd.vjt+json"):
        assert taken(said(ARREST, datacontenttype=content_type))
    for other in ("text/plain", "application/xml", 5):
        assert rejected(said(ARREST, datacontenttype=other)) == ("invalid_envelope", "/datacontenttype")


@pytest.mark.parametrize(
    ("source", "type"),
    [
        ("/police", ARREST),
        ("/police/", ARREST),
        ("/police/m_t", ARREST),
        ("/cpsx", "cps.victim-met.v1"),
        ("/support", "support.service-started.v1"),
        ("/identityx/a", "identity.linked.v1"),
        ("police/met", ARREST),
        ("/cps", ARREST),
        ("/police/met", "cps.victim-met.v1"),
        ("/police/met#1", ARREST),
        ("/police/met?x", ARREST),
        ("/police/met/%zz", ARREST),
        ("/police/met/\u00e9", ARREST),
    ],
)
def test_a_source_sends_only_its_agencys_types(source: str, type: str) -> None:
    assert rejected(said(type, source=source)) == ("wrong_source", "/source")


@pytest.mark.parametrize("source", ["/cps", "/cps/", "/cps/london-south"])
def test_a_source_may_be_the_agency_or_below_it(source: str) -> None:
    assert taken(said("cps.victim-met.v1", source=source), "cps.events.v1")


def test_an_agency_writes_to_its_own_topic() -> None:
    assert taken(said(ARREST), "police.events.v1")
    assert rejected(said(ARREST), "courts.events.v1") == ("wrong_topic", "/source")
    assert rejected(said(ARREST), "elsewhere") == ("wrong_topic", "/source")


def test_an_unknown_type_is_rejected() -> None:
    assert rejected(said(ARREST) | {"type": "police.suspect-arrested.v9"}) == ("unknown_type", "/type")


@pytest.mark.parametrize("value", [None, b""])
def test_a_message_without_value_is_rejected(value: bytes | None) -> None:
    with pytest.raises(Rejected) as caught:
        read(value, topic=None, now=NOW)
    assert caught.value.reason == "no_value"


WRITTEN = orjson.dumps(said(ARREST, CRIME))


@pytest.mark.parametrize(
    "value",
    [
        b"{",
        b"\xff\xfe",
        b"\xef\xbb\xbf" + WRITTEN,
        WRITTEN.replace(b"CR1", b"\xc3\x28"),
        WRITTEN.replace(b"CR1", b"\\ud800"),
        WRITTEN.replace(b"CR1", b"a\x00b"),
        WRITTEN.replace(b'"CR1"', b"NaN"),
        WRITTEN.replace(b'"CR1"', b"1e999"),
        WRITTEN.replace(b'"CR1"', b"[" * 300 + b"]" * 300),
        WRITTEN.replace(b'"CR1"', b"[" * 100_000),
        WRITTEN.replace(b'"CR1"', b'{"a":"\\"",' * 2000 + b'"b":1' + b"}" * 2000),
        WRITTEN.replace(b'"crime_reference"', b'"crime_reference":"CR2","crime_reference"'),
        WRITTEN.replace(b'"crime_reference"', b'"x":"\\"","crime_reference":"CR2","crime_reference"'),
        WRITTEN.replace(b'"crime_reference"', b'"crime\\u005freference":"CR2","crime_reference"'),
        WRITTEN.replace(b'{"specversion"', b'{"id":"other","specversion"'),
    ],
)
def test_what_is_not_one_unambiguous_json_text_is_rejected(value: bytes) -> None:
    assert rejected(value) == ("not_json", "")


@pytest.mark.parametrize("value", [b"[]", b"1", b'"x"', b"null"])
def test_json_that_is_no_envelope_is_rejected(value: bytes) -> None:
    assert rejected(value) == ("invalid_envelope", "")


def test_escapes_and_whitespace_are_read_as_what_they_mean() -> None:
    spaced = orjson.dumps(said(ARREST, CRIME), option=orjson.OPT_INDENT_2).replace(b"CR1", b"\\u0043R1")
    assert taken(spaced).data == CRIME


def test_huge_numbers_are_no_values_of_ours() -> None:
    value = WRITTEN.replace(b'"CR1"', b'"CR1","x":"\\u0041","y":' + b"9" * 5000)
    assert rejected(value)[0] in ("not_json", "invalid_data")
    report = orjson.dumps(said("police.crime-reported.v1")).replace(b'"age":34', b'"age":' + b"9" * 30)
    assert rejected(report) == ("invalid_data", "/data/victim/age")


def test_a_message_beyond_the_bound_is_rejected() -> None:
    assert rejected(WRITTEN + b" " * MOST_BYTES) == ("too_large", "")


def test_content_is_type_times_precision_and_data_and_nothing_else() -> None:
    one = said(ARREST, CRIME | {"new_field": {"b": 1, "a": 2}})
    first = taken(one).content_hash
    assert len(first) == 16
    same = [
        one | {"id": "another", "source": "/police/met/wcu", "traceparent": "x"},
        one | {"datacontenttype": "application/vnd.vjt+json"},
        one | {"dataschema": "https://example.org/arrest"},
        one | {"time": "2021-05-03T10:12:00+01:00"},
        one | {"timeprecision": "second"},
        one | {"data": {"new_field": {"a": 2, "b": 1}, "crime_reference": "CR1"}},
    ]
    assert {taken(event).content_hash for event in same} == {first}
    other = [
        one | {"time": "2021-05-03T09:12:01Z"},
        one | {"recordedtime": "2021-05-03T09:40:12Z"},
        one | {"timeprecision": "day"},
        one | {"type": "police.suspect-interviewed.v1", "dataschema": None},
        one | {"data": {"crime_reference": "CR1"}},
        one | {"data": one["data"] | {"crime_reference": "cr1"}},
    ]
    assert len({taken(event).content_hash for event in other} | {first}) == len(other) + 1


def test_unknown_fields_are_dropped_and_counted_at_every_depth() -> None:
    report = said("police.crime-reported.v1")
    report["data"]["name"] = "A Person"
    report["data"]["victim"]["phone"] = {"n": 1}
    event = taken(report)
    assert event.unknown_fields == 2
    assert "name" not in event.data
    assert "phone" not in event.data["victim"]


def test_unknown_codes_of_open_lists_are_kept_as_other_and_counted() -> None:
    report = said("police.crime-reported.v1")
    report["data"] |= {"offence_group": "witchcraft", "flags": ["domestic_abuse", "new_flag", "newer_flag"]}
    report["data"]["victim"]["ethnicity_self_defined"] = "X7"
    event = taken(report)
    assert event.data["offence_group"] == "other"
    assert event.data["flags"] == ["domestic_abuse", "other"]
    assert event.data["victim"]["ethnicity_self_defined"] == "other"
    assert event.other_codes == 4


def test_other_itself_is_a_known_code() -> None:
    listing = said("courts.hearing-listed.v1")
    listing["data"]["hearing_type"] = "other"
    event = taken(listing)
    assert (event.data["hearing_type"], event.other_codes) == ("other", 0)


def test_messages_say_where_and_what_but_never_the_value() -> None:
    for field, value in (("outcome_code", "SECRET"), ("crime_reference", "SECRET!"), ("victim_reference", ["SECRET"])):
        event = said("police.outcome-recorded.v1")
        event["data"][field] = value
        with pytest.raises(Rejected) as caught:
            taken(event)
        assert caught.value.pointer == f"/data/{field}"
        assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    "schema", [None, f"urn:vjt:schema:{ARREST}", "https://example.org/arrest", "urn:uuid:6d5f0a1e", 7]
)
def test_a_dataschema_is_the_types_own_or_the_agencys(schema: Any) -> None:
    assert taken(said(ARREST) | {"dataschema": schema})


@pytest.mark.parametrize("schema", ["urn:vjt:schema:", "urn:vjt:schema:police.suspect-arrested.v2"])
def test_a_dataschema_of_another_type_is_rejected(schema: str) -> None:
    assert rejected(said(ARREST) | {"dataschema": schema}) == ("invalid_envelope", "/dataschema")
