"""What is generated from the models: JSON Schemas, examples, the AsyncAPI document, the reference pages."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from schemas import codes, places
from schemas.base import CODE, MOST_CODES, MOST_CRIMES, EventData
from schemas.envelope import CORRECTION, STRUCTURED, TOPICS, envelope
from schemas.outcomes import OUTCOMES
from schemas.reference import PATTERN
from schemas.trial_reasons import TRIAL_REASONS
from schemas.types import TYPES

Json = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SOURCES = {
    "police": "/police/met",
    "cps": "/cps/london-south",
    "courts": "/courts/crown",
    "support": "/support/victim-care-hub",
    "identity": "/identity",
    CORRECTION: "/police/met",
}
_SOURCE_PATTERNS = {
    "police": "^/police/[A-Za-z0-9][A-Za-z0-9-]{0,39}(/.*)?$",
    "support": "^/support/.+$",
    CORRECTION: f"^/({'|'.join(TOPICS)})(/.*)?$",
}
_PATTERNS = {f"^{PATTERN}$": "Reference", f"^{CODE}$": "Code"}
_OUT = {
    "journeys.changes.v1": "One message for each journey that changed, by journey_id.",
    "alerts.v1": "One message for each alert raised, acknowledged or resolved, by alert_id.",
    "rejected.v1": "One message for each event that was not taken: reason, pointer, place and hash; never its bytes.",
}


def documents() -> dict[str, str]:
    """Every generated file: its path from the root of the project, and its text."""
    files = {"schemas/asyncapi.json": _text(asyncapi())}
    for type, model in TYPES.items():
        files[f"schemas/json/{type}.json"] = _text(json_schema(model))
        files[f"schemas/examples/{type}.json"] = _text(example(model))
    return files | {"docs/reference/events.md": _events_page(), "docs/reference/codes.md": _codes_page()}


def json_schema(model: type[EventData]) -> Json:
    """The JSON Schema of a whole event of this type, in structured mode."""
    data = _without_titles(model.model_json_schema())
    definitions = data.pop("$defs", {})
    data.pop("description", None)
    if model.NEEDS:
        data["allOf"] = [{"anyOf": [{"required": [name]} for name in group]} for group in model.NEEDS]
    if "force" in model.model_fields:
        crimes = model.model_fields.keys() & {"crime_reference", "crime_references"}
        data["dependentRequired"] = {name: ["force"] for name in sorted(crimes)}
    agency = model.TYPE.partition(".")[0]
    time = {"type": "string", "format": "date-time"}
    return {
        "$schema": DIALECT,
        "$id": f"urn:vjt:schema:{model.TYPE}",
        "title": model.TYPE,
        "description": model.__doc__,
        "type": "object",
        "required": ["specversion", "id", "source", "type", "time", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {"type": "string", "minLength": 1, "maxLength": 200},
            "source": {
                "type": "string",
                "maxLength": 200,
                "pattern": _SOURCE_PATTERNS.get(agency, f"^/{agency}(/.*)?$"),
            },
            "type": {"const": model.TYPE},
            "time": time | {"description": "When it happened."},
            "recordedtime": time | {"description": "When the agency wrote it down; by default when it happened."},
            "timeprecision": {"enum": ["second", "day", "month"], "description": "How exact the time is."},
            "datacontenttype": {"type": "string", "pattern": "^application/([a-z0-9.-]+\\+)?json"},
            "data": data,
        },
        "$defs": definitions,
        "x-subject": list(model.SUBJECT),
        "x-names": list(model.NAMES),
        "x-links": [{"from": link.start, "to": link.end, "makes": link.makes} for link in model.LINKS],
    }


def example(model: type[EventData]) -> Json:
    """A valid event of this type with every field given."""
    schema = json_schema(model)
    return envelope(
        model.TYPE,
        _SOURCES[model.TYPE.partition(".")[0]],
        "6d5f0a1e-0001",
        datetime(2021, 5, 3, 9, 12, tzinfo=UTC),
        _example(schema["properties"]["data"], schema["$defs"]),
        recordedtime=datetime(2021, 5, 3, 9, 40, 11, tzinfo=UTC),
    )


def _example(schema: Json, definitions: Json) -> Any:
    if "examples" in schema:
        return schema["examples"][0]
    if "$ref" in schema:
        return _example(definitions[schema["$ref"].removeprefix("#/$defs/")], definitions)
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], definitions)
    if "enum" in schema:
        return schema["enum"][0]
    if schema["type"] == "array":
        return [_example(schema["items"], definitions)]
    return {name: _example(field, definitions) for name, field in schema["properties"].items()}


def _without_titles(schema: Any) -> Any:
    """Pydantic's titles say what the names say already."""
    if isinstance(schema, dict):
        return {
            key: _without_titles(part) for key, part in schema.items() if key != "title" or not isinstance(part, str)
        }
    return [_without_titles(part) for part in schema] if isinstance(schema, list) else schema


