"""Releases: what was valid once is taken for ever, and what would break that is caught."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from annotated_types import Ge, Le
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ConfigDict, Field
from pydantic import StringConstraints as Text

from schemas import codes, police
from schemas.base import Age, Code, CrimeReference, EventData, Flag, Force, Link, Listed, Urn, VictimReference
from schemas.document import Json, json_schema
from schemas.evolution import breaks, broken, releases
from schemas.rejected import Rejected
from schemas.types import TYPES
from tests.unit.schemas.conforming import events
from tests.unit.schemas.saying import taken
from vjt.errors import Failed
from vjt.schema import schema

ROOT = Path(__file__).parents[3]
RELEASES = releases(ROOT)
PROMISED = [
    (number, type)
    for number, schemas in RELEASES.items()
    for type in schemas
    if schemas[type] != RELEASES.get(number - 1, {}).get(type)
]

few = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_there_is_a_release_and_each_is_of_valid_schemas() -> None:
    assert list(RELEASES) == list(range(1, len(RELEASES) + 1)) != []
    for schemas in RELEASES.values():
        for type, document in schemas.items():
            Draft202012Validator.check_schema(document)
            assert document["$id"] == f"urn:vjt:schema:{type}"


@pytest.mark.parametrize("number", RELEASES)
def test_no_promise_is_broken(number: int) -> None:
    assert list(broken(RELEASES[number])) == []


@pytest.mark.parametrize(("number", "type"), PROMISED)
@few
@given(data=st.data())
def test_whatever_was_valid_by_a_release_is_taken_whole(number: int, type: str, data: st.DataObject) -> None:
    known = data.draw(st.booleans())
    event = data.draw(events(type, RELEASES[number], known))
    Draft202012Validator(RELEASES[number][type]).validate(event)
    took = taken(event)
    assert took.unknown_fields == 0
    assert took.other_codes == 0 or not known


class Sample(EventData):
    """Something of everything."""

    TYPE = "police.sample.v1"
    SUBJECT = ("crime_reference", "urn")
    NAMES = ("victim_reference",)
    LINKS = (Link("crime_reference", "urn"),)
    NEEDS = (("crime_reference", "urn"),)

    crime_reference: CrimeReference | None = None
    urn: Urn | None = None
    victim_reference: VictimReference | None = None
    place: Annotated[str, Listed(codes.LOCATIONS)] | None = None
    measures: Annotated[list[Annotated[str, Listed(codes.SPECIAL_MEASURES)]], Field(max_length=10)] | None = None
    kind: Literal["full_code", "threshold"] | None = None
    days: Annotated[int, Ge(0), Le(10)] | None = None
    note: Code | None = None
    victim: police.Victim | None = None


def changed(**fields: Any) -> type[EventData]:
    """`Sample` with fields of other types, or (in capitals) other declarations; None takes a field out."""
    declared = {name: value for name, value in vars(Sample).items() if name.isupper()}
    annotations = dict(Sample.__annotations__)
    defaults = dict.fromkeys(annotations)
    for name, kind in fields.items():
        if name.isupper():
            declared[name] = kind
        elif kind is None:
            del annotations[name], defaults[name]
        elif isinstance(kind, tuple):
            annotations[name] = kind[0]
            defaults.pop(name, None)
        else:
            annotations[name], defaults[name] = kind, None
    return type("Changed", (EventData,), {"__doc__": "Changed.", "__annotations__": annotations} | declared | defaults)


class OnlyAge(BaseModel):
    """Less of a victim."""

    age: Age | None = None


class Forbidding(Sample):
    """Nothing beside its fields."""

    model_config = ConfigDict(extra="forbid")


SHORT = dict(list(codes.LOCATIONS.items())[1:])
LONG = codes.LOCATIONS | {"station": "Station"}
BROKEN: dict[str, tuple[type[EventData], str]] = {
    "a field removed": (changed(note=None), "/data/note is gone"),
    "a field removed within a field": (changed(victim=OnlyAge | None), "/data/victim/sex is gone"),
    "a field newly required": (changed(note=(Code,)), "/data/note is required now"),
    "null refused": (
        changed(note=Annotated[str, Text(pattern="^(?:[a-z0-9_]{1,40})$")]),
        "/data/note may no longer be null",
    ),
    "a pattern narrowed": (
        changed(note=Annotated[str, Text(pattern="^[a-z]+$")] | None),
        "/data/note has another pattern",
    ),
    "a pattern where there was a list": (
        changed(kind=Annotated[str, Text(pattern="^f")] | None),
        "/data/kind has another pattern",
    ),
    "a value of a closed list removed": (
        changed(kind=Literal["full_code"] | None),
        "/data/kind no longer takes threshold",
    ),
    "an open list closed": (changed(place=Literal["hotel"] | None), "/data/place is a closed list now"),
    "a code of an open list removed": (
        changed(place=Annotated[str, Listed(SHORT)] | None),
        "/data/place no longer knows private_residence",
    ),
    "a greatest value lowered": (
        changed(days=Annotated[int, Ge(0), Le(9)] | None),
        "/data/days has maximum 9, and had 10",
    ),
    "a least value raised": (changed(days=Annotated[int, Ge(1), Le(10)] | None), "/data/days has minimum 1, and had 0"),
    "a list shortened": (
        changed(measures=Annotated[list[Annotated[str, Listed(codes.SPECIAL_MEASURES)]], Field(max_length=9)] | None),
        "/data/measures has maxItems 9",
    ),
    "a list that may not be empty": (
        changed(
            measures=Annotated[list[Annotated[str, Listed(codes.SPECIAL_MEASURES)]], Field(min_length=1, max_length=10)]
            | None
        ),
        "/data/measures has minItems 1",
    ),
    "a list of something else": (
        changed(measures=Annotated[list[Flag], Field(max_length=10)] | None),
        "/data/measures/* must be of type boolean",
    ),
    "another type": (changed(days=Code | None), "/data/days must be of type string"),
    "a further need": (
        changed(NEEDS=(*Sample.NEEDS, ("victim_reference", "note"))),
        "/data needs note or victim_reference now",
    ),
    "fewer fields of which one is needed": (changed(NEEDS=(("urn",),)), "/data needs urn now"),
    "a force beside the crime": (changed(force=Force | None), "/data needs force beside crime_reference now"),
    "unknown fields refused": (Forbidding, "/data has another rule `additionalProperties`"),
    "another subject": (changed(SUBJECT=("urn", "crime_reference")), "x-subject is another"),
    "another victim named": (changed(NAMES=()), "x-names is another"),
    "another tie": (changed(LINKS=(Link("crime_reference", "urn", makes=False),)), "x-links is another"),
}
KEPT: dict[str, type[EventData]] = {
    "a new field": changed(more=Code | None),
    "a new code of an open list": changed(place=Annotated[str, Listed(LONG)] | None),
    "a new value of a closed list": changed(kind=Literal["full_code", "threshold", "early_advice"] | None),
    "a closed list opened": changed(
        kind=Annotated[str, Listed({"full_code": "", "threshold": "", "other": ""})] | None
    ),
    "wider bounds": changed(days=Annotated[int, Ge(-1), Le(11)] | None),
    "numbers where there were integers": changed(days=Annotated[float, Ge(0), Le(10)] | None),
    "a need dropped": changed(NEEDS=()),
    "one more field that is enough": changed(NEEDS=(("crime_reference", "urn", "note"),)),
    "a field described": changed(note=Annotated[Code, Field(description="A note.")] | None),
}


@pytest.mark.parametrize("change", BROKEN)
def test_a_change_that_breaks_a_promise_is_caught(change: str) -> None:
    model, message = BROKEN[change]
    found = list(breaks(json_schema(Sample), json_schema(model)))
    assert any(told.startswith(message) for told in found), found


@pytest.mark.parametrize("change", KEPT)
def test_a_change_that_keeps_every_promise_is_let_through(change: str) -> None:
    assert list(breaks(json_schema(Sample), json_schema(KEPT[change]))) == []


def test_a_type_that_is_gone_breaks_a_promise() -> None:
    assert list(broken({Sample.TYPE: json_schema(Sample)})) == [
        "police.sample.v1 is gone: what was sent under it would be rejected"
    ]


def test_events_of_a_release_find_a_model_that_takes_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TYPES, Sample.TYPE, changed(days=Annotated[int, Ge(9), Le(10)] | None))

    @settings(few, max_examples=100, database=None, phases=[Phase.generate])
    @given(event=events(Sample.TYPE, {Sample.TYPE: json_schema(Sample)}, True))
    def all_are_taken(event: Json) -> None:
        taken(event)

    with pytest.raises(Rejected, match="must be at least 9"):
        all_are_taken()


def test_a_release_holds_every_type_and_is_never_written_again(tmp_path: Path) -> None:
    schema(tmp_path, release=1)
    assert releases(tmp_path) == {1: {type: json_schema(model) for type, model in TYPES.items()}}
    with pytest.raises(Failed, match="never written again"):
        schema(tmp_path, release=1)
    schema(tmp_path, release=2)
    assert list(releases(tmp_path)) == [1, 2]


def test_schemas_that_break_a_promise_are_neither_written_nor_released(tmp_path: Path) -> None:
    promised = tmp_path / "schemas" / "released" / "1.json"
    promised.parent.mkdir(parents=True)
    promised.write_text(json.dumps({Sample.TYPE: json_schema(Sample)}))
    with pytest.raises(Failed, match=r"release 1: police\.sample\.v1 is gone"):
        schema(tmp_path, release=2)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [promised]
