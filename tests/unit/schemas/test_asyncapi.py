"""The AsyncAPI document: valid by the specification, complete, and with nothing that it refers to missing."""

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from asyncapi3 import AsyncAPI3
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from domain.exits import RANK
from schemas.asyncapi import asyncapi
from schemas.document import Json
from schemas.envelope import TOPICS
from schemas.outgoing import OUTGOING, Exit
from schemas.types import TYPES
from streams.topics import INCOMING
from streams.topics import OUTGOING as TOPICS_OUT

ROOT = Path(__file__).parents[3]
DOCUMENT = asyncapi()


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def missing(document: Json) -> list[str]:
    """References to what is not in the document, or to files that are not there."""
    found = []
    for reference in references(document):
        if not reference.startswith("#/"):
            if not (ROOT / "schemas" / reference).is_file():
                found.append(reference)
            continue
        part: Any = document
        for step in reference.removeprefix("#/").split("/"):
            part = part.get(step) if isinstance(part, dict) else None
        if part is None:
            found.append(reference)
    return found


def test_the_document_is_valid_by_the_specification() -> None:
    AsyncAPI3.model_validate(DOCUMENT)
    assert missing(DOCUMENT) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.pop("info"),
        lambda d: d["info"].pop("title"),
        lambda d: d["operations"]["receive_police_events_v1"].update(action="publish"),
        lambda d: d["operations"]["send_rejected_v1"].pop("channel"),
        lambda d: d["channels"]["rejected_v1"].update(colour="red"),
        lambda d: d["components"]["messages"]["EventRejected"].update(payloads={}),
        lambda d: d.update(asyncapi="2.6.0"),
    ],
)
def test_what_the_specification_forbids_is_found(change: Callable[[Json], object]) -> None:
    document = copy.deepcopy(DOCUMENT)
    change(document)
    with pytest.raises(ValidationError):
        AsyncAPI3.model_validate(document)


def test_a_reference_to_nothing_is_found() -> None:
    document = copy.deepcopy(DOCUMENT)
    document["operations"]["send_rejected_v1"]["messages"] = [{"$ref": "#/channels/rejected_v1/messages/nothing"}]
    document["components"]["messages"]["EventRejected"]["payload"]["schema"] = {"$ref": "./json/nothing.json"}
    assert sorted(missing(document)) == ["#/channels/rejected_v1/messages/nothing", "./json/nothing.json"]


def test_every_topic_and_every_type_is_in_it() -> None:
    channels = DOCUMENT["channels"]
    assert (
        {channel["address"] for channel in channels.values()}
        == {*INCOMING, *TOPICS_OUT}
        == {*TOPICS.values(), *OUTGOING}
    )
    names = {message["name"] for message in DOCUMENT["components"]["messages"].values()}
    assert names == set(TYPES) | {model.__name__ for _, models in OUTGOING.values() for model in models}
    for key, channel in channels.items():
        actions = [o["action"] for o in DOCUMENT["operations"].values() if o["channel"]["$ref"] == f"#/channels/{key}"]
        assert actions == ["receive" if channel["address"] in INCOMING else "send"]


def test_each_payload_that_goes_out_is_a_schema_with_every_field_described() -> None:
    for _, models in OUTGOING.values():
        for model in models:
            payload = DOCUMENT["components"]["messages"][model.__name__]["payload"]["schema"]
            Draft202012Validator.check_schema(payload)
            assert [name for name, field in payload["properties"].items() if not field.get("description")] == []


def test_the_exits_are_those_of_the_fold() -> None:
    assert get_args(Exit) == tuple(RANK)
