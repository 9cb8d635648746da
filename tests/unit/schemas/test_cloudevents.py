"""Both modes of the Kafka binding against the official SDK, in both directions."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from cloudevents.core.bindings import kafka
from cloudevents.core.v1.event import CloudEvent

from schemas.document import example
from schemas.envelope import envelope, to_structured, topic_of
from schemas.read import Event, read
from schemas.rejected import Rejected
from schemas.types import TYPES
from tests.unit.schemas.saying import NOW, said

ARREST = "police.suspect-arrested.v1"


def received(message: kafka.KafkaMessage, topic: str | None = None) -> Event:
    return read(message.value, list(message.headers.items()), topic=topic, now=NOW)


def by_sdk(event: dict[str, Any]) -> CloudEvent:
    attributes = {name: value for name, value in event.items() if name != "data"}
    return CloudEvent(attributes | {"time": datetime.fromisoformat(event["time"])}, event["data"])


@pytest.mark.parametrize("type", TYPES)
def test_the_sdks_messages_mean_the_same_in_either_mode(type: str) -> None:
    event = by_sdk(example(TYPES[type]))
    binary, structured = received(kafka.to_binary_event(event)), received(kafka.to_structured_event(event))
    assert binary == structured
    assert binary.recorded == datetime(2021, 5, 3, 9, 40, 11, tzinfo=UTC)


@pytest.mark.parametrize("type", TYPES)
def test_the_sdk_reads_what_we_write(type: str) -> None:
    event = example(TYPES[type])
    value = to_structured(event)
    message = kafka.KafkaMessage({"content-type": b"application/cloudevents+json"}, None, value)
    read_by_sdk = kafka.from_structured_event(message)
    assert read_by_sdk.get_data() == event["data"]
    assert read_by_sdk.get_time() == datetime(2021, 5, 3, 9, 12, tzinfo=UTC)
    assert received(kafka.to_binary_event(read_by_sdk)) == read(value, topic=None, now=NOW)


def test_structured_mode_needs_no_header() -> None:
    assert read(to_structured(said(ARREST)), [("trace", b"\xff"), ("empty", None)], topic=None, now=NOW)  # type: ignore[list-item]


def test_the_content_type_tells_the_mode_whatever_other_headers_say() -> None:
    headers = [("ce_id", b"other"), ("Content-Type", b"application/cloudevents+json; charset=UTF-8")]
    assert read(to_structured(said(ARREST)), headers, topic=None, now=NOW).id != "other"


def test_header_names_are_taken_in_any_case() -> None:
    message = kafka.to_binary_event(by_sdk(said(ARREST)))
    headers = [(name.upper(), content) for name, content in message.headers.items()]
    assert read(message.value, headers, topic=None, now=NOW) == received(message)


@pytest.mark.parametrize(
    ("headers", "reason", "pointer"),
    [
        ([("content-type", b"application/cloudevents-batch+json")], "invalid_envelope", ""),
        ([("content-type", b"application/cloudevents+avro")], "invalid_envelope", ""),
        ([("ce_id", b"1"), ("ce_id", b"2")], "invalid_envelope", ""),
        ([("ce_id", b"\xff")], "invalid_envelope", ""),
        ([("ce_id", None)], "invalid_envelope", ""),
        ([("ce_a_b", b"1")], "invalid_envelope", ""),
        ([("ce_id", b"1")], "invalid_envelope", "/specversion"),
        ([("ce_specversion", b"1.0"), ("ce_type", b"x")], "unknown_type", "/type"),
        ([("content-type", b"application/json")], "invalid_envelope", "/specversion"),
    ],
)
def test_headers_that_are_no_envelope_are_rejected(headers: Any, reason: str, pointer: str) -> None:
    with pytest.raises(Rejected) as caught:
        read(b"{}", headers, topic=None, now=NOW)
    assert (caught.value.reason, caught.value.pointer) == (reason, pointer)


def test_in_binary_mode_data_are_the_value_and_no_header() -> None:
    message = kafka.to_binary_event(by_sdk(said(ARREST)))
    headers = [*message.headers.items(), ("ce_data", b"{}")]
    assert read(message.value, headers, topic=None, now=NOW) == received(message)
    with pytest.raises(Rejected) as caught:
        read(b"[]", list(message.headers.items()), topic=None, now=NOW)
    assert (caught.value.reason, caught.value.pointer) == ("invalid_data", "/data")


def test_data_in_binary_mode_are_json_by_their_content_type() -> None:
    message = kafka.to_binary_event(by_sdk(said(ARREST, datacontenttype="text/plain")))
    with pytest.raises(Rejected) as caught:
        read(orjson.dumps(said(ARREST)["data"]), list(message.headers.items()), topic=None, now=NOW)
    assert caught.value.pointer == "/datacontenttype"


def test_an_envelope_says_no_more_than_it_must() -> None:
    time = datetime(2021, 5, 3, 9, 12, tzinfo=UTC)
    event = envelope(ARREST, "/police/met", "1", time, {"crime_reference": "CR1"})
    assert event.keys() == {"specversion", "id", "source", "type", "time", "datacontenttype", "data"}
    month = envelope(ARREST, "/police/met", "1", time, {}, recordedtime=time, timeprecision="month")
    assert (month["recordedtime"], month["timeprecision"]) == ("2021-05-03T09:12:00Z", "month")


def test_a_topic_follows_from_type_and_source() -> None:
    assert topic_of(ARREST, "/police/met") == "police.events.v1"
    assert topic_of("correction.event-voided.v1", "/courts") == "courts.events.v1"
    with pytest.raises(ValueError, match="may not send"):
        topic_of(ARREST, "/cps")
