"""The reference pages: every event type and every code list, as text for people."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from schemas import codes, places
from schemas.base import CODE, MOST_CODES, MOST_CRIMES, EventData
from schemas.document import Json, example, json_schema
from schemas.envelope import SCHEMA, TOPICS
from schemas.outcomes import OUTCOMES
from schemas.reference import PATTERN
from schemas.trial_reasons import TRIAL_REASONS
from schemas.types import TYPES, latest

_PATTERNS = {f"^{PATTERN}$": "Reference", f"^{CODE}$": "Code"}


def events_page() -> str:
    lines = [
        "# Events",
        "",
        "Every type that agencies may send. Generated from the models in `schemas/` by `vjt schema`.",
        "Fields that are not required may be left out. *About*: the first field given says what the event is about;",
        "*names*: the victim of whom it speaks, else it speaks of everybody there; *ties*: what it brings together.",
        "Codes and what they mean: [codes](codes.md). Why an event is rejected: [rejected](../rejected.md).",
        "",
        f"- `dataschema` may be left out. It is the identifier of the type's JSON Schema (`{SCHEMA}<type>`), or one of your own.",
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
    if latest(model.TYPE) is not model:
        yield f"- read as `{latest(model.TYPE).TYPE}`; may be sent for ever"
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
    items = kind.get("items", {})
    parts = definitions.get(kind.get("$ref", items.get("$ref", "")).removeprefix("#/$defs/"))
    description = field.get("description") or kind.get("description") or (parts or {}).get("description", "")
    what = f"{_kind(kind)}. " if "type" in kind else ""
    yield f"| `{name}` | {'yes' if required else ''} | {what}{description} |"
    if parts:
        for inner, part in parts["properties"].items():
            inner_name = f"{name}[].{inner}" if items else f"{name}.{inner}"
            yield from _field_rows(inner_name, part, inner in parts.get("required", ()), definitions)


def _kind(schema: Json) -> str:
    if schema["type"] == "array":
        what = _kind(schema["items"]) if "type" in schema["items"] else "objects"
        return f"List of {schema.get('minItems', 0)} to {schema['maxItems']:,}: {what}"
    listed = schema.get("enum") or schema.get("x-codes")
    if listed:
        known = ", ".join(f"`{code}`" for code in listed)
        return known if "enum" in schema else f"{known}; another code is kept as `other`"
    if schema["type"] in ("integer", "number"):
        return f"Number from {schema['minimum']} to {schema['maximum']}"
    if "format" in schema:
        return str(schema["format"]).capitalize()
    return _PATTERNS.get(schema.get("pattern", ""), str(schema["type"]).capitalize())


def codes_page() -> str:
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
