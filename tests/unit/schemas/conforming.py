"""Events that are valid by a JSON Schema of the dialect that `schemas.document` writes, as Hypothesis strategies.

What a schema can only say in words is kept to here: ids are printable, times from 1970 to now, dates from 1900 to 2100, and a
correction is of an event of its own source (contract 2.3 and 2.5).
"""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Any

from hypothesis import strategies as st

from schemas.document import Json
from schemas.envelope import agency_of, may_send
from tests.unit.schemas.saying import NOW

_times = st.datetimes(
    dt.datetime(1970, 1, 2),
    NOW.replace(tzinfo=None),
    timezones=st.sampled_from([dt.UTC, dt.timezone(dt.timedelta(hours=1))]),
).map(dt.datetime.isoformat)
_days = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)).map(dt.date.isoformat)
_printable = st.characters(codec="ascii", exclude_categories=["Cc"]) | st.sampled_from("é£ł")


@st.composite
def events(draw: st.DrawFn, type: str, release: Mapping[str, Json], known: bool) -> Json:
    """An event of a type of a release. `known`: only codes that its open lists name."""
    schema = release[type]
    event: Json = draw(_value(schema, schema["$defs"], known))
    for name in ("voids", "amends"):
        if name in event["data"]:
            agency = agency_of(event["source"])
            assert agency is not None
            own = [t for t in release if may_send(agency, t) and (name == "voids" or not t.startswith("correction."))]
            target = draw(st.sampled_from(own))
            event["data"][name] |= {"source": event["source"], "type": target}
            if name == "amends":
                data = release[target]["properties"]["data"]
                event["data"]["data"] = draw(_value(data, release[target]["$defs"], known))
    return event


def _value(schema: Json, definitions: Json, known: bool) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _value(definitions[schema["$ref"].removeprefix("#/$defs/")], definitions, known)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of([_value(one, definitions, known) for one in schema["anyOf"]])
    match schema.get("type"):
        case "null":
            return st.none()
        case "string":
            return _text(schema, known)
        case "integer":
            return st.integers(schema["minimum"], schema["maximum"])
        case "number":
            return st.floats(schema["minimum"], schema["maximum"])
        case "boolean":
            return st.booleans()
        case "array":
            return st.lists(_value(schema["items"], definitions, known), min_size=schema.get("minItems", 0), max_size=3)
        case "object" if "properties" in schema:
            return _object(schema, definitions, known)
        case "object":
            return st.just({})
        case _:  # `not` something of ours: an agency's own
            return st.just("https://example.org/schema")


def _text(schema: Json, known: bool) -> st.SearchStrategy[str]:
    if "format" in schema:
        return _days if schema["format"] == "date" else _times
    if "x-codes" in schema and known:
        return st.sampled_from(schema["x-codes"])
    longest = schema.get("maxLength", 200)
    if "pattern" not in schema:
        return st.text(_printable, min_size=schema.get("minLength", 0), max_size=min(longest, 20))
    return _matching(schema["pattern"], longest)


@cache
def _matching(pattern: str, longest: int) -> st.SearchStrategy[str]:
    text = st.from_regex(pattern, fullmatch=True, alphabet=st.characters(codec="ascii"))
    return text.filter(lambda t: len(t) <= longest and t.isprintable())


@st.composite
def _object(draw: st.DrawFn, schema: Json, definitions: Json, known: bool) -> Json:
    fields, required = schema["properties"], schema.get("required", ())
    given = {
        name: draw(_value(field, definitions, known))
        for name, field in fields.items()
        if name in required or draw(st.booleans())
    }
    for rule in schema.get("allOf", ()):
        wanted = _wanted(rule, given)
        if wanted:
            name = draw(st.sampled_from(wanted))
            given[name] = draw(_value(fields[name], definitions, known).filter(lambda value: value is not None))
    return given


def _wanted(rule: Json, given: Json) -> list[str]:
    """Of which fields one must be given yet, so that the rule is kept."""
    if "if" in rule:
        return rule["then"]["required"] if given.get(rule["if"]["required"][0]) is not None else []
    names = [one["required"][0] for one in rule["anyOf"]]
    return [] if any(given.get(name) is not None for name in names) else names