def asyncapi() -> Json:
    """The AsyncAPI 3 document of all topics, in and out."""
    channels: Json = {}
    operations: Json = {}
    for agency, topic in TOPICS.items():
        types = [type for type in TYPES if type.partition(".")[0] in (agency, CORRECTION)]
        messages = {type: {"$ref": f"#/components/messages/{type}"} for type in types}
        channels[topic] = {"address": topic, "messages": messages}
        operations[f"receive.{topic}"] = {"action": "receive", "channel": {"$ref": f"#/channels/{topic}"}}
    for topic, description in _OUT.items():
        channels[topic] = {"address": topic, "description": description}
        operations[f"send.{topic}"] = {"action": "send", "channel": {"$ref": f"#/channels/{topic}"}}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Victim Journey Tracker",
            "version": "1",
            "description": "What agencies write and what the tracker sends. CloudEvents 1.0, structured or binary.",
        },
        "defaultContentType": STRUCTURED,
        "channels": channels,
        "operations": operations,
        "components": {
            "messages": {
                type: {
                    "name": type,
                    "summary": model.__doc__,
                    "contentType": STRUCTURED,
                    "payload": {
                        "schemaFormat": "application/schema+json;version=draft-2020-12",
                        "schema": {"$ref": f"./json/{type}.json"},
                    },
                }
                for type, model in TYPES.items()
            }
        },
    }


def _events_page() -> str:
    lines = [
        "# Events",
        "",
        "Every type that agencies may send. Generated from the models in `schemas/` by `vjt schema`.",
        "Fields that are not required may be left out. *About*: the first field given says what the event is about;",
        "*names*: the victim of whom it speaks, else it speaks of everybody there; *ties*: what it brings together.",
        "Codes and what they mean: [codes](codes.md). Why an event is rejected: [rejected](../rejected.md).",
        "",
        "- A reference is trimmed, and kept in upper case; a UVI that this system derived, and a force, in lower case.",
        "- A field given as `null` is absent. An absent list says nothing, an empty one says none.",
        "- An unknown field is dropped, an unknown code of a list that ends in `other` becomes it; both are counted.",
        f"- Lists hold each value once: up to {MOST_CRIMES:,} crime references, {MOST_CODES} codes.",
        "- All crime references of one event are of one force: that of the source, else the one in `force`.",
        "- A date is a day of the calendar from 1900 to 2100, a time has an offset and counts to the microsecond.",
    ]
    agency = ""
    for type, model in TYPES.items():
        if type.partition(".")[0] != agency:
            agency = type.partition(".")[0]
            where = f"topic `{TOPICS[agency]}`" if agency in TOPICS else "each agency's own topic"
            lines += ["", f"## {agency}: {where}"]
        lines += ["", *_type_section(model)]
    return "\n".join(lines) + "\n"


