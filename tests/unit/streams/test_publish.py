"""What is made of a line before it is sent."""

import math
from datetime import UTC, datetime

import orjson
import pytest

from schemas.about import about
from schemas.reference import subject_id
from schemas.rejected import Rejected
from store.delivery import Delivery, Line
from streams.publish import CHUNK, Message, _chunk, message
from tests.integration.store.given import line, report, update

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_key_is_the_subject_and_the_topic_the_agency_s() -> None:
    made = message(line(report(1)), NOW)
    subject = subject_id(about("police.crime-reported.v1", "/police/met", report(1)["data"]).subject)
    assert made == Message("police.events.v1", str(subject).encode(), orjson.dumps(report(1)))


def test_what_is_said_of_one_subject_has_one_key() -> None:
    assert message(line(report(1)), NOW).key == message(line(update(2, 1)), NOW).key
    assert message(line(report(1)), NOW).key != message(line(report(2)), NOW).key


def test_a_line_goes_out_byte_for_byte() -> None:
    value = (
        b'  {"data": '
        + orjson.dumps(report(1)["data"])
        + b", "
        + orjson.dumps(report(1))[1:].split(b',"data"')[0]
        + b"}"
    )
    assert message(line(value), NOW).value == value


def test_what_is_not_valid_is_rejected_with_its_reason() -> None:
    with pytest.raises(Rejected) as caught:
        message(line(b"{"), NOW)
    assert caught.value.reason == "not_json"


def test_no_more_lines_are_held_than_a_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.publish.SOON", math.inf)  # however slow this machine is
    lines = iter(line(report(n)) for n in range(CHUNK + 10))
    assert len(_chunk(lines)) == CHUNK
    assert len(_chunk(lines)) == 10
    assert _chunk(lines) == []


def test_rejected_lines_keep_their_place_among_the_others() -> None:
    chunk = _chunk(iter([line(report(1), 1), Delivery(b"[]", Line("f", 2)), line(report(3), 3)]))
    assert [isinstance(result, Rejected) for _, result in chunk] == [False, True, False]
    assert chunk[1][0].place == Line("f", 2)
