"""What is generated from one event type: its JSON Schema and its example."""

from datetime import UTC, datetime
from typing import Any

from schemas.base import EventData
from schemas.envelope import CORRECTION, SCHEMA, TOPICS, envelope

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
_PATH = "(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})"
_SOURCE = {agency: f"/{agency}(?:/{_PATH}*)?" for agency in TOPICS} | {
    "police": f"/police/[A-Za-z0-9][A-Za-z0-9-]{{0,39}}(?:/{_PATH}*)?",
    "support": f"/support/{_PATH}+",
}
_SOURCE[CORRECTION] = f"(?:{'|'.join(_SOURCE.values())})"


def json_schema(model: type[EventData]) -> Json:
    """The JSON Schema of a whole event of this type, in structured mode."""
    data = _without_titles(model.model_json_schema())
    definitions = data.pop("$defs", {})
    data.pop("description", None)
    rules: list[Json] = [{"anyOf": [_given(name) for name in group]} for group in model.NEEDS]
    if "force" in model.model_fields:
        crimes = model.model_fields.keys() & {"crime_reference", "crime_references"}
        rules += [{"if": _given(name), "then": _given("force")} for name in sorted(crimes)]
    if rules:
        data["allOf"] = rules
    time = {"type": "string", "format": "date-time"}
    return {
        "$schema": DIALECT,
        "$id": SCHEMA + model.TYPE,
        "title": model.TYPE,
        "description": model.__doc__,
        "type": "object",
        "required": ["specversion", "id", "source", "type", "time", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {
                "type": "string",
                "minLength": 1,
                "maxLength": 200,
                "description": "One event of the source for ever.",
            },
            "source": {
                "type": "string",
                "maxLength": 200,
                "pattern": f"^{_SOURCE[model.TYPE.partition('.')[0]]}$",
                "description": "Who speaks.",
            },
            "type": {"const": model.TYPE},
            "time": time | {"description": "When it happened."},
            "recordedtime": time | {"description": "When the agency wrote it down; by default when it happened."},
            "timeprecision": {"enum": ["second", "day", "month"], "description": "How exact the time is."},
            "datacontenttype": {"type": "string", "pattern": "^application/([a-z0-9.-]+\\+)?json *(;.*)?$"},
            "dataschema": {
                "anyOf": [{"const": SCHEMA + model.TYPE}, {"not": {"pattern": f"^{SCHEMA}"}}],
                "description": "This schema, or one of the agency's own.",
            },
            "data": data,
        },
        "$defs": definitions,
        "x-subject": list(model.SUBJECT),
        "x-names": list(model.NAMES),
        "x-links": [{"from": link.start, "to": link.end, "makes": link.makes} for link in model.LINKS],
    }


def _given(name: str) -> Json:
    """That a field is there and is not null."""
    return {"required": [name], "properties": {name: {"not": {"type": "null"}}}}


def example(model: type[EventData]) -> Json:
    """A valid event of this type with every field given."""
    schema = json_schema(model)
    said = envelope(
        model.TYPE,
        _SOURCES[model.TYPE.partition(".")[0]],
        "6d5f0a1e-0001",
        datetime(2021, 5, 3, 9, 12, tzinfo=UTC),
        _example(schema["properties"]["data"], schema["$defs"]),
        recordedtime=datetime(2021, 5, 3, 9, 40, 11, tzinfo=UTC),
    )
    data = said.pop("data")
    return said | {"dataschema": schema["$id"], "data": data}


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


def plain(schema: Json) -> Json:
    """A schema without definitions: each reference replaced by what it refers to, pydantic's titles left out."""
    definitions = schema.get("$defs", {})

    def replaced(part: Any) -> Any:
        if isinstance(part, dict):
            if "$ref" in part:
                return replaced(definitions[part["$ref"].removeprefix("#/$defs/")])
            return {key: replaced(value) for key, value in part.items() if key != "$defs"}
        return [replaced(one) for one in part] if isinstance(part, list) else part

    inlined: Json = replaced(_without_titles(schema))
    return inlined


def _without_titles(schema: Any) -> Any:
    """Pydantic's titles say what the names say already."""
    if isinstance(schema, dict):
        return {
            key: _without_titles(part) for key, part in schema.items() if key != "title" or not isinstance(part, str)
        }
    return [_without_titles(part) for part in schema] if isinstance(schema, list) else schema
