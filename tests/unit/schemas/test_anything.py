"""Whatever comes, reading gives an event or a rejection that keeps silent about values."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.about import about
from schemas.document import example
from schemas.read import read
from schemas.rejected import REASONS, Rejected
from schemas.types import TYPES
from tests.unit.schemas.saying import NOW

EXAMPLES = [example(model) for model in TYPES.values()]
SECRET = "SECRETVALUE"  # upper case, digits and lower case nowhere: found again however it is changed

anything: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["2021-05-03T09:12:00Z", "2021-05-03", "/police/met", "CR1", SECRET, SECRET + " x", *TYPES]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def checked(value: bytes | None, headers: Any = (), topic: str | None = None) -> None:
    event, rejected = None, None
    try:
        event = read(value, headers, topic=topic, now=NOW)
    except Rejected as reason:
        rejected = reason
    if rejected:
        assert rejected.reason in REASONS
        assert SECRET not in str(rejected).upper()
        assert rejected.pointer == "" or rejected.pointer.startswith("/")
    if event:
        said = about(event.type, event.source, event.data)
        assert said.subject.value
        assert all(statement.from_ != statement.to for statement in said.statements)
        assert orjson.loads(orjson.dumps(event.data)) == event.data


@given(
    value=st.none() | st.binary(max_size=200), headers=st.lists(st.tuples(st.text(max_size=20), st.binary(max_size=20)))
)
def test_random_bytes_are_rejected(value: bytes | None, headers: list[tuple[str, bytes]]) -> None:
    with pytest.raises(Rejected):
        read(value, headers, topic=None, now=NOW)


@given(value=st.binary(max_size=300), position=st.integers(0, 800), event=st.sampled_from(EXAMPLES))
def test_an_event_with_some_bytes_replaced_is_read_or_rejected(value: bytes, position: int, event: Any) -> None:
    whole = orjson.dumps(event)
    checked(whole[:position] + value + whole[position + len(value) :])


@given(event=st.sampled_from(EXAMPLES), changes=st.dictionaries(st.integers(0, 30), anything, max_size=4))
def test_an_event_with_anything_in_its_fields_is_read_or_rejected(event: dict[str, Any], changes: Any) -> None:
    data = dict(event["data"])
    changed = event | {"data": data}
    for number, value in changes.items():
        whole = data if number % 3 else changed
        whole[list(whole)[number % len(whole)]] = value
    checked(json.dumps(changed).encode())


@given(event=st.sampled_from(EXAMPLES), dropped=st.sets(st.integers(0, 12)))
def test_every_event_that_is_taken_is_about_something(event: dict[str, Any], dropped: set[int]) -> None:
    data = {name: value for number, (name, value) in enumerate(event["data"].items()) if number not in dropped}
    checked(orjson.dumps(event | {"data": data}))


@given(
    headers=st.lists(
        st.tuples(
            st.sampled_from(["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "content-type", "ce_x"]),
            st.sampled_from([b"1.0", b"/police/met", b"2021-05-03T09:12:00Z", b"application/json", b"\xff", None])
            | st.sampled_from(list(TYPES)).map(str.encode)
            | st.just(SECRET.encode()),
        ),
        max_size=8,
    ),
    data=anything,
)
def test_binary_mode_with_anything_is_read_or_rejected(headers: Any, data: Any) -> None:
    checked(json.dumps(data).encode(), headers)
