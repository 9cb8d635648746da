"""What an event is about, whom it names and what it ties: read off its type's declaration (contract 2.4).

It works on stored data, which has been validated once, so that the index can ask it for every event without building
a model, and it has an answer for every event that was accepted.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from schemas.base import EventData, force_of
from schemas.reference import Reference, derived_uvi
from schemas.types import latest

_SCHEMES = {
    "crime_reference": "crime",
    "crime_references": "crime",
    "urn": "case",
    "court_case_number": "court_case",
    "hearing_id": "hearing",
    "next_hearing_id": "hearing",
    "victim_reference": "victim",
    "uvi": "person",
    "same_as": "person",
}


class Statement(NamedTuple):
    """An event says that two subjects belong together, or (`makes` false) that they do not.

    `leads`: who draws on `from_` draws on `to` (crime to case to court case to hearing to the next hearing).
    `same`: two UVIs are one person, the lesser first.
    """

    from_: Reference
    to: Reference
    makes: bool
    kind: Literal["leads", "same"]


class About(NamedTuple):
    """`named` is None where the event is about everybody at its subject."""

    subject: Reference
    named: Reference | None
    statements: tuple[Statement, ...]


def about(type: str, source: str, data: Mapping[str, Any]) -> About:
    """What the event says that it is about. `data` are in the form of the latest version of its type."""
    model = latest(type)
    if model.SUBJECT[0] in ("voids", "amends"):
        target = data[model.SUBJECT[0]]
        return About(Reference("event", f"{target['source']}#{target['id']}"), None, ())
    force = force_of(source) or data.get("force", "")
    field = next(field for field in model.SUBJECT if field in data)
    subject = next(_references(field, data, force))
    return About(subject, _named(model, subject, data, force), tuple(_statements(model, data, force)))


def _references(field: str, data: Mapping[str, Any], force: str) -> Iterator[Reference]:
    scheme = _SCHEMES[field]
    given = data.get(field)
    if given is None:
        return
    for value in given if isinstance(given, list) else (given,):
        if scheme == "crime":
            yield Reference(scheme, f"{force}/{value}")
        elif scheme == "victim":
            yield Reference("person", derived_uvi(force, value))
        else:
            yield Reference(scheme, value)


def _named(model: type[EventData], subject: Reference, data: Mapping[str, Any], force: str) -> Reference | None:
    if subject.scheme == "person":
        return None
    field = next((field for field in model.NAMES if field in data), None)
    if field is None:
        return None
    if field == "uvi":
        return Reference("person", data["uvi"])
    number = data[field]
    return Reference("victim", f"{force}/{number}") if subject.scheme == "crime" else Reference("number", number)


def _statements(model: type[EventData], data: Mapping[str, Any], force: str) -> Iterator[Statement]:
    for link in model.LINKS:
        for start in _references(link.start, data, force):
            for end in _references(link.end, data, force):
                if start == end:
                    continue
                if start.scheme == "person":
                    yield Statement(min(start, end), max(start, end), link.makes, "same")
                else:
                    yield Statement(start, end, link.makes, "leads")
