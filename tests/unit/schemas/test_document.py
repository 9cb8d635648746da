from pathlib import Path
from typing import Annotated

import orjson
import pytest
from jsonschema import Draft202012Validator, ValidationError
from pydantic import BaseModel, Field

from schemas.base import EventData, Urn
from schemas.document import Json, example, json_schema
from schemas.generated import documents
from schemas.rejected import REASONS, Rejected
from schemas.types import TYPES
from tests.unit.schemas.saying import taken
from vjt.pages import pages
from vjt.schema import schema

ROOT = Path(__file__).parents[3]


def test_the_generated_files_are_current() -> None:
    stale = [path for path, text in documents().items() if (ROOT / path).read_text(encoding="utf-8") != text]
    assert stale == [], "run `vjt schema`"


def test_no_generated_file_is_left_of_a_type_that_is_gone() -> None:
    for folder in ("json", "examples"):
        assert {path.stem for path in (ROOT / "schemas" / folder).iterdir()} == set(TYPES)


def test_the_verb_writes_every_file(tmp_path: Path) -> None:
    schema(tmp_path)
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()} == set(
        documents() | pages()
    )


@pytest.mark.parametrize("type", TYPES)
def test_every_example_is_valid_by_its_schema_and_is_read_whole(type: str) -> None:
    document = json_schema(TYPES[type])
    Draft202012Validator.check_schema(document)
    said = example(TYPES[type])
    Draft202012Validator(document).validate(said)
    event = taken(said)
    assert (event.unknown_fields, event.other_codes) == (0, 0)
    assert said["data"].keys() == TYPES[type].model_fields.keys()
    assert orjson.loads((ROOT / f"schemas/examples/{type}.json").read_bytes()) == said


@pytest.mark.parametrize(
    ("type", "change"),
    [
        ("police.victim-updated.v1", {"crime_reference": ..., "urn": ...}),
        ("police.victim-updated.v1", {"crime_reference": None, "urn": ...}),
        ("cps.charging-decision-made.v1", {"force": ...}),
        ("cps.charging-decision-made.v1", {"force": None}),
        ("police.outcome-recorded.v1", {"outcome_code": 23}),
        ("police.crime-reported.v1", {"victim": {"age": "34"}}),
        ("police.charge-referral-submitted.v1", {"crime_references": []}),
    ],
)
def test_a_schema_refuses_what_reading_refuses(type: str, change: dict[str, object]) -> None:
    event = example(TYPES[type])
    event["data"] = {name: value for name, value in (event["data"] | change).items() if value is not ...}
    with pytest.raises(ValidationError):
        Draft202012Validator(json_schema(TYPES[type])).validate(event)
    with pytest.raises(Rejected):
        taken(event)


def test_a_schema_knows_its_own_identifier_among_those_of_others() -> None:
    validator = Draft202012Validator(json_schema(TYPES["police.suspect-arrested.v1"]))
    event = example(TYPES["police.suspect-arrested.v1"])
    assert validator.is_valid(event | {"dataschema": "https://example.org/arrest"})
    assert not validator.is_valid(event | {"dataschema": "urn:vjt:schema:police.suspect-interviewed.v1"})


def undescribed(schema: Json, definitions: Json, at: str = "") -> list[str]:
    """The fields below a place of which nothing is said, their parts too."""
    kind = schema.get("anyOf", [schema])[0]
    kind = kind.get("items", kind)
    if "$ref" in kind:
        kind = definitions[kind["$ref"].removeprefix("#/$defs/")]
    found = [] if schema.get("description") or kind.get("description") or not at else [at]
    for name, field in kind.get("properties", {}).items():
        found += undescribed(field, definitions, f"{at}/{name}")
    return found


@pytest.mark.parametrize("type", TYPES)
def test_every_field_of_every_type_is_described(type: str) -> None:
    document = json_schema(TYPES[type])
    assert undescribed(document["properties"]["data"], document["$defs"]) == []


def test_a_field_of_which_nothing_is_said_is_found() -> None:
    class Part(BaseModel):
        known: Annotated[int, Field(description="Known.")]
        unknown: int

    class Silent(EventData):
        TYPE = "police.silent.v1"
        SUBJECT = ("urn",)
        urn: Urn
        parts: list[Part] | None = Field(None, description="Parts.")
        count: int | None = None

    document = json_schema(Silent)
    assert undescribed(document["properties"]["data"], document["$defs"]) == ["/parts/unknown", "/count"]


def test_every_reason_for_rejection_is_explained() -> None:
    page = (ROOT / "docs" / "rejected.md").read_text(encoding="utf-8")
    assert [reason for reason in REASONS if f"| `{reason}` |" not in page] == []