def _type_section(model: type[EventData]) -> Iterator[str]:
    schema = json_schema(model)
    data = schema["properties"]["data"]
    yield f"### `{model.TYPE}`"
    yield ""
    yield str(model.__doc__)
    yield ""
    yield f"- about {', else '.join(f'`{name}`' for name in model.SUBJECT)}"
    if model.NAMES:
        yield f"- names {', else '.join(f'`{name}`' for name in model.NAMES)}"
    for link in model.LINKS:
        yield f"- {'ties' if link.makes else 'unties'} `{link.start}` and `{link.end}`"
    for group in model.NEEDS:
        yield f"- needs {' or '.join(f'`{name}`' for name in group)}"
    yield ""
    yield "| field | required | what |"
    yield "|---|---|---|"
    for name, field in data["properties"].items():
        yield from _field_rows(name, field, name in data["required"], schema["$defs"])
    yield ""
    yield "```json"
    yield json.dumps(example(model), ensure_ascii=False)
    yield "```"


def _field_rows(name: str, field: Json, required: bool, definitions: Json) -> Iterator[str]:
    kind = field.get("anyOf", [field])[0]
    parts = definitions.get(kind.get("$ref", "").removeprefix("#/$defs/"))
    needed = "yes" if required else ""
    if parts:
        yield f"| `{name}` | {needed} | {parts['description']} |"
        for inner, part in parts["properties"].items():
            yield from _field_rows(f"{name}.{inner}", part, inner in parts.get("required", ()), definitions)
        return
    description = field.get("description") or kind.get("description") or ""
    what = f"{_kind(kind)}. {description}".strip()
    yield f"| `{name}` | {needed} | {what} |"


def _kind(schema: Json) -> str:
    if schema["type"] == "array":
        return f"List of {schema.get('minItems', 0)} to {schema['maxItems']:,}: {_kind(schema['items'])}"
    listed = schema.get("enum") or schema.get("x-codes")
    if listed:
        known = ", ".join(f"`{code}`" for code in listed)
        return known if "enum" in schema else f"{known}; another code is kept as `other`"
    if schema["type"] in ("integer", "number"):
        return f"Number from {schema['minimum']} to {schema['maximum']}"
    if "format" in schema:
        return str(schema["format"]).capitalize()
    return _PATTERNS.get(schema.get("pattern", ""), str(schema["type"]).capitalize())


def _codes_page() -> str:
    lines = ["# Codes", "", "The code lists that the tracker knows. Generated from `schemas/` by `vjt schema`."]
    for name, listed in vars(codes).items():
        if isinstance(listed, dict) and name.isupper():
            lines += _table(name.replace("_", " ").capitalize(), listed)
    lines += _table("Outcomes (Home Office)", OUTCOMES)
    lines += _table("London's command units", places.BCUS)
    lines += _table("CPS areas", places.CPS_AREAS)
    lines += _table("Forces", {slug: force.label for slug, force in places.FORCES.items()})
    lines += _table(
        "Courts", {code: f"{court.label} ({places.REGIONS[court.region]})" for code, court in places.COURTS.items()}
    )
    lines += ["", "## Reasons of trials that did not go ahead", ""]
    lines += ["| outcome | code | jurisdiction | reason | party | victim or witness |", "|---|---|---|---|---|---|"]
    for (outcome, code, jurisdiction), reason in TRIAL_REASONS.items():
        about_victim = "yes" if reason.victim_related else ""
        lines.append(f"| {outcome} | `{code}` | {jurisdiction} | {reason.label} | {reason.party} | {about_victim} |")
    return "\n".join(lines) + "\n"


def _table(title: str, labels: Mapping[Any, str]) -> list[str]:
    rows = [f"| `{code}` | {label} |" for code, label in labels.items()]
    return ["", f"## {title}", "", "| code | means |", "|---|---|", *rows]


def _text(document: Json) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
